"""Placing orders and moving them from step to step; who moves them when is in lifecycle and erps (F3.2,
F3.3).
"""

from . import feed, hook, reservations
from .account import Account
from .state import Instance, Line, LockItem, Order

MARKETPLACE = "Marketplace"
FULFILLMENT = "Fulfillment"
BOTH = (MARKETPLACE, FULFILLMENT)
OVER = ("cancel", "canceled", "replaced", "invoice", "invoiced")
"""Statuses in which an order no longer ships."""


def new_order(account: Account, lines: list[Line], *, affiliate: str = "", suffix: str = "01") -> Order:
    """An order of the account's own store, or with `affiliate` the seller's side of a marketplace's order
    (F3.1).
    """
    sequence = str(700000 + account.next_number("order"))
    group = f"v{sequence}snbx" if not affiliate else f"{affiliate}-1{sequence}0788"
    order_id = f"{group}-{suffix}"
    order = Order(
        id=order_id,
        group=group,
        sequence=sequence,
        seller_order_id=order_id if affiliate else f"00-{order_id}",
        created=account.now,
        origin=FULFILLMENT if affiliate else MARKETPLACE,
        affiliate=affiliate,
        lines=lines,
    )
    account.orders[order.id] = order
    return order


def reserve(account: Account, order: Order, *, days: float = 5) -> None:
    """One lock for the order, or one a line (U12); lines that another seller ships get none (F3.1)."""
    own = [line for line in order.lines if line.seller == "1"]
    base = (
        order.seller_order_id
        if not order.affiliate or account.switches["U11"] != "prefixed"
        else f"00-{order.id}"
    )
    per_line = account.switches["U12"] == "lock_per_line"
    groups = [[line] for line in own] if per_line else [own]
    for number, lines in enumerate(groups, start=1):
        if not lines:
            continue
        lock_id = base if number == 1 else f"{base}-{number}"
        items = [item for line in lines for item in reserved_items(account, line)]
        reservations.make(account, order, lock_id, items, days=days)
        order.locks.append(lock_id)
        for line in lines:
            line.lock_id = lock_id


def reserved_items(account: Account, line: Line) -> list[LockItem]:
    """What a line reserves: its SKU where it ships from, or the components of a kit (F6.11, U11)."""
    kit = account.skus[line.sku].kit
    parts = kit if kit and account.switches["U11"] != "kit_sku" else [(line.sku, 1)]
    found = []
    for warehouse, quantity in line.deliveries:
        for sku, units in parts:
            pair = account.pairs[sku, warehouse]
            item = LockItem(sku, warehouse, quantity * units, to_ship=quantity * units, lot=pair.lot)
            item.kit_of = line.sku if kit and sku != line.sku else None
            found.append(item)
    return found


def instance(order: Order, name: str) -> Instance | None:
    return next((one for one in order.instances if one.name == name), None)


def move(
    account: Account, order: Order, step: str, *, on: tuple[str, ...] = (FULFILLMENT,), shows: bool = True
) -> None:
    """The named workflow instances reach a step; `shows` makes it the order's status too."""
    last = order.status
    for one in order.instances:
        if one.name in on:
            for tell in (feed.publish, hook.publish):
                tell(account, order, one.name, step, one.step, one.last_change)
            one.step = step
            one.last_change = account.now
            one.timeline.append((step, account.now))
    if shows:
        order.status = step
        order.history.append((step, account.now))
    if shows or last is None:
        order.last_change = account.now


def open_instances(account: Account, order: Order) -> None:
    names = (MARKETPLACE, FULFILLMENT) if order.origin == MARKETPLACE else (FULFILLMENT,)
    order.instances = [Instance(name=name, created=account.now) for name in names]


def stop_shipping(account: Account, order: Order) -> None:
    """Nothing of the order will leave any more."""
    for lock in account.locks_of(order):
        for item in lock.items:
            item.to_ship = 0


def hang(account: Account, order: Order, *, error: bool = False) -> None:
    """VTEX's flow stops here and nobody but VTEX can move it."""
    order.hangs_since = account.now
    order.in_error = error
    fulfillment = instance(order, FULFILLMENT)
    if fulfillment is not None and error:
        fulfillment.in_error = True
