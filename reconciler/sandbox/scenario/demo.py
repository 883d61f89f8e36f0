"""Placeholder."""

from ..account import Account
from . import shops


def build(account: Account, now: float) -> None:
    shops.build_good(account, now)


def build_small(account: Account, now: float) -> None:
    shops.build_good(account, now)
