from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reconciler", "0007_requested_units")]

    operations = [
        migrations.AddIndex(
            model_name="reservationitem",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", True)),
                fields=["account", "reservation"],
                name="reservation_item_listed",
            ),
        ),
        migrations.AddIndex(
            model_name="reservationitem",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", True), ("acknowledged_at__isnull", False)),
                fields=["account", "sku_id", "warehouse_id"],
                name="reservation_item_handled",
            ),
        ),
    ]
