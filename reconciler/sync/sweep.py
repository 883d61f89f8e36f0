"""The sweep: every SKU's balances, and the reservations of every pair that holds something (F5.5 B).

Resumable without bookkeeping of its own: a SKU is done when it was read after the pass began.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from reconciler.models import (
    OrderItem,
    Sku,
    StockBalance,
    StockChange,
    SyncCursor,
    SyncKind,
    VtexAccount,
    Warehouse,
)
from reconciler.sync import cursors, labels, together
from reconciler.sync.runs import Job
from reconciler.vtex import VtexClient

PAGE_SIZE = 1000
LATELY = timedelta(days=3)
"""How long a change makes a SKU worth an early look."""


def run(job: Job) -> None:
    """One pass, from where the last one stopped."""
    cursor, todo = begin(job)
    job.expect(len(todo))
    together.read_skus(job, todo)
    cursors.complete(cursor)


def begin(job: Job) -> tuple[SyncCursor, list[str]]:
    """The pass under way or a new one, and the SKUs it has still to read, the suspicious first."""
    cursor = cursors.begin(job.account, SyncKind.SWEEP, timezone.now())
    if not cursor.position.get("ids_read"):
        read_warehouses(job.account, job.client)
        _read_sku_ids(job, cursor)
    return cursor, _unread(job.account, cursor)


def read(job: Job, sku_ids: list[str], started: datetime) -> None:
    """Those of these SKUs that were not read since then, in this order."""
    rows = Sku.objects.filter(account=job.account, sku_id__in=sku_ids, swept_at__gte=started)
    done = set(rows.values_list("sku_id", flat=True))
    todo = [sku_id for sku_id in sku_ids if sku_id not in done]
    job.expect(len(todo))
    together.read_skus(job, todo)


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
    """SKUs that this pass has still to read: the suspicious first, then the longest unread."""
    rows = Sku.objects.filter(account=account).filter(
        Q(swept_at__isnull=True) | Q(swept_at__lt=cursor.started_at)
    )
    ordered = rows.order_by(F("swept_at").asc(nulls_first=True), "pk").values_list("sku_id", flat=True)
    first = _suspicious(account, timezone.now() - LATELY)
    return sorted(ordered, key=lambda sku_id: sku_id not in first)


def _suspicious(account: VtexAccount, since: datetime) -> set[str]:
    """SKUs that hold more than they should, that were ordered lately, or whose balance moved lately."""
    balances = StockBalance.objects.filter(account=account)
    tight = balances.sold_out().filter(~Q(reserved=0))
    moved = StockChange.objects.filter(balance__account=account, at__gte=since)
    ordered = OrderItem.objects.filter(order__account=account, order__created_at__gte=since)
    return {
        *tight.values_list("sku_id", flat=True),
        *balances.negative().values_list("sku_id", flat=True),
        *moved.values_list("balance__sku_id", flat=True).distinct(),
        *ordered.values_list("sku_id", flat=True).distinct(),
    }
