"""One order: VTEX to mirror, and the locks that its lines prove to be its own."""

from __future__ import annotations

from dataclasses import dataclass
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
    read_at = timezone.now()
    try:
        seen = client.get_order(order_id)
    except (
        errors.NotFound,
        errors.Forbidden,
        errors.BadRequest,
        errors.DotNetError,
        errors.SuspiciousAnswer,
    ) as error:
        return _unreadable(account, order_id, error, read_at, diagnose)
    fetched, trouble = _history(account, client, seen) if with_history else (None, None)
    with transaction.atomic():
        order, newest = order_rows.save(account, seen, read_at)
        touched = _link(account, order, seen.lock_ids) if newest else set()
        if fetched:
            history.save(order, fetched)
    if diagnose:
        refresh(account, now=timezone.now(), order_ids=[order.order_id], lock_ids=sorted(touched))
    if trouble:
        raise trouble
    return OrderRead(order, READABLE, "200", read_at, frozenset(touched))


def _history(
    account: VtexAccount, client: VtexClient, seen: payloads.Order
) -> tuple[history.Fetched | None, errors.VtexError | None]:
    """The document where one is due, or what kept it from being read: the detail is worth keeping anyway."""
    known = Order.objects.filter(account=account, order_id=seen.order_id).first()
    if not history.is_due(known, seen):
        return None, None
    try:
        return history.fetch(account, client, seen.order_id), None
    except errors.VtexError as error:
        return None, error


def _unreadable(
    account: VtexAccount, order_id: str, error: errors.VtexError, read_at: datetime, diagnose: bool
) -> OrderRead:
    reason = {errors.NotFound: MISSING, errors.Forbidden: FORBIDDEN}.get(type(error), ERROR)
    rows = Order.objects.filter(account=account, order_id=order_id)
    marked = rows.exclude(read_at__gt=read_at).update(unreadable_reason=reason)
    if marked and diagnose:
        refresh(account, now=timezone.now(), order_ids=[order_id])
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
