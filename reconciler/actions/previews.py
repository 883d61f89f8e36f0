"""Parts of previews that several verbs share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.actions import wording
from reconciler.actions.errors import InvalidEntries
from reconciler.actions.facts import LockFacts, Pair, needs_no_goods
from reconciler.actions.types import Hold, PairPreview, TotalFall
from reconciler.models import ReservationItem, StockBalance

TICKED = ("on", "yes", "true", "1")


def hold(item: ReservationItem, *, released: bool = False) -> Hold:
    """Needs `item.reservation` with its order at hand."""
    order = item.reservation.order
    return Hold(
        lock_id=item.reservation.lock_id,
        order_id=order.order_id if order else "",
        order_status=order.status if order else "",
        quantity=item.quantity,
        acknowledged_at=item.acknowledged_at,
        fixed_zero=needs_no_goods(item.reservation),
        status=item.status,
        released=released,
    )


def lock_pairs(facts: LockFacts, *, freed: Mapping[Pair, int]) -> tuple[PairPreview, ...]:
    """Each pair of the lock whose balance is known; `freed` units by pair leave what is reserved."""
    known = [pair for pair in facts.pairs if pair in facts.balances]
    return tuple(_lock_pair(facts, facts.balances[pair], freed.get(pair, 0)) for pair in known)


def _lock_pair(facts: LockFacts, balance: StockBalance, units: int) -> PairPreview:
    pair = (balance.sku_id, balance.warehouse_id)
    fall, at = _fall(facts, balance)
    items = (item for item in facts.items if (item.sku_id, item.warehouse_id) == pair)
    return PairPreview(
        sku_id=balance.sku_id,
        warehouse_id=balance.warehouse_id,
        total_before=balance.total,
        reserved_before=balance.reserved,
        total_after=balance.total,
        reserved_after=balance.reserved - units,
        total_fall=fall,
        total_fall_at=at,
        releases=tuple(hold(item) for item in items),
        list_read_at=balance.list_read_at,
    )


def _fall(facts: LockFacts, balance: StockBalance) -> tuple[TotalFall, Any]:
    seen = facts.falls.get((balance.sku_id, balance.warehouse_id))
    if seen:
        return "seen", seen.at
    since = facts.reservation.reserved_at
    watched = since is not None and balance.first_seen_at <= since
    return ("not_seen" if watched else "not_watched"), None


def require_confirm(needed: bool, text: str, confirm: str) -> None:
    """`text` must be typed exactly as it is; without one a tick is enough."""
    if not needed:
        return
    if text and confirm != text:
        raise InvalidEntries({"confirm": wording.entry("confirm_typed", text=text)})
    if not text and confirm.strip().lower() not in TICKED:
        raise InvalidEntries({"confirm": wording.entry("confirm_tick")})


def balance_facts(balance: StockBalance) -> dict[str, Any]:
    return {
        "total": balance.total,
        "reserved": balance.reserved,
        "available": balance.available,
        "unlimited": balance.unlimited,
    }


def item_facts(item: ReservationItem) -> dict[str, Any]:
    return {
        "sku": item.sku_id,
        "warehouse": item.warehouse_id,
        "quantity": item.quantity,
        "status": item.status,
        "acknowledged_at": item.acknowledged_at.isoformat() if item.acknowledged_at else None,
    }
