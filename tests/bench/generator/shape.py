"""How much of what a store of so many orders holds. Two sizes differ in nothing but their size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

VERSION = 1
"""Counts up with every change of what is generated: older data sets are made anew."""

STORE = "luxstore"
PERSON = "bench"
WAREHOUSES = ("1_1", "cd_sp", "CD RJ")
MINUTE, HOUR, DAY = 60, 3600, 86400
SPAN = 690 * DAY
"""Orders are this many seconds of history, so that none is older than the two years VTEX shows."""
OPEN = 8 * DAY
"""The youngest orders are still on their way."""
QUIET = 30 * DAY
"""Nothing extraordinary is younger: what looks stuck must have had the time to become so."""
UNREAD = (20 * DAY, 25 * DAY)
"""Ages of which some orders are known from lists alone; no orderless lock may fall close to them."""
_CLOCK = [f" {s // HOUR:02}:{s // MINUTE % 60:02}:{s % 60:02}" for s in range(DAY)]


@dataclass(frozen=True)
class Shape:
    orders: int
    audit: int
    seed: int = 1
    at: int = int(datetime(2026, 11, 20, tzinfo=UTC).timestamp())
    """The present of the store, in seconds since 1970: its last read."""

    @property
    def skus(self) -> int:
        """20,000 where there are 1,137,711 orders."""
        return max(20, self.orders * 20_000 // 1_137_711)

    def created(self, number: int) -> int:
        return self.at - SPAN + (number * SPAN) // self.orders

    @property
    def settled(self) -> int:
        """So many orders are old enough for a story."""
        return self.orders * (SPAN - QUIET) // SPAN


def text(second: int) -> str:
    """As both engines take a time: SQLite as Django writes it, PostgreSQL in a session in UTC."""
    day, rest = divmod(second, DAY)
    return _day(day) + _CLOCK[rest]


@lru_cache(maxsize=2000)
def _day(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).strftime("%Y-%m-%d")
