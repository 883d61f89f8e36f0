"""One VTEX account: its rows, its agenda of what will happen, and its own sequence of chances."""

import heapq
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from .settings import Settings
from .state import Event, Lock, LockItem, Order, Pair, Sku, Warehouse
from .switches import defaults

Handler = Callable[["Account", Event], None]


class Account:
    """All that a data file keeps. Not locked: the server lets one request in at a time."""

    def __init__(self, name: str, seed: int, scenario: str, settings: Settings) -> None:
        self.name = name
        self.seed = seed
        self.scenario = scenario
        self.settings = settings
        self.switches = defaults()
        self.now = 0.0
        self.warehouses: dict[str, Warehouse] = {}
        self.skus: dict[str, Sku] = {}
        self.pairs: dict[tuple[str, str], Pair] = {}
        self.locks: dict[str, Lock] = {}
        self.orders: dict[str, Order] = {}
        self.agenda: list[tuple[float, int, Event]] = []
        self.feeds: dict[str, dict[str, object]] = {}
        self.feed_events: dict[str, list[dict[str, object]]] = {}
        self.hooks: dict[str, dict[str, Any]] = {}
        self.hook_outbox: list[dict[str, Any]] = []
        self.counters: dict[str, int] = {}
        self.held: dict[tuple[str, str], list[tuple[Lock, LockItem]]] = defaultdict(list)
        self.changes = 0

    def chance(self, *key: object) -> random.Random:
        """A generator that depends on the seed and the key alone, not on what happened before."""
        return random.Random("|".join(map(str, (self.seed, *key))))

    def next_number(self, name: str) -> int:
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    def schedule(self, due: float, kind: str, subject: str, detail: str = "") -> None:
        number = self.next_number("event")
        event = Event(due=round(due, 6), number=number, kind=kind, subject=subject, detail=detail)
        heapq.heappush(self.agenda, (event.due, number, event))

    def add_lock(self, lock: Lock) -> None:
        self.locks[lock.id] = lock
        for item in lock.items:
            self.held[item.sku, item.warehouse].append((lock, item))

    def locks_of(self, order: Order) -> list[Lock]:
        return [self.locks[lock_id] for lock_id in order.locks]

    def run(self, until: float, handlers: dict[str, Handler]) -> None:
        """Lets everything due happen, in order of time, each at its own time."""
        while self.agenda and self.agenda[0][0] <= until:
            event = heapq.heappop(self.agenda)[2]
            self.now = max(self.now, event.due)
            handlers[event.kind](self, event)
            self.changes += 1
        self.now = max(self.now, until)
