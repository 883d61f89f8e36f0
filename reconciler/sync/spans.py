"""All orders created within a span: listed page by page, then read one by one (F3.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import BackfillWindow, Order, OrderLookup, Reservation, VtexAccount
from reconciler.sync import together
from reconciler.sync.runs import Job
from reconciler.vtex import payloads

MOST = 3000
"""VTEX lists 30 pages of 100 orders and no more."""
PER_PAGE = 100
SHORTEST = timedelta(seconds=1)
INDEX_LAG = timedelta(minutes=10)
"""The list trails the orders by about four minutes: a span this close to now is not complete yet (F3.4)."""
ORDER_MARGIN = timedelta(days=2)
ALSO_INCOMPLETE = (False, True)


def read_span(job: Job, start: datetime, end: datetime) -> int:
    """Lists and reads every order created in the span, incomplete ones too, and records the windows it made.

    A span with more orders than VTEX lists is halved, newest half first. Returns how many orders there were.
    """
    totals = [_page(job, start, end, incomplete, 1).total for incomplete in ALSO_INCOMPLETE]
    if max(totals) > MOST and end - start > SHORTEST:
        middle = start + (end - start) / 2
        return read_span(job, middle, end) + read_span(job, start, middle)
    job.expect(sum(totals))
    seen = 0
    for incomplete in ALSO_INCOMPLETE:
        seen += _read_pages(job, start, end, incomplete)
    if max(totals) <= MOST:
        _record(job.account, start, end, seen)
    return seen


def _page(job: Job, start: datetime, end: datetime, incomplete: bool, page: int) -> payloads.OrderPage:
    return job.client.list_orders(page, PER_PAGE, created_from=start, created_to=end, incomplete=incomplete)


def _read_pages(job: Job, start: datetime, end: datetime, incomplete: bool) -> int:
    seen, page = 0, 1
    while True:
        answer = _page(job, start, end, incomplete, page)
        together.read_orders(job, save_listed(job.account, answer.rows))
        seen += len(answer.rows)
        job.advance(len(answer.rows))
        if page >= min(answer.pages, MOST // PER_PAGE) or not answer.rows:
            return seen
        page += 1


def save_listed(account: VtexAccount, rows: list[payloads.OrderSummary]) -> list[str]:
    """Notes what the list says; the ids of orders whose detail is still to be read, or disagrees (the detail
    wins).
    """
    now = timezone.now()
    new = [
        Order(account=account, order_id=row.order_id, first_seen_at=now, created_at=row.creation_date)
        for row in rows
    ]
    with transaction.atomic():
        Order.objects.bulk_create(new, ignore_conflicts=True)
        for row in rows:
            Order.objects.filter(account=account, order_id=row.order_id).update(
                listed_status=row.status[:100], listed_at=now
            )
    ids = [row.order_id for row in rows]
    unread = Q(read_at__isnull=True) | ~Q(status=F("listed_status"))
    return list(
        Order.objects.filter(unread, account=account, order_id__in=ids)
        .order_by("-created_at")
        .values_list("order_id", flat=True)
    )


def _record(account: VtexAccount, start: datetime, end: datetime, orders: int) -> None:
    """The window, as far as the list can be complete; then the locks that waited for this proof."""
    now = timezone.now()
    ends_at = min(end, now - INDEX_LAG)
    if ends_at <= start:
        return
    BackfillWindow.objects.update_or_create(
        account=account, starts_at=start, ends_at=ends_at, defaults={"orders": orders, "completed_at": now}
    )
    waiting = Reservation.objects.filter(
        account=account,
        order_lookup=OrderLookup.MISSING,
        reserved_at__range=(start - ORDER_MARGIN, end + ORDER_MARGIN),
    )
    if locks := list(waiting.values_list("lock_id", flat=True)):
        refresh(account, now=now, lock_ids=locks)
