"""The shelf: which pairs orders hold, and balances whose `reserved` agrees with the lists, odd ones apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from reconciler.models import Sku, StockBalance, StockChange, Warehouse
from tests.bench.generator.load import Loader
from tests.bench.generator.shape import DAY, HOUR, MINUTE, SPAN, WAREHOUSES, Shape, text

Pair = tuple[str, str]
FIRST, ODD = 1_000, 900_000
"""Numbers of the first SKU, and of the first that only one story uses."""


@dataclass
class Odd:
    """A pair of one story. `beyond`: reserved less what is listed; `age`: seconds since its last read."""

    beyond: int = 0
    age: int = 2 * HOUR
    unlimited: bool = False
    list_state: str = "ok"
    beyond_since: int = 3 * DAY
    reserved: int | None = None


class Stock:
    def __init__(self, loader: Loader, shape: Shape, account: int, chance: Random) -> None:
        self.shape, self.account, self.chance = shape, account, chance
        self.held: dict[Pair, int] = defaultdict(int)
        self.odd: dict[Pair, Odd] = {}
        self.skus = loader.table(
            Sku, "id", "account_id", "sku_id", "name", "ref_id", "ean", "label_read_at", "first_seen_at",
            "swept_at",
        )  # fmt: skip
        self.warehouses = loader.table(Warehouse, "id", "account_id", "warehouse_id", "name", "read_at")
        self.balances = loader.table(
            StockBalance, "id", "account_id", "sku_id", "warehouse_id", "total", "reserved", "unlimited",
            "first_seen_at", "read_at", "total_changed_at", "list_state", "list_read_at", "list_tried_at",
            "listed_units", "bracketed_at", "mismatch_units", "mismatch_since",
        )  # fmt: skip
        self.changes = loader.table(
            StockChange, "id", "balance_id", "at", "previous_read_at", "total_before", "total_after",
            "reserved_before", "reserved_after",
        )  # fmt: skip

    def any_pair(self) -> Pair:
        """Popular ones more often."""
        chance = self.chance.random
        number = int(self.shape.skus * chance() ** 2)
        return str(FIRST + number), WAREHOUSES[int(3 * chance() ** 2)]

    def odd_pair(self, odd: Odd) -> Pair:
        pair = str(ODD + len(self.odd)), WAREHOUSES[len(self.odd) % 3]
        self.odd[pair] = odd
        return pair

    def read_at(self, pair: Pair) -> int:
        """When the pair was last read whole."""
        odd = self.odd.get(pair)
        if odd:
            return self.shape.at - odd.age
        return self.shape.at - MINUTE * (1 + (int(pair[0]) * 7 + len(pair[1])) % 900)

    def hold(self, pair: Pair, units: int) -> None:
        self.held[pair] += units

    def write(self) -> Iterator[None]:
        """Everything about stock, after all orders; a step now and then, to be flushed."""
        now = text(self.shape.at)
        for number, warehouse in enumerate(WAREHOUSES, 1):
            self.warehouses.rows.append((number, self.account, warehouse, f"Depot {warehouse}", now))
        regular = ((str(FIRST + n), wh) for n in range(self.shape.skus) for wh in WAREHOUSES)
        seen = ""
        for number, pair in enumerate((*regular, *self.odd), 1):
            if pair[0] != seen:
                seen = pair[0]
                self._sku(seen)
            self._balance(number, pair)
            if not number % 5_000:
                yield

    def _sku(self, sku: str) -> None:
        number, read = int(sku), text(self.shape.at - MINUTE * (int(sku) % 1200))
        self.skus.rows.append(
            (number, self.account, sku, f"Watch {sku} gold {number % 97} mm",
             f"LUX-{sku}", f"789{number:010}", read, text(self.shape.at - SPAN), read)
        )  # fmt: skip

    def _balance(self, number: int, pair: Pair) -> None:
        odd = self.odd.get(pair) or Odd()
        listed = 0 if odd.list_state != "ok" else self.held.get(pair, 0)
        reserved = self.held.get(pair, 0) + odd.beyond if odd.reserved is None else odd.reserved
        read, falls = self.read_at(pair), self.chance.randrange(8)
        total = max(reserved, 0) + self.chance.randrange(40)
        listable = odd.list_state == "ok" and not odd.unlimited
        at = text(read)
        self.balances.rows.append(
            (number, self.account, *pair, total, reserved, int(odd.unlimited), text(self.shape.at - SPAN), at,
             text(read - 20 * DAY) if falls else None, odd.list_state if reserved else "not_read",
             at if listable else None, at, listed, at if listable else None, odd.beyond if listable else 0,
             text(self.shape.at - odd.beyond_since) if odd.beyond and listable else None)
        )  # fmt: skip
        for each in range(falls):
            when = read - DAY * (20 + 30 * (falls - each))
            units = 1 + self.chance.randrange(5)
            self.changes.rows.append(
                (number * 8 + each, number, text(when), text(when - HOUR), total + units, total, 0, 0)
            )
