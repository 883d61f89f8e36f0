"""All orders created within spans of time: listed page by page, then read one by one (F3.4).

Lists and orders are asked for at the same time: while the orders of one page are read, the next page comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import BackfillWindow, Order, OrderLookup, Reservation, VtexAccount
from reconciler.sync import order_rows, together
from reconciler.sync.orders import OrderAsked, OrderFetch, OrderRead, asked, fetch_order
from reconciler.sync.runs import Job
from reconciler.sync.upsert import write
from reconciler.vtex import VtexClient, errors, payloads

MOST = 3000
"""VTEX lists 30 pages of 100 orders and no more."""
PER_PAGE = 100
SHORTEST = timedelta(seconds=1)
INDEX_LAG = timedelta(minutes=10)
"""The list trails the orders by about four minutes: a span this close to now is not complete yet (F3.4)."""
ORDER_MARGIN = timedelta(days=2)
ALSO_INCOMPLETE = (False, True)
FEW = 100
"""Orders left to ask for when the next page is listed."""
LISTS_AT_ONCE = 2


@dataclass(eq=False)
class Span:
    """left: pages and orders of it that are still to come. seen: orders listed."""

    start: datetime
    end: datetime
    first: dict[bool, payloads.OrderPage] = field(default_factory=dict)
    left: int = 0
    seen: int = 0

    @property
    def is_too_full(self) -> bool:
        """More than VTEX lists; then it is halved."""
        return max(page.total for page in self.first.values()) > MOST

    def halves(self) -> tuple[Span, Span]:
        """The newer first."""
        middle = self.start + (self.end - self.start) / 2
        return Span(middle, self.end), Span(self.start, middle)


@dataclass(frozen=True)
class Page:
    span: Span
    incomplete: bool
    number: int

    def fetch(self, client: VtexClient) -> payloads.OrderPage:
        return client.list_orders(
            self.number,
            PER_PAGE,
            created_from=self.span.start,
            created_to=self.span.end,
            incomplete=self.incomplete,
        )


@dataclass(frozen=True)
class Listed:
    """An order to be read because a list showed it."""

    span: Span
    asked: OrderAsked

    def fetch(self, client: VtexClient) -> OrderFetch:
        return fetch_order(client, self.asked)


Task = Page | Listed


def read_spans(job: Job, spans: Iterable[tuple[datetime, datetime]]) -> None:
    """Lists and reads every order created in the spans, incomplete ones too, and records the windows it made.

    A span with more orders than VTEX lists is halved, newest half first.
    """
    todo = _Todo(job, spans)
    with together.Reads(together.diagnose_orders, job, together.ORDERS) as reads:

        def save(
            arrived: list[tuple[Task, payloads.OrderPage | OrderFetch]],
        ) -> list[errors.VtexError | None]:
            return _save(job, todo, reads, arrived)

        for group in job.together(lambda client, task: task.fetch(client), todo, save, together.ORDERS):
            for task, error in group:
                if error and isinstance(task, Page):
                    raise error
            for span in todo.finished(task for task, _ in group):
                reads.judge()
                _record(job.account, span)
                job.count("windows")
            reads.judge_if_full()


def _save(
    job: Job,
    todo: _Todo,
    reads: together.Reads[OrderRead],
    arrived: list[tuple[Task, payloads.OrderPage | OrderFetch]],
) -> list[errors.VtexError | None]:
    orders = [(task, found) for task, found in arrived if isinstance(found, OrderFetch)]
    troubles = iter(together.keep_orders(job, reads, orders))
    for task, found in arrived:
        if isinstance(task, Page) and isinstance(found, payloads.OrderPage):
            todo.listed(task, found)
    return [next(troubles) if isinstance(task, Listed) else None for task, _ in arrived]


class _Todo:
    """What to ask VTEX for next. Runs dry, and goes on when a list came."""

    def __init__(self, job: Job, spans: Iterable[tuple[datetime, datetime]]) -> None:
        self._job = job
        self._spans = deque(Span(*each) for each in spans)
        self._pages: deque[Page] = deque()
        self._orders: deque[Listed] = deque()
        self._under_way = 0
        self._expected = 0

    def __iter__(self) -> Iterator[Task]:
        return self

    def __next__(self) -> Task:
        if len(self._orders) < FEW and self._under_way < LISTS_AT_ONCE and self._has_page():
            self._under_way += 1
            return self._pages.popleft()
        if not self._orders:
            raise StopIteration
        return self._orders.popleft()

    def _has_page(self) -> bool:
        if not self._pages and self._spans:
            self._open(self._spans.popleft())
        return bool(self._pages)

    def _open(self, span: Span) -> None:
        self._pages.extend(Page(span, incomplete, 1) for incomplete in ALSO_INCOMPLETE)
        span.left += len(ALSO_INCOMPLETE)

    def listed(self, page: Page, found: payloads.OrderPage) -> None:
        """A page came: its orders are to be read, and the page after it."""
        self._under_way -= 1
        if page.number > 1:
            self._take(page, found)
            return
        span = page.span
        span.first[page.incomplete] = found
        if len(span.first) < len(ALSO_INCOMPLETE):
            return
        if span.is_too_full and span.end - span.start > SHORTEST:
            self._spans.extendleft(reversed(span.halves()))
            return
        self._expected += sum(each.total for each in span.first.values())
        self._job.expect(self._expected)
        for incomplete, first in span.first.items():
            self._take(Page(span, incomplete, 1), first)

    def _take(self, page: Page, found: payloads.OrderPage) -> None:
        span = page.span
        unread = asked(self._job.account, save_listed(self._job.account, found.rows))
        self._orders.extend(Listed(span, each) for each in unread)
        span.left += len(unread)
        span.seen += len(found.rows)
        self._advance(len(found.rows) - len(unread))
        if page.number < min(found.pages, MOST // PER_PAGE) and found.rows:
            self._pages.appendleft(Page(span, page.incomplete, page.number + 1))
            span.left += 1

    def finished(self, done: Iterable[Task]) -> Iterator[Span]:
        """The spans of which nothing is left after these; one that was halved is none."""
        for task in done:
            task.span.left -= 1
            if isinstance(task, Listed):
                self._job.count("orders")
                self._advance(1)
            if not task.span.left and (
                task.span.end - task.span.start <= SHORTEST or not task.span.is_too_full
            ):
                yield task.span

    def _advance(self, orders: int) -> None:
        self._expected -= orders
        self._job.advance(orders)


def save_listed(account: VtexAccount, rows: list[payloads.OrderSummary]) -> list[str]:
    """Notes what the list says; the ids of orders whose detail is still to be read, or disagrees (the detail
    wins).
    """
    now = timezone.now()
    ids = [row.order_id for row in rows]
    with transaction.atomic():
        found = order_rows.locked(account, dict.fromkeys(ids, now))
        for row in rows:
            order = found[row.order_id]
            order.listed_status, order.listed_at = row.status[:100], now
            order.created_at = order.created_at or row.creation_date
        write([*found.values()], ["listed_status", "listed_at", "created_at"])
    unread = Q(read_at__isnull=True) | ~Q(status=F("listed_status"))
    return list(
        Order.objects.filter(unread, account=account, order_id__in=ids)
        .order_by("-created_at")
        .values_list("order_id", flat=True)
    )


def _record(account: VtexAccount, span: Span) -> None:
    """The window, as far as the list can be complete; then the locks that waited for this proof."""
    now, start, end = timezone.now(), span.start, span.end
    ends_at = min(end, now - INDEX_LAG)
    if ends_at <= start:
        return
    BackfillWindow.objects.update_or_create(
        account=account, starts_at=start, ends_at=ends_at, defaults={"orders": span.seen, "completed_at": now}
    )
    judge_waiting(account, start, end)


def judge_waiting(account: VtexAccount, start: datetime, end: datetime) -> None:
    """Reservations of these days without an order: whether one exists is known when all orders are."""
    waiting = Reservation.objects.filter(
        account=account,
        order_lookup=OrderLookup.MISSING,
        reserved_at__range=(start - ORDER_MARGIN, end + ORDER_MARGIN),
    )
    if locks := list(waiting.values_list("lock_id", flat=True)):
        refresh(account, now=timezone.now(), lock_ids=locks)
