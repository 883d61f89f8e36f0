"""The stock of a pair: what VTEX counts, what a new count does (F6.3 to F6.5), and what lies on the shelf."""

from dataclasses import dataclass

from .account import Account
from .answers import RefusedError, message_error
from .state import CONFIRMED, Lock, LockItem, Pair

UNLIMITED = 1_000_000
LOCAL_OFFSET = 3 * 3600.0
"""Store time is -03:00."""


@dataclass
class Stamp:
    """`dateUtcOnBalanceSystem` as it came: the moment read as UTC, and whether an offset was given."""

    moment: float
    naive: bool = False


def holding(account: Account, pair: Pair) -> list[tuple[Lock, LockItem]]:
    """Locks whose units of the pair VTEX still reserves and lists."""
    return [(lock, item) for lock, item in account.held[pair.sku, pair.warehouse] if item.holding]


def reserved(account: Account, pair: Pair) -> int:
    rows = account.held[pair.sku, pair.warehouse]
    return pair.drift + sum(item.quantity for _, item in rows if item.holding or item.phantom)


def total(account: Account, pair: Pair) -> int:
    return UNLIMITED + reserved(account, pair) if pair.unlimited else pair.total


def available(account: Account, pair: Pair) -> int:
    return total(account, pair) - reserved(account, pair)


def acknowledged(account: Account, pair: Pair) -> list[tuple[Lock, LockItem]]:
    return [(lock, item) for lock, item in holding(account, pair) if lock.acknowledged_at is not None]


def dispatched(account: Account, pair: Pair) -> int:
    """Units that passed authorize-fulfillment, or only acknowledged ones (U13)."""
    rows = holding(account, pair)
    if account.switches["U13"] == "acknowledged_only":
        return sum(item.quantity for lock, item in rows if lock.acknowledged_at is not None)
    return sum(item.quantity for lock, item in rows if lock.status == CONFIRMED)


def _clears(account: Account, acknowledged_at: float, stamp: Stamp) -> bool:
    position = account.switches["U6"]
    if position == "all":
        return True
    if position == "strictly_before":
        return acknowledged_at < stamp.moment
    shift = LOCAL_OFFSET if position == "naive_is_local" and stamp.naive else 0.0
    return acknowledged_at <= stamp.moment + shift


def count(account: Account, pair: Pair, quantity: int, unlimited: bool, stamp: Stamp) -> bool:
    """A new total for the pair; returns whether it had any effect.

    Removes the acknowledged reservations of the stamp's time or before (U6). The same number is ignored
    unless something is acknowledged (F6.4). Raises RefusedError for a backdated stamp where the account
    refuses those.
    """
    backdated = pair.last_stamp is not None and stamp.moment < pair.last_stamp
    if account.switches["U6"] == "backdated_refused" and backdated:
        raise RefusedError(message_error(400, "dateUtcOnBalanceSystem is older than the last update"))
    known = acknowledged(account, pair)
    if quantity == pair.total and unlimited == pair.unlimited and not known:
        return False
    for lock, item in known:
        if lock.acknowledged_at is not None and _clears(account, lock.acknowledged_at, stamp):
            item.holding = False
            item.cleared_at = account.now
    pair.total = quantity
    pair.unlimited = unlimited
    pair.last_stamp = stamp.moment
    return True


def to_leave(account: Account, pair: Pair) -> int:
    return sum(item.to_ship for _, item in account.held[pair.sku, pair.warehouse])


def shelf(account: Account, pair: Pair) -> dict[str, object]:
    """The pair as it lies there beside what VTEX says; `sellable` is what may be sold without selling a unit
    twice.
    """
    leaving = to_leave(account, pair)
    return {
        "sku": pair.sku,
        "warehouse": pair.warehouse,
        "on_shelf": pair.on_shelf,
        "to_leave": leaving,
        "left": sum(item.left for _, item in account.held[pair.sku, pair.warehouse]),
        "sellable": pair.on_shelf - leaving,
        "total": total(account, pair),
        "reserved": reserved(account, pair),
        "available": available(account, pair),
        "listed": sum(item.quantity for _, item in holding(account, pair)),
        "unlimited": pair.unlimited,
    }
