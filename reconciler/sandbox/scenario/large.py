"""A store with as many orders as the settings say, for measuring: copies of finished ones, over weeks."""

from copy import deepcopy

from ..account import Account
from ..clock import DAY
from ..state import Order
from .shops import build_good

SPREAD_DAYS = 58


def build(account: Account, now: float) -> None:
    """The good shop, and copies of its invoiced orders, whose locks are long gone, until there are enough."""
    build_good(account, now)
    patterns = [one for one in account.orders.values() if one.status == "invoiced" and not one.forbidden]
    wanted = account.settings.orders - len(account.orders)
    for number in range(wanted):
        pattern = patterns[number % len(patterns)]
        later = now - DAY - number * SPREAD_DAYS * DAY / wanted - pattern.last_change
        copy = _copy(pattern, f"v9{number:07}", later)
        account.orders[copy.id] = copy


def _copy(pattern: Order, group: str, later: float) -> Order:
    copy = deepcopy(pattern)
    copy.id, copy.group, copy.sequence, copy.locks = f"{group}-01", group, group[1:], []
    copy.seller_order_id = f"00-{copy.id}"
    copy.created += later
    copy.last_change += later
    copy.history = [(status, at + later) for status, at in copy.history]
    for name in ("authorized_at", "invoiced_at", "shipped_at"):
        if (moment := getattr(copy, name)) is not None:
            setattr(copy, name, moment + later)
    for instance in copy.instances:
        instance.created += later
        instance.last_change += later
        instance.timeline = [(step, at + later) for step, at in instance.timeline]
    for package in copy.packages:
        package.issued += later
    for line in copy.lines:
        line.lock_id = line.lock_id and copy.seller_order_id
    return copy
