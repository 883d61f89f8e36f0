"""Orders: VTEX to mirror."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Order, VtexAccount
from reconciler.sync import history, links, order_rows
from reconciler.sync.order_rows import Detail
from reconciler.sync.upsert import write
from reconciler.vtex import VtexClient, errors, payloads

MOST = 100
"""Orders a transaction."""
READABLE, MISSING, FORBIDDEN, ERROR = "", "missing", "forbidden", "error"


@dataclass(frozen=True)
class OrderRead:
    """order: the mirror's row, None when nothing is mirrored. reason: "" when it was read, else why not.

    answer: VTEX's answer in a word ("200", "404", "403", ...). lock_ids: locks whose link to an order
    changed.
    """

    order: Order | None
    reason: str
    answer: str
    read_at: datetime
    lock_ids: frozenset[str] = frozenset()

    @property
    def ok(self) -> bool:
        return self.reason == READABLE and self.order is not None


@dataclass(frozen=True)
class OrderFetch:
    """What VTEX answered about one order; nothing is written yet.

    seen: the detail, None where `error` says why there is none. trouble: what kept the history from being
    read; the detail is worth keeping anyway. refused: the key may not read histories.
    """

    order_id: str
    read_at: datetime
    seen: payloads.Order | None = None
    error: errors.VtexError | None = None
    history: history.Fetched | None = None
    trouble: errors.VtexError | None = None
    refused: bool = False

    @property
    def seen_id(self) -> str:
        """The order's own id where VTEX gave one: it may be asked for by others."""
        return self.seen.order_id if self.seen else self.order_id


@dataclass(frozen=True)
class OrderAsked:
    """What a fetch needs to know beforehand: `known` is the mirror's row with its workflows, if any."""

    order_id: str
    known: Order | None
    with_history: bool


def asked(account: VtexAccount, order_ids: Collection[str], *, with_history: bool = True) -> list[OrderAsked]:
    """What fetching these orders needs of the mirror, in a fixed number of queries."""
    rows = Order.objects.filter(account=account, order_id__in=order_ids).prefetch_related("workflows")
    known = {row.order_id: row for row in rows}
    with_history = with_history and history.may_read(account)
    return [OrderAsked(each, known.get(each), with_history) for each in order_ids]


def read_order(
    account: VtexAccount,
    client: VtexClient,
    order_id: str,
    *,
    with_history: bool = True,
    diagnose: bool = True,
) -> OrderRead:
    """Reads the detail (it wins over every other source) and the history, and writes both at once.

    Raises a VtexError when VTEX is out of reach; 404, 403 and answers that cannot be read become the
    `reason`.
    """
    fetched = fetch_order(client, asked(account, [order_id], with_history=with_history)[0])
    read = save_order(account, fetched)
    if diagnose and read.order:
        orders = [read.order.order_id]
        refresh(account, now=timezone.now(), order_ids=orders, lock_ids=sorted(read.lock_ids))
    if fetched.trouble:
        raise fetched.trouble
    return read


def fetch_order(client: VtexClient, asked: OrderAsked) -> OrderFetch:
    """Detail, and history where one is due: HTTP only. Raises a VtexError when VTEX is out of reach."""
    read_at = timezone.now()
    try:
        seen = client.get_order(asked.order_id)
    except (
        errors.NotFound,
        errors.Forbidden,
        errors.BadRequest,
        errors.DotNetError,
        errors.SuspiciousAnswer,
    ) as error:
        return OrderFetch(asked.order_id, read_at, error=error)
    found = OrderFetch(asked.order_id, read_at, seen)
    if not asked.with_history or not history.is_due(asked.known, seen):
        return found
    try:
        return replace(found, history=history.fetch(client, seen.order_id))
    except (errors.Forbidden, errors.MethodMissing):
        return replace(found, refused=True)
    except errors.VtexError as error:
        return replace(found, trouble=error)


def save_order(account: VtexAccount, fetched: OrderFetch) -> OrderRead:
    """`save_orders` of one."""
    return save_orders(account, [fetched])[0]


def save_orders(account: VtexAccount, fetched: Sequence[OrderFetch]) -> list[OrderRead]:
    """The one way of orders into the mirror: what became of each, in the order in which they are given.

    Detail and history of up to MOST are written in one short transaction, in a number of statements that does
    not grow with them. An older read changes nothing, and saving twice is as saving once. Not diagnosed (see
    `together.diagnose_orders`); `trouble` is left to the caller to raise. Raises DataError, ValueError or
    OverflowError where one of them holds a value that no mirror can keep: then save them one by one.
    """
    if any(each.refused for each in fetched):
        history.note_refusal(account)
    reads = []
    for some in _distinct(fetched):
        with transaction.atomic():
            reads += _save(account, some)
    return reads


def _distinct(fetched: Iterable[OrderFetch]) -> Iterator[list[OrderFetch]]:
    """Up to MOST at a time, none of them of the same order."""
    some: dict[str, OrderFetch] = {}
    for each in fetched:
        if each.seen_id in some or len(some) >= MOST:
            yield list(some.values())
            some = {}
        some[each.seen_id] = each
    if some:
        yield list(some.values())


def _save(account: VtexAccount, fetched: list[OrderFetch]) -> list[OrderRead]:
    seen = {each.seen_id: each.read_at for each in fetched if each.seen}
    others = [each.seen_id for each in fetched if not each.seen]
    rows = order_rows.locked(account, seen, others)
    details = [Detail(rows[each.seen_id], each.seen, each.read_at) for each in fetched if each.seen]
    details = [detail for detail in details if detail.is_newest]
    order_rows.save(account, details)
    changed = {detail.row.pk: detail.row for detail in details}
    documents = [(rows[each.seen_id], each.history) for each in fetched if each.seen and each.history]
    changed |= {row.pk: row for row in history.save(documents)}
    reads = {each.seen_id: _unreadable(rows.get(each.seen_id), each) for each in fetched if not each.seen}
    changed |= {read.order.pk: read.order for read in reads.values() if read.order}
    write([changed[key] for key in sorted(changed)], order_rows.FIELDS)
    touched = links.save(account, details)
    for each in fetched:
        if each.seen:
            row = rows[each.seen_id]
            locks = frozenset(touched.get(row.pk, ()))
            reads[each.seen_id] = OrderRead(row, READABLE, "200", each.read_at, locks)
    return [reads[each.seen_id] for each in fetched]


def _unreadable(row: Order | None, fetched: OrderFetch) -> OrderRead:
    error = fetched.error
    assert error, "a fetch has a detail or an error"
    reason = {errors.NotFound: MISSING, errors.Forbidden: FORBIDDEN}.get(type(error), ERROR)
    if row and not (row.read_at and row.read_at > fetched.read_at):
        row.unreadable_reason = reason
    return OrderRead(row, reason, str(error.status or type(error).__name__), fetched.read_at)
