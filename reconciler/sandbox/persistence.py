"""The account in a JSON file, written atomically, so that a second start goes on where the first ended."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .account import Account
from .clock import Clock
from .settings import Settings
from .state import Event, Instance, Line, Lock, LockItem, Order, Package, Pair, Sku, Warehouse

VERSION = 1


def text(account: Account, clock: Clock) -> str:
    """The content of the file; call it while nothing changes."""
    return json.dumps(dump(account, clock), default=vars, separators=(",", ":"))


def dump(account: Account, clock: Clock) -> dict[str, object]:
    """All that is kept, with the account's own rows in it."""
    return {
        "version": VERSION,
        "name": account.name,
        "seed": account.seed,
        "scenario": account.scenario,
        "now": account.now,
        "clock": {
            "offset": clock.offset,
            "frozen_at": clock.frozen_at,
            "tick_per_request": clock.tick_per_request,
        },
        "settings": vars(account.settings),
        "switches": account.switches,
        "counters": account.counters,
        "feeds": account.feeds,
        "feed_events": account.feed_events,
        "hooks": account.hooks,
        "hook_outbox": account.hook_outbox,
        "warehouses": list(account.warehouses.values()),
        "skus": list(account.skus.values()),
        "pairs": list(account.pairs.values()),
        "locks": list(account.locks.values()),
        "orders": list(account.orders.values()),
        "agenda": [event for _, _, event in sorted(account.agenda)],
    }


def load(kept: dict[str, Any], clock: Clock) -> Account:
    """The account of a dump; the clock takes up its offset. Raises ValueError for another version."""
    if kept.get("version") != VERSION:
        raise ValueError("the data file is of another version")
    account = Account(kept["name"], kept["seed"], kept["scenario"], Settings(**kept["settings"]))
    account.switches.update(kept["switches"])
    account.now = kept["now"]
    account.counters = kept["counters"]
    account.feeds, account.feed_events = kept["feeds"], kept["feed_events"]
    account.hooks, account.hook_outbox = kept.get("hooks", {}), kept.get("hook_outbox", [])
    account.warehouses = {row["id"]: Warehouse(**row) for row in kept["warehouses"]}
    account.skus = {row["id"]: Sku(**{**row, "kit": _tuples(row["kit"])}) for row in kept["skus"]}
    account.pairs = {(row["sku"], row["warehouse"]): Pair(**row) for row in kept["pairs"]}
    account.orders = {row["id"]: _order(row) for row in kept["orders"]}
    for row in kept["locks"]:
        account.add_lock(Lock(**{**row, "items": [LockItem(**item) for item in row["items"]]}))
    account.agenda = [(row["due"], row["number"], Event(**row)) for row in kept["agenda"]]
    clock.offset, clock.frozen_at = kept["clock"]["offset"], kept["clock"]["frozen_at"]
    clock.tick_per_request = kept["clock"]["tick_per_request"]
    return account


def _tuples(rows: list[list[Any]]) -> list[Any]:
    return [tuple(row) for row in rows]


def _order(row: dict[str, Any]) -> Order:
    lines = [Line(**{**line, "deliveries": _tuples(line["deliveries"])}) for line in row["lines"]]
    instances = [Instance(**{**one, "timeline": _tuples(one["timeline"])}) for one in row["instances"]]
    packages = [Package(**{**one, "items": _tuples(one["items"])}) for one in row["packages"]]
    return Order(
        **{
            **row,
            "lines": lines,
            "instances": instances,
            "packages": packages,
            "history": _tuples(row["history"]),
        }
    )


def read(path: Path) -> dict[str, Any] | None:
    """What the file keeps; None while there is none."""
    return json.loads(path.read_text()) if path.exists() else None


def write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with beside.open("w") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


class Keeper:
    """Writes the file soon after changes, at most once a second, and at the end."""

    def __init__(self, path: Path | None, content: Callable[[], str]) -> None:
        self.path = path
        self.content = content
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._writing = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="sandbox-keeper", daemon=True)

    def start(self) -> None:
        if self.path is not None:
            self._changed.set()
            self._thread.start()

    def changed(self) -> None:
        self._changed.set()

    def save(self) -> None:
        if self.path is not None:
            with self._writing:
                self._changed.clear()
                write(self.path, self.content())

    def stop(self) -> None:
        self._stopping.set()
        self._changed.set()
        if self.path is not None and self._thread.is_alive():
            self._thread.join()
            self.save()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._changed.wait()
            if not self._stopping.is_set():
                self.save()
                self._stopping.wait(1)
