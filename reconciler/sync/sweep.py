"""The sweep: every SKU's balances, and the reservations of every pair that holds something (F5.5 B).

Resumable without bookkeeping of its own: a SKU is done when it was read after the pass began.
"""

from __future__ import annotations

from django.db.models import F, Q
from django.utils import timezone

from reconciler.models import Sku, SyncCursor, SyncKind, VtexAccount, Warehouse
from reconciler.sync import cursors, labels, stock
from reconciler.sync.runs import Job, error_code
from reconciler.vtex import VtexClient

PAGE_SIZE = 1000
TOGETHER = 25
"""SKUs whose reads are diagnosed together."""


def run(job: Job) -> None:
    """One pass, from where the last one stopped."""
    cursor = cursors.begin(job.account, SyncKind.SWEEP, timezone.now())
    if not cursor.position.get("ids_read"):
        read_warehouses(job.account, job.client)
        _read_sku_ids(job, cursor)
    todo = _unread(job.account, cursor)
    job.expect(len(todo))
    for at in range(0, len(todo), TOGETHER):
        _read_group(job, todo[at : at + TOGETHER])
    cursors.complete(cursor)


def read_warehouses(account: VtexAccount, client: VtexClient) -> None:
    """All warehouses; one that VTEX no longer lists stays, marked inactive (F8)."""
    now, seen = timezone.now(), client.list_warehouses()
    for warehouse in seen:
        Warehouse.objects.update_or_create(
            account=account,
            warehouse_id=warehouse.id,
            defaults={"name": warehouse.name[:200], "is_active": warehouse.is_active, "read_at": now},
        )
    rest = Warehouse.objects.filter(account=account).exclude(warehouse_id__in=[each.id for each in seen])
    rest.update(is_active=False, read_at=now)


def _read_sku_ids(job: Job, cursor: SyncCursor) -> None:
    page = cursor.position.get("page", 0) + 1
    while ids := job.client.list_sku_ids(page, PAGE_SIZE):
        labels.make_known(job.account, ids)
        cursor.position = {"page": page}
        cursor.save()
        job.count("sku_pages")
        page += 1
    cursor.position = {"ids_read": True}
    cursor.save()


def _unread(account: VtexAccount, cursor: SyncCursor) -> list[str]:
    """SKUs that this pass has still to read, the longest unread first."""
    rows = Sku.objects.filter(account=account).filter(
        Q(swept_at__isnull=True) | Q(swept_at__lt=cursor.started_at)
    )
    return list(rows.order_by(F("swept_at").asc(nulls_first=True), "pk").values_list("sku_id", flat=True))


def _read_group(job: Job, sku_ids: list[str]) -> None:
    reads: list[stock.PairRead] = []
    try:
        for sku_id in sku_ids:
            error = job.attempt(_read_sku, job, sku_id, reads)
            if error:
                rows = Sku.objects.filter(account=job.account, sku_id=sku_id)
                rows.update(sweep_error=error_code(error)[:40])
            job.advance()
    finally:
        stock.diagnose(job.account, reads)


def _read_sku(job: Job, sku_id: str, reads: list[stock.PairRead]) -> None:
    done = stock.read_sku(job.account, job.client, sku_id)
    reads += done
    job.count("skus")
    job.count("pairs", len(done))
    for read in done:
        if read.state not in ("ok", "not_read"):
            job.count(f"unread_{read.state}")
