"""What reservations do: made, confirmed, acknowledged, canceled, expired (F5.2), and how they are listed
(F5.4).
"""

from dataclasses import dataclass

from .account import Account
from .answers import Answer, RefusedError, message_error, nothing
from .state import ABORTED, AUTHORIZED, CANCELED, CONFIRMED, EXPIRED, Lock, LockItem, Order, Pair
from .stock import holding

FINISHED = ("invoiced", "canceled", "replaced")
LIST_STATUS = {
    AUTHORIZED: "Authorized",
    CONFIRMED: "Confirmed",
    ABORTED: "Canceled_AbortedCommitted",
    EXPIRED: "Canceled_AuthorizationExpired",
    CANCELED: "Canceled_Manually",
}


def confirm(account: Account, lock: Lock) -> None:
    """Payment approved: an authorised lock is confirmed and no longer expires."""
    if lock.status == AUTHORIZED:
        lock.status = CONFIRMED
        lock.confirmed_at = lock.updated = account.now


def acknowledge(account: Account, lock: Lock, at: float | None = None) -> None:
    if lock.status == CONFIRMED and lock.acknowledged_at is None:
        lock.acknowledged_at = account.now if at is None else at
        lock.updated = account.now


def release(account: Account, lock: Lock, status: int) -> None:
    """Ends the lock and gives its units back; what a count had removed is taken off once more (F6.6)."""
    lock.status = status
    lock.canceled_at = lock.updated = account.now
    for item in lock.items:
        if item.cleared_at is not None:
            pair = account.pairs[item.sku, item.warehouse]
            pair.drift -= item.quantity
        item.holding = item.phantom = False


def abort_into_phantom(account: Account, lock: Lock) -> None:
    """KI-1220722: ended, listed nowhere, and still in `reserved`."""
    lock.status = ABORTED
    lock.canceled_at = lock.updated = account.now
    for item in lock.items:
        item.phantom = item.holding
        item.holding = False


def expire(account: Account, lock: Lock) -> None:
    """Unpaid until the last moment: the units are given back and nothing will leave for this order."""
    if lock.status == AUTHORIZED and not lock.outlives_expiry:
        release(account, lock, EXPIRED)
        for item in lock.items:
            item.to_ship = 0


def canceled_code(account: Account) -> int:
    """The status that a cancel leaves, of an order or by hand (U4)."""
    return ABORTED if account.switches["U4"] == "code_3_with_body" else CANCELED


def cancel_by_hand(account: Account, lock: Lock) -> Answer:
    """The cancel endpoint (F5.4): the whole lock, every SKU and warehouse; never the count, never (but U4)
    the order.
    """
    position = account.switches["U4"]
    phantom = any(item.phantom for item in lock.items)
    settled = not lock.active and not phantom
    if position == "strict" and (settled or lock.acknowledged_at is not None):
        raise RefusedError(message_error(400, "Reservation can not be canceled"))
    if phantom:
        for item in lock.items:
            item.phantom = False
        lock.updated = account.now
    elif lock.active:
        release(account, lock, canceled_code(account))
    return Answer(200, True) if position == "code_3_with_body" else nothing(200)


def acknowledge_by_hand(account: Account, lock: Lock) -> Answer:
    """The acknowledge endpoint; what it does to the lock of a finished order is U5."""
    position = account.switches["U5"] if _order_finished(account, lock) else "accepted"
    if lock.status != CONFIRMED or position == "refused":
        raise RefusedError(message_error(400, "Reservation can not be acknowledged"))
    if position == "stamps_confirmation":
        acknowledge(account, lock, lock.confirmed_at)
    elif position == "accepted":
        acknowledge(account, lock)
    return nothing(200)


def _order_finished(account: Account, lock: Lock) -> bool:
    order = account.orders.get(lock.order_id or "")
    return order is not None and order.status in FINISHED


@dataclass
class Row:
    """One row of the reservation list."""

    lock: Lock
    item: LockItem
    status: str


def listed(account: Account, pair: Pair) -> list[Row]:
    """The rows of the pair's list, oldest first; what else than holding locks it shows is U1."""
    position = account.switches["U1"]
    rows = [Row(lock, item, _list_status(account, lock)) for lock, item in holding(account, pair)]
    if position == "canceled_listed":
        ended = [(lock, item) for lock, item in account.held[pair.sku, pair.warehouse] if not lock.active]
        rows += [Row(lock, item, LIST_STATUS[lock.status]) for lock, item in ended if not item.phantom]
    if position.startswith("cleared_listed"):
        label = "Confirmed" if position == "cleared_listed" else "Dispatched"
        cleared = [
            (lock, item)
            for lock, item in account.held[pair.sku, pair.warehouse]
            if item.cleared_at and lock.active
        ]
        rows += [Row(lock, item, label) for lock, item in cleared]
    return sorted(rows, key=lambda row: (row.lock.created, row.lock.id))


def _list_status(account: Account, lock: Lock) -> str:
    if account.switches["U1"] == "acknowledged_status" and lock.acknowledged_at is not None:
        return "Acknowledged"
    return LIST_STATUS[lock.status]


def shown_status(account: Account, lock: Lock) -> int:
    """The integer of the by-id endpoint; after a count removed all of it that is U3."""
    cleared = lock.active and all(item.cleared_at is not None for item in lock.items)
    return ABORTED if cleared and account.switches["U3"] == "cleared_as_3" else lock.status


def make(account: Account, order: Order | None, lock_id: str, items: list[LockItem], *, days: float) -> Lock:
    """A new authorised lock that expires after so many days (F5.2)."""
    lock = Lock(
        id=lock_id,
        order_id=order.id if order else None,
        created=account.now,
        max_confirmation=round(account.now + days * 86400, 6),
        authorized_at=account.now,
        updated=account.now,
        items=items,
    )
    account.add_lock(lock)
    account.schedule(lock.max_confirmation, "expire", lock.id)
    return lock
