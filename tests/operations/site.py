"""The site as it runs in production: gunicorn over a PostgreSQL server that may crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import requests

from tests import postgres
from tests.sync import processes

CLEAR = "The database cannot be reached right now"
PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""
SIGN_IN = """
import django
django.setup()
from django.test import Client
from reconciler.models import Role
from tests import factories
client = Client()
client.force_login(factories.user("merchant", *Role.values))
print(client.cookies["session"].value)
"""


@dataclass
class Site:
    url: str
    variables: dict[str, str]
    process: subprocess.Popen[str]
    cookie: str

    def get(self, path: str) -> requests.Response:
        return requests.get(self.url + path, cookies={"session": self.cookie}, timeout=30)

    def becomes_good(self, paths: list[str], within: float) -> None:
        """Until every one of these pages answers 200, several times in a row."""
        until = time.monotonic() + within
        in_a_row = 0
        while in_a_row < 3 * len(paths):
            good = self.get(paths[in_a_row % len(paths)]).status_code == 200
            in_a_row = in_a_row + 1 if good else 0
            assert time.monotonic() < until, "the site did not come back by itself"


@contextmanager
def site(variables: dict[str, str]) -> Iterator[Site]:
    """Gunicorn, 2 workers x 4 threads, over a migrated database in which merchant is signed in."""
    port = postgres._free_port()
    cookie = processes.python(variables, SIGN_IN).strip()
    command = [sys.executable, "-m", "gunicorn", "inventory_admin.wsgi", "-c", "deploy/gunicorn.conf.py"]
    process = subprocess.Popen(
        [*command, "--bind", f"127.0.0.1:{port}", "--workers", "2"],
        cwd=processes.BASE,
        env=variables,
        text=True,
    )
    running = Site(f"http://127.0.0.1:{port}", variables, process, cookie)
    try:
        _wait_for(lambda: requests.get(f"{running.url}/healthz", timeout=5).ok)
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def _wait_for(there: Callable[[], bool], within: float = 30.0) -> None:
    until = time.monotonic() + within
    while True:
        try:
            if there():
                return
        except requests.ConnectionError:
            pass
        assert time.monotonic() < until, "it did not start"
        time.sleep(0.1)


def environment(database: postgres.Server, **more: str) -> dict[str, str]:
    made = {**os.environ, "DJANGO_SETTINGS_MODULE": "inventory_admin.settings", **more}
    made |= {"DATABASE_URL": database.url, "VTEX_REQUESTS_PER_MINUTE": "600000"}
    processes.python(made, PREPARE)
    return made


@dataclass
class Visitors:
    """So many clients that open these pages again and again until they are told to leave."""

    site: Site
    paths: list[str]
    number: int = 6
    seen: Counter[int] = field(default_factory=Counter)
    unclear: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __enter__(self) -> Visitors:
        self._leave = threading.Event()
        self._threads = [threading.Thread(target=self._visit, args=(n,)) for n in range(self.number)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._leave.set()
        for thread in self._threads:
            thread.join(60)

    def wait_for(self, status: int, number: int, within: float = 30.0) -> None:
        """Until so many more answers of this status were seen."""
        wanted = self.seen[status] + number
        _wait_for(lambda: self.seen[status] >= wanted, within)

    def _visit(self, turn: int) -> None:
        while not self._leave.is_set():
            path = self.paths[turn % len(self.paths)]
            turn += 1
            began = time.monotonic()
            try:
                answer = self.site.get(path)
            except requests.RequestException as error:
                self.unclear.append(f"{path}: {type(error).__name__}")
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.seen[answer.status_code] += 1
            if answer.status_code != 200 and not (answer.status_code == 503 and CLEAR in answer.text):
                self.unclear.append(f"{path}: {answer.status_code}")
