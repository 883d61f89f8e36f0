"""The store's back office. `good` handles, invoices and counts each night; `skips_handling` invoices without
handling and counts; `never_counts` handles and invoices but never sends a count."""

from . import lifecycle, stock
from .account import Account
from .clock import DAY, HOUR
from .state import Event, Order, Pair

KINDS = ("good", "skips_handling", "never_counts")
SKIPS = {"skip", "skip_request", "disagree"}
KEEPS = {"abandoned", "picking", "canceled_handled", "hang_start"}


def pick(account: Account, event: Event) -> None:
    """The ERP takes the order up: starts handling, or does not bother, and packs."""
    order = account.orders[event.subject]
    if order.status != "ready-for-handling":
        return
    skips = order.fate in SKIPS or order.erp == "skips_handling"
    if not skips:
        lifecycle.start_handling(account, order)
    if skips or order.fate not in KEEPS:
        account.schedule(_shipping_time(account, order), "ship", order.id)


def _shipping_time(account: Account, order: Order) -> float:
    hours = account.chance("ship", order.id).uniform(3, 24)
    return max(order.ship_at or account.now + hours * HOUR, account.now + 60)


def nightly(account: Account, event: Event) -> None:
    """One warehouse counts; the next time is a day later, give or take two hours."""
    for pair in account.pairs.values():
        if pair.warehouse == event.subject and counts(account, pair):
            restock(account, pair)
            send_count(account, pair)
    night = int(event.detail) + 1
    account.schedule(count_time(account, event.subject, night), "nightly", event.subject, str(night))


def count_time(account: Account, warehouse: str, night: int) -> float:
    """When the warehouse counts in that night, in seconds since 1970: 05:00 UTC and up to two hours to either
    side.
    """
    jitter = account.chance("count", warehouse, night).uniform(-2, 2)
    return night * DAY + (5 + jitter) * HOUR


def counts(account: Account, pair: Pair) -> bool:
    """Whether the ERP still counts this pair."""
    if pair.erp == "never_counts" or pair.unlimited or pair.lot is not None:
        return False
    return pair.counted_until is None or account.now < pair.counted_until


def restock(account: Account, pair: Pair) -> None:
    if pair.on_shelf - stock.to_leave(account, pair) < pair.restock_to // 4:
        pair.on_shelf += pair.restock_to


def send_count(account: Account, pair: Pair, quantity: int | None = None) -> bool:
    """The number the ERP sends, stamped now; without one the truthful one (F6.5)."""
    number = truthful_count(account, pair) if quantity is None else quantity
    return stock.count(account, pair, number, pair.unlimited, stock.Stamp(account.now))


def truthful_count(account: Account, pair: Pair) -> int:
    """Units on the shelf less those already in handling and still to leave."""
    rows = account.held[pair.sku, pair.warehouse]
    handled = sum(item.to_ship for lock, item in rows if lock.acknowledged_at is not None)
    return pair.on_shelf - handled
