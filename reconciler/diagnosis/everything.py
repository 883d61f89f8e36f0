"""All that may have a verdict, page by page, so that memory does not grow with the store.

A lock may come up on two pages: it is judged twice, to the same end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from reconciler.diagnosis.facts import TRANSIENT, Pair
from reconciler.diagnosis.mirror.phantoms import LISTED
from reconciler.diagnosis.scope import open_findings
from reconciler.models import (
    FINISHED,
    Finding,
    ListState,
    Order,
    OrderItem,
    OrderWorkflow,
    Reservation,
    ReservationItem,
    StockBalance,
    VtexAccount,
)

PAGE = 500


def all_locks(account: VtexAccount) -> Iterator[list[str]]:
    """What a list shows, what orders on their way carry, and what was found guilty until now."""
    newest = Finding.objects.aggregate(newest=Max("pk"))["newest"] or 0
    yield from _listed(account)
    for orders in _moving(account):
        lines = OrderItem.objects.filter(order__in=orders).exclude(lock_id="")
        carried = set(lines.order_by().values_list("lock_id", flat=True))
        listed = Reservation.objects.filter(Exists(LISTED), account=account, lock_id__in=carried)
        yield sorted(carried.difference(listed.values_list("lock_id", flat=True)))
    here = ReservationItem.objects.filter(reservation=OuterRef("reservation"), gone_at__isnull=True)
    judged = open_findings(account).filter(~Exists(here), balance__isnull=True, pk__lte=newest)
    for page in _pages(judged, "subject"):
        yield sorted({subject for _, subject in page})


def all_pairs(account: VtexAccount) -> Iterator[set[Pair]]:
    """Balances that do not add up or cannot be listed, and those that were found wrong until now."""
    newest = Finding.objects.aggregate(newest=Max("pk"))["newest"] or 0
    odd = Q(mismatch_units__gt=0) | Q(reserved__lt=0) | Q(list_state__in=_UNREADABLE)
    for page in _pages(StockBalance.objects.filter(odd, account=account), "sku_id", "warehouse_id"):
        yield {(sku, warehouse) for _, sku, warehouse in page}
    judged = open_findings(account).filter(balance__isnull=False, pk__lte=newest)
    for page in _pages(judged, "balance__sku_id", "balance__warehouse_id"):
        yield {(sku, warehouse) for _, sku, warehouse in page}


def handled_pairs(account: VtexAccount) -> Iterator[set[Pair]]:
    """Balances whose lists show acknowledged rows."""
    rows = ReservationItem.objects.filter(
        account=account, gone_at__isnull=True, acknowledged_at__isnull=False
    )
    for page in _pages(rows, "sku_id", "warehouse_id"):
        yield {(sku, warehouse) for _, sku, warehouse in page}


_UNREADABLE = (ListState.TOO_MANY, ListState.ERROR, ListState.FORBIDDEN)


def _listed(account: VtexAccount) -> Iterator[list[str]]:
    """From the locks, not from the items: asked so, SQLite takes the wrong index and sorts for every page."""
    for page in _pages(Reservation.objects.filter(Exists(LISTED), account=account), "lock_id"):
        yield [lock_id for _, lock_id in page]


def _moving(account: VtexAccount) -> Iterator[list[int]]:
    """Orders that are not over, that VTEX marks as failed, or of which a flow stands where it may not."""
    orders = Order.objects.filter(account=account, read_at__isnull=False)
    for status in _statuses(account):
        if status not in FINISHED:
            yield from _by_read(orders.filter(status=status))
    for page in _pages(orders.filter(workflow_in_error=True)):
        yield [pk for (pk,) in page]
    flows = OrderWorkflow.objects.filter(order__account=account, order__read_at__isnull=False)
    for step in sorted(TRANSIENT):
        for page in _pages(flows.filter(current_step=step), "order_id"):
            yield [order for _, order in page]


def _statuses(account: VtexAccount) -> Iterator[str]:
    """Each status there is, from one to the next by the index: there are few, and very many orders."""
    rows = Order.objects.filter(account=account).order_by("status").values_list("status", flat=True)
    status = rows.first()
    while status is not None:
        yield status
        status = rows.filter(status__gt=status).first()


def _by_read(orders: QuerySet[Order]) -> Iterator[list[int]]:
    """By the index that serves the sync; an order read again meanwhile comes once more, none is left out."""
    rows = orders.order_by("read_at", "pk")
    page = list(rows.values_list("read_at", "pk")[:PAGE])
    while page:
        yield [pk for _, pk in page]
        read, last = page[-1]
        after = rows.filter(Q(read_at__gt=read) | Q(read_at=read, pk__gt=last), read_at__gte=read)
        page = list(after.values_list("read_at", "pk")[:PAGE])


def _pages(rows: QuerySet[Any], *names: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows' numbers with these columns, in the order of the numbers."""
    found, last = rows.order_by("pk").values_list("pk", *names), 0
    while page := list(found.filter(pk__gt=last)[:PAGE]):
        yield page
        last = page[-1][0]
