from django.db import migrations

KINDS = (
    "total_fell", "total_did_not_fall", "order_carries_another_lock", "by_id_status",
    "reserved_beyond_list", "reserved_negative", "instance_in_error", "instance_step",
    "item_partly_acknowledged", "item_acknowledged", "item_not_acknowledged", "confirmation_expired",
    "backfill_covers",
)  # fmt: skip


def choose(apps, schema_editor):
    """For what is open now; later findings come with theirs."""
    findings = apps.get_model("reconciler", "Finding").objects
    batch = []
    for finding in findings.filter(closed_at=None).only("pk", "evidence").iterator(chunk_size=500):
        pieces = {piece["kind"]: piece for piece in reversed(finding.evidence)}
        finding.telling = next((pieces[kind] for kind in KINDS if kind in pieces), None)
        if finding.telling:
            batch.append(finding)
        if len(batch) == 500:
            findings.bulk_update(batch, ["telling"])
            batch.clear()
    findings.bulk_update(batch, ["telling"])


class Migration(migrations.Migration):
    atomic = False  # no lock longer than one batch
    dependencies = [("reconciler", "0018_telling_evidence")]

    operations = [migrations.RunPython(choose, migrations.RunPython.noop)]
