"""One order: VTEX to mirror, and the locks that its lines prove to be its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Order, OrderItem, OrderLookup, Reservation, VtexAccount
from reconciler.sync import history, order_rows
from reconciler.vtex import VtexClient, errors, payloads

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
    """Writes detail and history in one short transaction; an older read changes nothing. Not diagnosed."""
    if fetched.seen is None:
        assert fetched.error, "a fetch has a detail or an error"
        return _unreadable(account, fetched.order_id, fetched.error, fetched.read_at)
    if fetched.refused:
        history.note_refusal(account)
    with transaction.atomic():
        order, newest = order_rows.save(account, fetched.seen, fetched.read_at)
        touched = _link(account, order, fetched.seen.lock_ids) if newest else set()
        if fetched.history:
            history.save(order, fetched.history)
    return OrderRead(order, READABLE, "200", fetched.read_at, frozenset(touched))


def _unreadable(account: VtexAccount, order_id: str, error: errors.VtexError, read_at: datetime) -> OrderRead:
    reason = {errors.NotFound: MISSING, errors.Forbidden: FORBIDDEN}.get(type(error), ERROR)
    rows = Order.objects.filter(account=account, order_id=order_id)
    rows.exclude(read_at__gt=read_at).update(unreadable_reason=reason)
    return OrderRead(rows.first(), reason, str(error.status or type(error).__name__), read_at)


def _link(account: VtexAccount, order: Order, lock_ids: list[str]) -> set[str]:
    """Ties locks to the order whose lines carry them, the only proof (F3.1); those that changed."""
    mine = Reservation.objects.filter(account=account, lock_id__in=lock_ids)
    found: dict[str, Any] = {"order": order, "order_lookup": OrderLookup.FOUND, "order_lookup_reason": ""}
    found["order_lookup_at"] = order.read_at
    linked = mine.exclude(order=order, order_lookup=OrderLookup.FOUND, superseded=False)
    touched = _update(linked, **found, superseded=False)
    if lock_ids:
        touched |= _update(_stray(account, order, lock_ids), **found, superseded=True)
    return touched


def _update(rows: QuerySet[Reservation], **values: Any) -> set[str]:
    """The lock ids of the rows that were changed."""
    found = dict(rows.values_list("pk", "lock_id"))
    if found:
        Reservation.objects.filter(pk__in=found).update(**values)
    return set(found.values())


def _stray(account: VtexAccount, order: Order, lock_ids: list[str]) -> QuerySet[Reservation]:
    """Locks that were this order's, by name or by its lines, while no order carries them any more."""
    carried = OrderItem.objects.filter(order__account=account).exclude(lock_id="").values("lock_id")
    return (
        Reservation.objects.filter(account=account)
        .filter(Q(lock_id__in=_names(order)) | Q(order=order))
        .exclude(lock_id__in=lock_ids)
        .exclude(order=order, superseded=True)
        .exclude(lock_id__in=carried)
    )


def _names(order: Order) -> list[str]:
    """The lock ids that would be this order's by name alone."""
    return [name for name in (order.order_id, f"00-{order.order_id}", order.seller_order_id) if name]
