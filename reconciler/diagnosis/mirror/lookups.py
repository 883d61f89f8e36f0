"""What the mirror knows of the order behind a lock, with the proof or the doubt."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from reconciler.diagnosis.facts import (
    BACKFILL_MARGIN,
    Found,
    NotFound,
    NotReadable,
    OrderLookup,
    Renamed,
    Tried,
    Unreadable,
)
from reconciler.diagnosis.mirror.orders import OrderRow, Orders
from reconciler.models import BackfillWindow, Order, VtexAccount
from reconciler.models import OrderLookup as Lookup


class LockRow(NamedTuple):
    """What diagnosis reads of one reservation."""

    pk: int
    lock_id: str
    order_id: int | None
    order_lookup: str
    order_lookup_reason: str
    order_lookup_at: datetime | None
    order_lookup_tried: list[dict[str, Any]]
    reserved_at: datetime | None
    maximum_confirmation_at: datetime | None
    confirmed_at: datetime | None
    canceled_at: datetime | None
    status_code: int | None
    status_read_at: datetime | None
    requested: list[dict[str, Any]]


@dataclass(frozen=True)
class Surroundings:
    """What the backfill has listed around the days of missing orders, and what it knows from lists alone.

    `unread`: by lock, the creation dates of orders that are listed but were never read: one that has none,
    and the first from the margin before the lock on.
    """

    spans: tuple[tuple[datetime, datetime], ...] = ()
    unread: dict[str, tuple[datetime | None, ...]] | None = None

    def unread_near(self, lock_id: str) -> tuple[datetime | None, ...]:
        return (self.unread or {}).get(lock_id, ())


def surroundings_of(account: VtexAccount, rows: Collection[LockRow]) -> Surroundings:
    """For the locks whose order was looked for and not found."""
    missing = {
        row.lock_id: row.reserved_at for row in rows if row.order_lookup == Lookup.MISSING and row.reserved_at
    }
    if not missing:
        return Surroundings()
    dates = missing.values()
    windows = BackfillWindow.objects.filter(
        account=account, completed_at__isnull=False,
        starts_at__lte=max(dates) + BACKFILL_MARGIN, ends_at__gte=min(dates) - BACKFILL_MARGIN,
    )  # fmt: skip
    spans = windows.order_by("starts_at").values_list("starts_at", "ends_at")
    return Surroundings(tuple(spans), _unread(account, missing))


def _unread(account: VtexAccount, reserved: dict[str, datetime]) -> dict[str, tuple[datetime | None, ...]]:
    """One query for each lock, but only while there are such orders: none, once the past was read."""
    listed = Order.objects.filter(account=account, read_at__isnull=True)
    if not listed.exists():
        return {}
    undated = (None,) if listed.filter(created_at__isnull=True).exists() else ()
    dates = listed.order_by("created_at").values_list("created_at", flat=True)
    found: dict[str, tuple[datetime | None, ...]] = {}
    for lock_id, at in reserved.items():
        first = dates.filter(created_at__gte=at - BACKFILL_MARGIN).first()
        found[lock_id] = (*undated, first) if first else undated
    return found


def lookup_of(
    lock_id: str,
    row: LockRow | None,
    orders: Orders,
    around: Surroundings,
    reserved: dict[str, datetime | None],
) -> OrderLookup:
    """The mirror's own orders first; what a lookup answered only where the mirror has none."""
    linked = orders.linked.get(lock_id, [])
    if len(linked) > 1:
        return NotReadable(Unreadable.CONFLICTING, linked[0].order_id)
    if linked:
        return _readable(linked[0]) or Found(orders.facts(linked[0]))
    named = orders.named.get(lock_id)
    if named:
        return _readable(named[0]) or _renamed(orders, named[0], reserved)
    return _looked_up(row, around)


def _readable(order: OrderRow) -> NotReadable | None:
    """Why the order tells nothing now; a final status that was once read stays true."""
    if order.read_at is None:
        return NotReadable(_reason(order.unreadable_reason, Unreadable.NOT_SYNCED), order.order_id)
    if order.unreadable_reason and not order.is_finished:
        return NotReadable(_reason(order.unreadable_reason, Unreadable.ERROR), order.order_id)
    return None


def _renamed(orders: Orders, order: OrderRow, reserved: dict[str, datetime | None]) -> Renamed:
    facts = orders.facts(order)
    successors = [at for lock_id in facts.lock_ids if (at := reserved.get(lock_id))]
    return Renamed(facts, max(successors, default=None))


def _looked_up(row: LockRow | None, around: Surroundings) -> OrderLookup:
    if row is None or row.order_lookup == Lookup.NOT_LOOKED:
        return NotReadable(Unreadable.NOT_SYNCED)
    tried = tuple(
        Tried(str(each.get("id", "")), str(each.get("answer", ""))) for each in row.order_lookup_tried
    )
    if row.order_lookup == Lookup.MISSING:
        return NotFound(tried, row.order_lookup_at, around.spans, around.unread_near(row.lock_id))
    reason = _reason(row.order_lookup_reason, Unreadable.CONFLICTING)
    return NotReadable(reason, tried=tried, looked_at=row.order_lookup_at)


def _reason(text: str, otherwise: Unreadable) -> Unreadable:
    if text == "missing":
        return Unreadable.CONFLICTING
    return _REASONS.get(text, otherwise)


_REASONS = {reason.value: reason for reason in Unreadable}
