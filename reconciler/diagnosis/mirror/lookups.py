"""What the mirror knows of the order behind a lock, with the proof or the doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reconciler.diagnosis.facts import (
    Found,
    NotFound,
    NotReadable,
    OrderLookup,
    Renamed,
    Tried,
    Unreadable,
)
from reconciler.diagnosis.mirror.orders import Orders, order_facts
from reconciler.models import BackfillWindow, Order, Reservation, VtexAccount
from reconciler.models import OrderLookup as Lookup


@dataclass(frozen=True)
class Coverage:
    """What the backfill has listed, and the orders of which it knows no more than that they exist."""

    spans: tuple[tuple[datetime, datetime], ...]
    unread: tuple[datetime | None, ...]


def coverage_of(account: VtexAccount) -> Coverage:
    windows = BackfillWindow.objects.filter(account=account, completed_at__isnull=False)
    spans = windows.order_by("starts_at").values_list("starts_at", "ends_at")
    unread = Order.objects.filter(account=account, read_at__isnull=True).values_list("created_at", flat=True)
    return Coverage(tuple(spans), tuple(unread))


def lookup_of(
    lock_id: str,
    row: Reservation | None,
    orders: Orders,
    coverage: Coverage,
    reserved: dict[str, datetime | None],
) -> OrderLookup:
    """The mirror's own orders first; what a lookup answered only where the mirror has none."""
    linked = orders.linked.get(lock_id, [])
    if len(linked) > 1:
        return NotReadable(Unreadable.CONFLICTING, linked[0].order_id)
    if linked:
        return _readable(linked[0]) or Found(order_facts(linked[0]))
    named = orders.named.get(lock_id) or _attached(row, orders)
    if named:
        return _readable(named[0]) or _renamed(named[0], reserved)
    return _looked_up(row, coverage)


def _readable(order: Order) -> NotReadable | None:
    """Why the order tells nothing now; a final status that was once read stays true."""
    if order.read_at is None:
        return NotReadable(_reason(order.unreadable_reason, Unreadable.NOT_SYNCED), order.order_id)
    if order.unreadable_reason and not order.is_finished:
        return NotReadable(_reason(order.unreadable_reason, Unreadable.ERROR), order.order_id)
    return None


def _renamed(order: Order, reserved: dict[str, datetime | None]) -> Renamed:
    facts = order_facts(order)
    successors = [at for lock_id in facts.lock_ids if (at := reserved.get(lock_id))]
    return Renamed(facts, max(successors, default=None))


def _attached(row: Reservation | None, orders: Orders) -> list[Order]:
    order = orders.by_pk.get(row.order_id) if row is not None and row.order_id is not None else None
    return [order] if order else []


def _looked_up(row: Reservation | None, coverage: Coverage) -> OrderLookup:
    if row is None or row.order_lookup == Lookup.NOT_LOOKED:
        return NotReadable(Unreadable.NOT_SYNCED)
    tried = tuple(
        Tried(str(each.get("id", "")), str(each.get("answer", ""))) for each in row.order_lookup_tried
    )
    if row.order_lookup == Lookup.MISSING:
        return NotFound(tried, row.order_lookup_at, coverage.spans, coverage.unread)
    reason = _reason(row.order_lookup_reason, Unreadable.CONFLICTING)
    return NotReadable(reason, tried=tried, looked_at=row.order_lookup_at)


def _reason(text: str, otherwise: Unreadable) -> Unreadable:
    if text == "missing":
        return Unreadable.CONFLICTING
    return Unreadable(text) if text in _reasons() else otherwise


def _reasons() -> Iterable[str]:
    return [reason.value for reason in Unreadable]
