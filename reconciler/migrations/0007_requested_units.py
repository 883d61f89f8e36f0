from itertools import islice

import django.db.models.deletion
from django.db import migrations, models


def fill(apps, schema_editor):
    """What reservations asked for until now, by pair."""
    reservation = apps.get_model("reconciler", "Reservation")
    units = apps.get_model("reconciler", "RequestedUnits")
    known = reservation.objects.exclude(requested=[]).order_by("pk")
    rows = iter(known.values_list("pk", "account_id", "requested").iterator(chunk_size=2000))
    while some := list(islice(rows, 2000)):
        units.objects.bulk_create(
            units(
                reservation_id=pk,
                account_id=account_id,
                sku_id=sku,
                warehouse_id=warehouse,
                quantity=quantity,
            )
            for pk, account_id, requested in some
            for (sku, warehouse), quantity in _by_pair(requested).items()
        )


def _by_pair(lines):
    found = {}
    for line in lines:
        if not line.get("supply_lot"):
            pair = str(line["sku"])[:100], str(line["warehouse"])[:100]
            found[pair] = max(-(2**63 - 1), min(2**63 - 1, found.get(pair, 0) + int(line["quantity"])))
    return found


class Migration(migrations.Migration):
    dependencies = [("reconciler", "0006_hook_tally")]

    operations = [
        migrations.CreateModel(
            name="RequestedUnits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sku_id", models.CharField(max_length=100)),
                ("warehouse_id", models.CharField(max_length=100)),
                ("quantity", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="reconciler.vtexaccount",
                    ),
                ),
                (
                    "reservation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="asked",
                        to="reconciler.reservation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["account", "sku_id", "warehouse_id"], name="requested_units_by_pair")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("reservation", "sku_id", "warehouse_id"), name="requested_units_once"
                    )
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
