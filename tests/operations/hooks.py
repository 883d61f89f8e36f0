"""A site that takes a hook's deliveries, and a sandbox in a process of its own that posts them."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from reconciler.sandbox import keys
from reconciler.sandbox.remote import Remote
from tests import postgres
from tests.operations.site import PREPARE, Site, site
from tests.sync import processes

SECRET = "the-secret-of-luxstore"
CHANGE = {"Domain": "Fulfillment", "State": "handling", "CurrentChange": "2026-03-02T12:00:00.1234567Z"}
MIRROR = """
import json
import django
django.setup()
from reconciler.models import FeedEvent, HookTally, Order, WorkUnit
print(json.dumps({
    "events": FeedEvent.objects.filter(source="hook").count(),
    "unprocessed": FeedEvent.objects.filter(processed_at=None).count(),
    "units": WorkUnit.objects.filter(kind="order").count(),
    "statuses": dict(Order.objects.values_list("order_id", "status")),
    "tally": HookTally.objects.values("stored", "refused", "unavailable").first(),
}))
"""


@dataclass
class Scene:
    site: Site
    sandbox: Remote
    variables: dict[str, str]
    path: str = "/hooks/vtex/luxstore/"

    def configure(self) -> None:
        """A hook for every change, as VTEX's own endpoint makes it."""
        headers = {"X-VTEX-API-AppKey": keys.APP_KEY, "X-VTEX-API-AppToken": keys.APP_TOKEN}
        hook = {"url": self.site.url + self.path, "headers": {"X-Hook-Secret": SECRET}}
        connection = http.client.HTTPConnection(self.sandbox.host, timeout=30)
        connection.request("POST", "/api/orders/hook/config", json.dumps({"hook": hook}), headers)
        assert connection.getresponse().status == 200
        connection.close()

    def post(self, order_id: str) -> tuple[int, float]:
        """Status and seconds of one delivery."""
        connection = http.client.HTTPConnection(urlsplit(self.site.url).netloc, timeout=30)
        began = time.monotonic()
        body = json.dumps({**CHANGE, "OrderId": order_id})
        connection.request("POST", self.path, body, {"X-Hook-Secret": SECRET})
        answer = connection.getresponse()
        answer.read()
        took = time.monotonic() - began
        connection.close()
        return answer.status, took

    def delivered(self, within: float) -> dict[str, Any]:
        """Once the sandbox has nothing left to post."""
        until = time.monotonic() + within
        told = self.sandbox.hook()
        while told["waiting"] or told["under_way"]:
            assert time.monotonic() < until, told
            time.sleep(0.2)
            told = self.sandbox.hook()
        return told

    def mirror(self) -> dict[str, Any]:
        return dict(json.loads(processes.python(self.variables, MIRROR)))

    def caught_up(self, within: float) -> dict[str, Any]:
        """The mirror once no event waits for its order to be read."""
        until = time.monotonic() + within
        while True:
            found = self.mirror()
            if not found["unprocessed"] and not found["units"]:
                return found
            assert time.monotonic() < until, {**found, "statuses": len(found["statuses"])}
            time.sleep(1)


@contextlib.contextmanager
def scene(directory: Path, database: postgres.Server | None) -> Iterator[Scene]:
    """Over this PostgreSQL server, or SQLite in the directory."""
    with _sandbox() as url:
        more = {"DATABASE_URL": database.url} if database else {}
        variables = processes.environment(
            directory, VTEX_BASE_URL=url, VTEX_APP_KEY=keys.APP_KEY, VTEX_APP_TOKEN=keys.APP_TOKEN,
            VTEX_HOOK_SECRET=SECRET, BACKFILL_DAYS="1", **more,
        )  # fmt: skip
        processes.python(variables, PREPARE)
        with site(variables) as running:
            yield Scene(running, Remote(url), variables)


@contextlib.contextmanager
def _sandbox() -> Iterator[str]:
    options = ["--scenario", "empty", "--account", "luxstore"]
    process = processes.start(processes.environment(Path()), "-m", "reconciler.sandbox", *options)
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        _end(process)


@contextlib.contextmanager
def worker(variables: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "worker"],
        cwd=processes.BASE,
        env=variables,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        _end(process)


def _end(process: subprocess.Popen[Any]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(40)
    if process.stdout:
        process.stdout.close()
