"""Names of SKUs: from order lines first, from the catalog only for SKUs that hold stock without one (F7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from reconciler.models import ReservationItem, Sku, VtexAccount
from reconciler.sync.runs import Job
from reconciler.vtex import VtexClient, payloads

ASK_AGAIN_AFTER = timedelta(days=7)


def from_lines(account: VtexAccount, orders: Iterable[tuple[Iterable[payloads.OrderItem], datetime]]) -> None:
    """Makes the SKUs of these orders' lines known, as read then, and names those without a name."""
    wanted: dict[str, Sku] = {}
    for lines, read_at in orders:
        for sku_id, line in {line.id[:100]: line for line in lines}.items():
            if sku_id not in wanted or not wanted[sku_id].name:
                label = {"name": line.name[:500], "ref_id": line.ref_id[:200], "ean": line.ean[:100]}
                wanted[sku_id] = Sku(account=account, sku_id=sku_id, first_seen_at=read_at, **label)
    known = dict(Sku.objects.filter(account=account, sku_id__in=wanted).values_list("sku_id", "name"))
    if new := [wanted[sku_id] for sku_id in sorted(wanted.keys() - known.keys())]:
        Sku.objects.bulk_create(new, ignore_conflicts=True)
    for sku_id in sorted(wanted.keys() & known.keys()):
        if not known[sku_id] and (seen := wanted[sku_id]).name:
            rows = Sku.objects.filter(account=account, sku_id=sku_id)
            rows.update(name=seen.name, ref_id=seen.ref_id, ean=seen.ean)


def make_known(account: VtexAccount, sku_ids: Iterable[str]) -> None:
    now = timezone.now()
    rows = [Sku(account=account, sku_id=sku_id[:100], first_seen_at=now) for sku_id in sorted(sku_ids)]
    Sku.objects.bulk_create(rows, ignore_conflicts=True)


def unnamed(account: VtexAccount) -> list[str]:
    """SKUs that hold stock, have no name, and were not asked for lately."""
    held = ReservationItem.objects.filter(account=account, gone_at__isnull=True).values("sku_id")
    rows = Sku.objects.filter(account=account, name="", sku_id__in=held)
    asked = rows.filter(label_read_at__gt=timezone.now() - ASK_AGAIN_AFTER)
    return list(rows.exclude(pk__in=asked).order_by("pk").values_list("sku_id", flat=True))


def run(job: Job) -> None:
    wanted = unnamed(job.account)
    job.expect(len(wanted))
    for sku_id in wanted:
        if job.attempt(read_label, job.account, job.client, sku_id):
            Sku.objects.filter(account=job.account, sku_id=sku_id).update(label_read_at=timezone.now())
        job.advance()


def read_label(account: VtexAccount, client: VtexClient, sku_id: str) -> None:
    seen = client.get_sku(sku_id)
    Sku.objects.filter(account=account, sku_id=sku_id).update(
        name=(seen.name or seen.sku_name or seen.product_name)[:500],
        ref_id=seen.ref_id[:200],
        ean=seen.ean[:100],
        is_kit=seen.is_kit,
        label_read_at=timezone.now(),
    )
