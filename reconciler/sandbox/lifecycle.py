"""How an order walks through VTEX (F3.3, F5.2), and where it hangs or leaves stock behind when its fate says
so.

Each function takes the account at its present moment; `detail` of an event is unused unless said.
"""

from . import reservations
from .account import Account
from .clock import DAY, HOUR, MINUTE
from .orders import FULFILLMENT, MARKETPLACE, OVER, hang, instance, move, open_instances, reserve
from .state import AUTHORIZED, Event, LockItem, Order

CANCELED_BEFORE_HANDLING = {
    "canceled_waiting", "cancel_leaks", "phantom", "hang_cancel", "replaced", "replaced_leaks", "flapping",
}  # fmt: skip
UNPAID = {"unpaid", "expiry_lags", "waiting_payment"}


def place(account: Account, order: Order, *, days: float = 5, pay_after: float = 10 * MINUTE) -> None:
    """A customer buys: the goods are reserved at once, payment comes later or never."""
    order.incomplete = order.fate.startswith("incomplete")
    reserve(account, order, days=11 if order.incomplete else days)
    if order.fate == "expiry_lags" or order.fate == "incomplete_leaks":
        for lock in account.locks_of(order):
            lock.outlives_expiry = True
    if order.incomplete:
        order.last_change = account.now
        order.history.append((None, account.now))
        if order.fate == "incomplete_leaks":
            account.schedule(order.end_at or account.now + DAY, "cancel", order.id)
        return
    open_instances(account, order)
    _first_steps(account, order)
    if order.fate not in UNPAID:
        account.schedule(account.now + pay_after, "pay", order.id)


def _first_steps(account: Account, order: Order) -> None:
    if order.origin == MARKETPLACE:
        for step in ("order-created", "on-order-completed"):
            move(account, order, step, on=(MARKETPLACE,))
        move(account, order, "on-order-completed-ffm", shows=False)
        move(account, order, "waiting-ffmt-authorization", shows=False)
        move(account, order, "payment-pending", on=(MARKETPLACE,))
    else:
        move(account, order, "order-accepted")
        move(account, order, "waiting-ffmt-authorization")


def pay(account: Account, event: Event) -> None:
    """Payment approved: the reservation is confirmed and the window to cancel opens."""
    order = account.orders[event.subject]
    locks = account.locks_of(order)
    if order.status in OVER or any(lock.status != AUTHORIZED for lock in locks):
        return
    move(account, order, "approve-payment", on=(MARKETPLACE,), shows=order.origin == MARKETPLACE)
    if order.fate == "error":
        hang(account, order, error=True)
        return
    move(account, order, "payment-approved", on=(MARKETPLACE,), shows=order.origin == MARKETPLACE)
    move(account, order, "authorize-fulfillment")
    if order.fate == "superseded":
        _supersede(account, order)
    for lock in locks + account.locks_of(order):
        reservations.confirm(account, lock)
    order.authorized_at = account.now
    move(account, order, "window-to-cancel")
    account.schedule(account.now + 30 * MINUTE, "ready", order.id)
    if order.fate == "canceled_early":
        account.schedule(account.now + 10 * MINUTE, "cancel", order.id)


def _supersede(account: Account, order: Order) -> None:
    """VTEX takes another lock for the order and forgets the first."""
    for number, old in enumerate(account.locks_of(order)):
        chance = account.chance("superseded", order.id, number)
        lock_id = "-".join(f"{chance.getrandbits(16 * words):0{4 * words}x}" for words in (2, 1, 1, 1, 3))
        items = [
            LockItem(one.sku, one.warehouse, one.quantity, to_ship=one.to_ship, lot=one.lot)
            for one in old.items
        ]
        fresh = reservations.make(account, order, lock_id, items, days=5)
        old.superseded = True
        for item in old.items:
            item.to_ship = 0
        order.locks[number] = fresh.id
        for line in order.lines:
            line.lock_id = fresh.id if line.lock_id == old.id else line.lock_id


def ready(account: Account, event: Event) -> None:
    """The window to cancel is over; now it is the ERP's turn."""
    order = account.orders[event.subject]
    if order.status != "window-to-cancel":
        return
    move(account, order, "ready-for-handling")
    chance = account.chance("ready", order.id)
    if order.fate in CANCELED_BEFORE_HANDLING:
        account.schedule(order.end_at or account.now + chance.uniform(1, 5) * HOUR, "cancel", order.id)
    elif order.fate != "never_picked":
        account.schedule(order.pick_at or account.now + chance.uniform(0.5, 10) * HOUR, "pick", order.id)


def start_handling(account: Account, order: Order) -> None:
    """Accepted; `handling` follows, and with it the acknowledgement."""
    shows = order.status == "ready-for-handling"
    move(account, order, "start-handling", shows=shows)
    if order.fate == "hang_start":
        hang(account, order)
        return
    account.schedule(account.now + account.settings.transition_seconds, "handling", order.id)


def handling(account: Account, event: Event) -> None:
    order = account.orders[event.subject]
    fulfillment = instance(order, FULFILLMENT)
    if fulfillment is None or fulfillment.step != "start-handling":
        return
    locks = account.locks_of(order)
    if any(not lock.active for lock in locks):
        hang(account, order)
        return
    for lock in locks:
        reservations.acknowledge(account, lock)
    move(account, order, "handling", shows=order.status == "start-handling")
    if order.fate == "picking":
        move(account, order, "ready-for-invoicing")
    if order.fate == "canceled_handled":
        hours = account.chance("cancel", order.id).uniform(2, 8)
        account.schedule(order.end_at or account.now + hours * HOUR, "cancel", order.id)


def expire(account: Account, event: Event) -> None:
    """The maximum confirmation date of a lock; an unpaid order is canceled an hour later."""
    lock = account.locks[event.subject]
    reservations.expire(account, lock)
    order = account.orders.get(lock.order_id or "")
    if (
        order is not None
        and order.fate in ("unpaid", "waiting_payment")
        and order.status == "payment-pending"
    ):
        account.schedule(account.now + HOUR, "cancel", order.id)
