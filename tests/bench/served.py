"""The site under gunicorn, as in production, and how long its pages take."""

from __future__ import annotations

import json
import math
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from random import Random

from reconciler.ids import encode
from tests.bench.datasets import ROOT, Dataset

WORKERS, THREADS = 2, 4
START_SECONDS = 60
SEED = 3


@dataclass
class Site:
    """A running site and somebody signed in to it."""

    port: int
    session: str
    locks: list[str]
    orders: list[str]
    _connections: threading.local = field(default_factory=threading.local)

    def get(self, path: str) -> tuple[int, str]:
        """Status, and the page or where it leads."""
        connection = self._connection()
        try:
            connection.request(
                "GET", path, headers={"Cookie": f"session={self.session}", "Accept-Language": "en"}
            )
            answer = connection.getresponse()
            body = answer.read().decode()
        except OSError:
            del self._connections.kept
            raise
        return answer.status, answer.headers["Location"] or body

    def seconds(self, path: str) -> float:
        began = time.perf_counter()
        status, said = self.get(path)
        took = time.perf_counter() - began
        if status not in (200, 302):
            raise RuntimeError(f"{path}: {status} {said[:200]}")
        return took

    def _connection(self) -> HTTPConnection:
        if not hasattr(self._connections, "kept"):
            self._connections.kept = HTTPConnection("127.0.0.1", self.port, timeout=60)
        kept: HTTPConnection = self._connections.kept
        return kept


@contextmanager
def site(dataset: Dataset, *, workers: int = WORKERS) -> Iterator[Site]:
    environment = {**dataset.environment(), "DJANGO_SETTINGS_MODULE": "tests.bench.site.settings"}
    enter = [sys.executable, "-m", "tests.bench.site.enter"]
    entered = subprocess.run(enter, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "inventory_admin.wsgi", "--workers", str(workers),
               "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}", "--log-level", "error",
               "--keep-alive", "30"]  # fmt: skip
    running = subprocess.Popen(command, env=environment, cwd=ROOT)
    try:
        found = Site(port, **json.loads(entered.stdout))
        _wait(found)
        yield found
    finally:
        running.terminate()
        running.wait(30)


def _wait(found: Site) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            found.seconds("/healthz")
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def in_turn(looks: dict[str, Callable[[int], float]], times: int) -> dict[str, list[float]]:
    """Each look `times` times, by turns, so that a busy moment is everybody's.

    In another order each time: what one leaves to tidy up, or in the caches, falls on the next.
    """
    for look in looks.values():
        for number in range(6):
            look(number)
    found: dict[str, list[float]] = {name: [] for name in looks}
    turns, shuffled = list(looks), Random(SEED)
    for number in range(times):
        shuffled.shuffle(turns)
        for name in turns:
            found[name].append(looks[name](number))
    return found


def p95(seconds: list[float]) -> float:
    return sorted(seconds)[math.ceil(len(seconds) * 0.95) - 1]


def lock_page(site: Site, number: int) -> str:
    return f"/s/luxstore/reservations/{encode(site.locks[number % len(site.locks)])}/"


def order_search(site: Site, number: int) -> str:
    return f"/s/luxstore/orders/?q={site.orders[number % len(site.orders)]}"
