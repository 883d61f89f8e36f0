"""Names of SKUs: from order lines first, from the catalog only for SKUs that hold stock without one (F7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from reconciler.models import ReservationItem, Sku, VtexAccount
from reconciler.sync.runs import Job
from reconciler.vtex import VtexClient, payloads

ASK_AGAIN_AFTER = timedelta(days=7)


def from_lines(account: VtexAccount, lines: Iterable[payloads.OrderItem], read_at: datetime) -> None:
    """Makes the SKUs of an order known, and names those without a name."""
    by_id = {line.id[:100]: line for line in lines}
    known = dict(Sku.objects.filter(account=account, sku_id__in=by_id).values_list("sku_id", "name"))
    new = []
    for sku_id, line in by_id.items():
        label = {"name": line.name[:500], "ref_id": line.ref_id[:200], "ean": line.ean[:100]}
        if sku_id not in known:
            new.append(Sku(account=account, sku_id=sku_id, first_seen_at=read_at, **label))
        elif not known[sku_id] and line.name:
            Sku.objects.filter(account=account, sku_id=sku_id).update(**label)
    if new:
        Sku.objects.bulk_create(new, ignore_conflicts=True)


def make_known(account: VtexAccount, sku_ids: Iterable[str]) -> None:
    now = timezone.now()
    rows = [Sku(account=account, sku_id=sku_id[:100], first_seen_at=now) for sku_id in sku_ids]
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
