"""What no order's life brings: connectors, forgotten years, balances and clocks off, empty shelves."""

from .. import reservations, stock
from ..account import Account
from ..clock import DAY
from ..state import CONFIRMED, Line, Lock, LockItem
from .baskets import Places

ANCIENT = 800 * DAY
SKEW = 120.0


def connector_lock(account: Account, lines: list[Line], number: int) -> Lock:
    """A reservation that a marketplace's connector made itself: no order has its id (F3.1)."""
    chance = account.chance("connector", number)
    name = "-".join(f"{chance.getrandbits(16 * words):0{4 * words}x}" for words in (2, 1, 1, 1, 3))
    items = [LockItem(line.sku, warehouse, units) for line in lines for warehouse, units in line.deliveries]
    lock = reservations.make(account, None, name, items, days=30)
    reservations.confirm(account, lock)
    return lock


def add_ancient(account: Account, found: Places, count: int) -> None:
    """Locks of orders older than the two years that VTEX keeps (F1)."""
    for number in range(count):
        pair = found["quiet"][number % len(found["quiet"])]
        created = account.now - ANCIENT - number * DAY
        order_id = f"v{100200 + number}snbx-01"
        lock = Lock(
            f"00-{order_id}",
            order_id,
            created,
            created + 5 * DAY,
            CONFIRMED,
            created,
            created,
            updated=created,
        )
        lock.items = [LockItem(pair.sku, pair.warehouse, 1)]
        account.add_lock(lock)


def spoil_balances(account: Account, found: Places) -> None:
    """`reserved` off by units that belong to no lock: below zero (KI-991735), and above the list."""
    negative, drifted = found["negative"][0], found["drifted"][0]
    negative.drift = -2 - stock.reserved(account, negative)
    drifted.drift = 3
    found["many"][0].answers = "too_many"
    found["broken"][0].answers = "dotnet"


def skew_clocks(account: Account, count: int) -> None:
    """VTEX's machines do not agree on the time: acknowledged two minutes from now."""
    fresh = [
        lock
        for lock in account.locks.values()
        if lock.acknowledged_at and account.now - lock.acknowledged_at < DAY
    ]
    for lock in fresh[-count:]:
        lock.acknowledged_at = account.now + SKEW


def sell_out(account: Account, found: Places, count: int) -> None:
    """What was for sale of some SKUs is sold over the counter; only units held for nothing stay."""
    off = {pair.sku for pair in account.pairs.values() if pair.drift}
    idle = [pair for pair in found["quiet"] if pair.sku not in off and _held_for_nothing(account, pair.sku)]
    for sku in list(dict.fromkeys(pair.sku for pair in idle))[:count]:
        for pair in account.pairs.values():
            surplus = stock.available(account, pair)
            if pair.sku == sku and surplus > 0:
                pair.restock_to = 0
                pair.total -= surplus
                pair.on_shelf -= surplus


def _held_for_nothing(account: Account, sku: str) -> bool:
    rows = [row for key, held in account.held.items() if key[0] == sku for row in held]
    return any(item.holding and not item.to_ship and lock.status == CONFIRMED for lock, item in rows)
