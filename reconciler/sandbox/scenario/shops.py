"""Stores with one kind of ERP, and the empty one."""

from ..account import Account
from ..catalogue import stock_shelves
from ..clock import DAY
from ..customers import open_shop
from ..erps import count_time
from ..happenings import catch_up

HISTORY_DAYS = 10


def build_empty(account: Account, now: float) -> None:
    """Shelves and warehouses, no orders and nobody who buys."""
    account.now = now
    stock_shelves(account, wide=False)


def build_good(account: Account, now: float) -> None:
    _shop(account, now, "good")


def build_skips(account: Account, now: float) -> None:
    _shop(account, now, "skips_handling")


def build_never_counts(account: Account, now: float) -> None:
    _shop(account, now, "never_counts")


def _shop(account: Account, now: float, erp: str) -> None:
    account.now = now - HISTORY_DAYS * DAY
    stock_shelves(account, wide=False)
    for pair in account.pairs.values():
        pair.erp = erp
    open_counting(account)
    open_shop(account, erp)
    catch_up(account, now)


def open_counting(account: Account) -> None:
    """Each warehouse counts from the coming night on."""
    for warehouse in account.warehouses:
        night = int(account.now // DAY) + 1
        account.schedule(count_time(account, warehouse, night), "nightly", warehouse, str(night))
