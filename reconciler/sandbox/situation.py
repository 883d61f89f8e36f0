"""One pair built to order, for proofs that need exact combinations.

Body: {"sku"?, "warehouse"?, "total", "on_shelf"? (as total), "unlimited"?, "drift"?, "locks": [lock, ...]}.
An existing pair is emptied first, and nobody counts it. `on_shelf` is what lies there now: units still to
ship are in it, units that left are not, units that came back are. `total` is what VTEX was told.

A lock, with its defaults:
    "state": "confirmed"        authorised | confirmed | acknowledged | canceled | expired
    "order_status": "invoiced"  or canceled, replaced, handling, ready-for-handling, payment-pending, ...; the
                                steps before it are filled in
    "quantity": 1, "to_ship": 0, "left": 0, "back": 0
    "age_hours": 96, "status_hours": 72, "acknowledged_hours": 80, "confirmed_hours": age, all ago;
    "max_confirmation_hours": 120 from now, negative is past
    "phantom", "cleared", "superseded", "forbidden", "no_order", "skipped": false
    "marketplace_status", "fulfillment_status": where that workflow stays; "lock_id": as it comes
    "more": [{"sku"?, "warehouse"?, "quantity", "to_ship"?, "left"?}]  further items of the same lock
`skipped` leaves handling out of the timeline of an acknowledged one.

Answers {"sku", "warehouse", "locks": [{"lock_id", "order_id"}], "shelf"}.
"""

from typing import Any

from . import reservations, stock
from .account import Account
from .clock import HOUR
from .orders import MARKETPLACE, new_order, open_instances
from .state import (
    AUTHORIZED,
    CANCELED,
    CONFIRMED,
    EXPIRED,
    Instance,
    Line,
    Lock,
    LockItem,
    Order,
    Pair,
    Sku,
    Warehouse,
)

STATES = {
    "authorised": AUTHORIZED,
    "confirmed": CONFIRMED,
    "acknowledged": CONFIRMED,
    "canceled": CANCELED,
    "expired": EXPIRED,
}
PAID = ("payment-pending", "approve-payment", "payment-approved", "authorize-fulfillment", "window-to-cancel")
HANDLED = ("start-handling", "handling")
ENDS = {
    "invoiced": ("invoice", "invoiced"),
    "canceled": ("cancellation-requested", "cancel", "canceled"),
    "replaced": ("cancel", "replaced"),
    "cancel": ("cancellation-requested", "cancel"),
    "invoice": ("invoice",),
}


def build(account: Account, body: dict[str, Any]) -> dict[str, object]:
    """Raises KeyError or ValueError for what cannot be built."""
    sku, warehouse = str(body.get("sku", "9000")), str(body.get("warehouse", "1_1"))
    pair = ensure_pair(account, sku, warehouse)
    _empty(account, pair)
    pair.total = int(body["total"])
    pair.on_shelf = int(body.get("on_shelf", pair.total))
    pair.unlimited = bool(body.get("unlimited", False))
    pair.drift = int(body.get("drift", 0))
    pair.erp, pair.restock_to, pair.last_stamp = "never_counts", 0, None
    made = [_lock(account, pair, one) for one in body.get("locks", [])]
    ids = [{"lock_id": lock.id, "order_id": lock.order_id} for lock in made]
    return {"sku": sku, "warehouse": warehouse, "locks": ids, "shelf": stock.shelf(account, pair)}


def ensure_pair(account: Account, sku: str, warehouse: str) -> Pair:
    if warehouse not in account.warehouses:
        account.warehouses[warehouse] = Warehouse(warehouse, warehouse, f"dock-{len(account.warehouses) + 1}")
    if sku not in account.skus:
        number = 80000 + len(account.skus)
        account.skus[sku] = Sku(
            sku, f"Produto {sku}", 4990, ean=str(7890000000000 + number), ref=f"REF{number}", product=number
        )
    return account.pairs.setdefault((sku, warehouse), Pair(sku, warehouse, total=0, on_shelf=0))


def _empty(account: Account, pair: Pair) -> None:
    for lock, item in account.held.pop((pair.sku, pair.warehouse), []):
        lock.items = [one for one in lock.items if one is not item]
        if not lock.items:
            account.locks.pop(lock.id, None)
            account.orders.pop(lock.order_id or "", None)


def _lock(account: Account, pair: Pair, wanted: dict[str, Any]) -> Lock:
    items = [_item(wanted, pair.sku, pair.warehouse)]
    for more in wanted.get("more", []):
        other = ensure_pair(
            account, str(more.get("sku", pair.sku)), str(more.get("warehouse", pair.warehouse))
        )
        items.append(_item(more, other.sku, other.warehouse))
    order = None if wanted.get("no_order") else _order(account, items, wanted)
    return _make(account, order, items, wanted)


def _item(wanted: dict[str, Any], sku: str, warehouse: str) -> LockItem:
    item = LockItem(sku, warehouse, int(wanted.get("quantity", 1)))
    item.to_ship, item.left, item.back = (int(wanted.get(name, 0)) for name in ("to_ship", "left", "back"))
    return item


def _make(account: Account, order: Order | None, items: list[LockItem], wanted: dict[str, Any]) -> Lock:
    name = f"00-{order.id}" if order else f"connector-{account.next_number('connector'):06d}"
    lock = Lock(
        str(wanted.get("lock_id", name)),
        order.id if order else None,
        _ago(account, wanted, "age_hours", 96),
        0.0,
        items=items,
    )
    state = wanted.get("state", "confirmed")
    lock.status = STATES[state]
    lock.authorized_at = lock.created
    lock.max_confirmation = account.now + float(wanted.get("max_confirmation_hours", 120)) * HOUR
    if state in ("confirmed", "acknowledged"):
        lock.confirmed_at = _ago(account, wanted, "confirmed_hours", float(wanted.get("age_hours", 96)))
    if state == "acknowledged":
        lock.acknowledged_at = _ago(account, wanted, "acknowledged_hours", 80)
    lock.updated = lock.acknowledged_at or lock.confirmed_at or lock.created
    account.add_lock(lock)
    _settle(account, order, lock, wanted)
    return lock


def _settle(account: Account, order: Order | None, lock: Lock, wanted: dict[str, Any]) -> None:
    if not lock.active:
        lock.canceled_at = _ago(account, wanted, "status_hours", 72)
        for item in lock.items:
            item.holding = False
    if wanted.get("cleared"):
        lock.items[0].holding, lock.items[0].cleared_at = False, _ago(account, wanted, "status_hours", 72)
    if wanted.get("phantom"):
        reservations.abort_into_phantom(account, lock)
        lock.canceled_at = lock.updated = _ago(account, wanted, "status_hours", 72)
    if order is None:
        return
    lock.superseded = bool(wanted.get("superseded"))
    order.locks = [lock.id]
    for line in order.lines:
        line.lock_id = f"{lock.id}-other" if lock.superseded else lock.id


def _ago(account: Account, wanted: dict[str, Any], name: str, default: float) -> float:
    return round(account.now - float(wanted.get(name, default)) * HOUR, 6)


def _order(account: Account, items: list[LockItem], wanted: dict[str, Any]) -> Order:
    lines = [
        Line(
            item.sku,
            item.quantity,
            account.skus[item.sku].price,
            deliveries=[(item.warehouse, item.quantity)],
        )
        for item in items
    ]
    order = new_order(account, lines)
    order.created = _ago(account, wanted, "age_hours", 96)
    order.forbidden = bool(wanted.get("forbidden"))
    status = str(wanted.get("order_status", "invoiced"))
    skips = wanted.get("state", "confirmed") != "acknowledged" or bool(wanted.get("skipped"))
    open_instances(account, order)
    _walk(order, _steps(status, skips), _ago(account, wanted, "status_hours", 72))
    _name_times(order, status)
    for one in order.instances:
        if f"{one.name.lower()}_status" in wanted:
            _stay(one, str(wanted[f"{one.name.lower()}_status"]))
    return order


def _stay(one: Instance, step: str) -> None:
    """This workflow never got beyond a step, or jumped to it at its last change."""
    names = [name for name, _ in one.timeline]
    if step in names:
        del one.timeline[names.index(step) + 1 :]
    elif one.timeline:
        one.timeline[-1] = (step, one.last_change)
    one.step = step
    one.last_change = one.timeline[-1][1] if one.timeline else one.last_change


def _steps(status: str, skips: bool) -> list[str]:
    """The steps up to a status."""
    before = ["order-created", *PAID, "ready-for-handling"]
    if status in before:
        return before[: before.index(status) + 1]
    if status == "start-handling":
        return [*before, "start-handling"]
    handled = [*before, *HANDLED] if not skips or status in ("handling", "ready-for-invoicing") else before
    return [*handled, *(one for one in ENDS.get(status, (status,)) if one not in handled)]


def _walk(order: Order, steps: list[str], last: float) -> None:
    """The steps, evenly spread from the order's creation to `last`; payment at Marketplace, the rest at
    Fulfillment, the end at both.
    """
    for number, step in enumerate(steps):
        at = round(order.created + (last - order.created) * number / max(1, len(steps) - 1), 6)
        paying = step.startswith(("order-created", "payment", "approve"))
        ending = step in ("invoice", "invoiced", "cancel", "canceled", "replaced")
        for one in order.instances:
            if ending or (one.name == MARKETPLACE) == paying:
                one.step, one.last_change = step, at
                one.timeline.append((step, at))
        order.status, order.last_change = step, at
        order.history.append((step, at))


def _name_times(order: Order, status: str) -> None:
    times = dict(order.history)
    order.authorized_at = times.get("authorize-fulfillment")
    order.invoiced_at = times.get("invoiced")
    order.canceled_at = times.get("canceled") or times.get("replaced")
    order.shipped_at = order.invoiced_at
    if status in ("cancel", "invoice", "start-handling", "approve-payment") and order.last_change:
        order.hangs_since = order.last_change
