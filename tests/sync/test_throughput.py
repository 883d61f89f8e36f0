"""The allowance used up and never passed, by one process and by three; memory that stays as it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from reconciler.sandbox import keys
from reconciler.sandbox.remote import Remote
from reconciler.sandbox.server import SandboxServer
from reconciler.vtex.limits import LimitSettings, Priority
from tests.sync import processes
from tests.sync.test_killed import PREPARE, frozen, shown, variables  # noqa: F401 - fixtures
from tests.sync.test_workers import until, workers  # noqa: F401 - fixtures

pytestmark = pytest.mark.sqlite
LATENCY = 0.15
ALLOWED = 6000
ORDERS = int(os.environ.get("THROUGHPUT_ORDERS", "50000"))
MARKS = [ORDERS // 10, ORDERS // 2, ORDERS * 99 // 100]
STEADY_SECONDS = 60.0
READERS = """
import json
import django
django.setup()
from reconciler.models import SyncRun
runs = SyncRun.objects.filter(kind__in=["sweep", "backfill"])
print(json.dumps(sorted({run.counts["process"] for run in runs})))
"""


def test_three_workers_keep_the_allowance_and_make_the_mirror_that_one_reader_makes(
    variables: Callable[[str], dict[str, str]],  # noqa: F811
    workers: list[subprocess.Popen[str]],  # noqa: F811
    frozen: SandboxServer,  # noqa: F811
) -> None:
    allowed = 240
    frozen.control.settings(requests_per_minute=allowed)
    shared = variables("shared") | {"VTEX_REQUESTS_PER_MINUTE": str(allowed)}
    workers += [processes.start(shared, "manage.py", "worker", "--lanes", "2") for _ in range(3)]
    assert until(lambda: bool(is_through(shared)))
    assert until(lambda: quiet(frozen.control))
    told = frozen.control.traffic()
    assert told["too_many"] == 0
    assert told["requests"] > allowed, "more was asked than one minute allows"
    assert len(json.loads(processes.python(shared, READERS))) > 1
    frozen.control.settings(requests_per_minute=0)
    alone = variables("alone") | {"WORK_FETCHERS": "1"}
    whole = processes.start(alone, "manage.py", "sync", "--json")
    assert whole.communicate(timeout=300)[0]
    expected, found = shown(alone)["rows"], shown(shared)["rows"]
    assert expected["said"], "the one alone found something"
    for table, rows in expected.items():
        assert found[table] == rows, table


def is_through(made: dict[str, str]) -> bool:
    """Whether the past was read and all that was asked for is done."""
    code = """
import django
django.setup()
from django.utils import timezone
from reconciler.models import VtexAccount, WorkUnit
from reconciler.sync.progress import backfill_progress
account = VtexAccount.objects.first()
left = account is None or WorkUnit.objects.filter(kind__in=["sweep", "backfill"]).exists()
print("" if left or not backfill_progress(account, timezone.now()).is_complete else "through")
"""
    return bool(processes.python(made, code).strip())


def quiet(control: Remote) -> bool:
    """Whether nothing is asked for a while."""
    before = control.traffic()["requests"]
    time.sleep(4)
    return control.traffic()["requests"] == before


class Store:
    """A large store in a process of its own, every answer of which takes LATENCY."""

    def __init__(self, directory: Path, orders: int) -> None:
        command = ["-m", "reconciler.sandbox", "--scenario", "large", "--orders", str(orders)]
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=processes.BASE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.url = self.process.stdout.readline().strip()
        self.control = Remote(self.url)
        self.control.settings(requests_per_minute=ALLOWED)
        self.control.fault(".", kind="slow", seconds=LATENCY, always=True)
        self.directory = directory

    def database(self, name: str) -> dict[str, str]:
        (self.directory / name).mkdir()
        made = processes.environment(
            self.directory / name,
            VTEX_BASE_URL=self.url,
            VTEX_APP_KEY=keys.APP_KEY,
            VTEX_APP_TOKEN=keys.APP_TOKEN,
            VTEX_REQUESTS_PER_MINUTE=str(ALLOWED),
        )
        processes.python(made, PREPARE)
        return made

    def asked_for(self, orders: int, seconds: float) -> bool:
        """Waits until about so many orders were asked for, each with its document."""
        return until(lambda: self.control.traffic()["requests"] >= 2 * orders, seconds)

    def rate(self, seconds: float) -> float:
        """Requests a second from now on."""
        before, began = self.control.traffic()["requests"], time.monotonic()
        time.sleep(seconds)
        return (self.control.traffic()["requests"] - before) / (time.monotonic() - began)

    def one_after_the_other(self, calls: int = 60) -> float:
        """Requests a second of a script that makes the same calls: an order and its document, in turn."""
        session = requests.Session()
        session.headers.update({"X-VTEX-API-AppKey": keys.APP_KEY, "X-VTEX-API-AppToken": keys.APP_TOKEN})
        listed = session.get(f"{self.url}/api/oms/pvt/orders?page=1&per_page=100").json()["list"]
        began = time.monotonic()
        for row in listed[: calls // 2]:
            session.get(f"{self.url}/api/oms/pvt/orders/{row['orderId']}").json()
            session.get(f"{self.url}/api/orders/pvt/document/{row['orderId']}").json()
        return calls / (time.monotonic() - began)


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path, ORDERS)
    yield store
    store.process.kill()
    store.process.communicate()


def resident(pid: int) -> int:
    """Megabytes."""
    line = next(
        row for row in Path(f"/proc/{pid}/status").read_text().splitlines() if row.startswith("VmRSS")
    )
    return int(line.split()[1]) // 1024


def steady_share(rate: float) -> float:
    """Of what is allowed without the burst that is kept for staff."""
    limits = LimitSettings(requests_per_minute=ALLOWED)
    kept = limits.at_once * (1 - limits.shares[Priority.BACKFILL])
    return rate * 60 / (ALLOWED - kept)


@pytest.mark.sampled(0)
def test_one_process_uses_the_allowance_and_its_memory_does_not_grow(
    large: Store,
    workers: list[subprocess.Popen[str]],  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    alone = large.one_after_the_other()
    made = large.database("one")
    workers.append(processes.start(made, "manage.py", "sync", "--json"))
    sizes: list[int] = []
    rate = 0.0
    for mark in MARKS:
        assert large.asked_for(mark, 3600)
        sizes.append(resident(workers[0].pid))
        rate = rate or large.rate(STEADY_SECONDS)
    told = large.control.traffic()
    with capfd.disabled():
        sys.stdout.write(
            f"\none process: {rate:.1f} requests/s, {steady_share(rate):.1%} of the allowance, "
            f"{told['too_many']} answered 429, {rate / alone:.1f} times one after the other ({alone:.1f}/s); "
            f"{sizes} MB at {MARKS} orders\n"
        )
    assert told["too_many"] == 0
    assert steady_share(rate) >= 0.95
    assert rate >= 10 * alone
    assert sizes[-1] <= sizes[0] * 1.2


@pytest.mark.sampled(0)
def test_three_processes_use_the_allowance_and_keep_it(
    large: Store,
    workers: list[subprocess.Popen[str]],  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    made = large.database("three")
    workers += [processes.start(made, "manage.py", "worker") for _ in range(3)]
    assert large.asked_for(MARKS[0] // 5, 600)
    rate, told = large.rate(STEADY_SECONDS), large.control.traffic()
    with capfd.disabled():
        sys.stdout.write(
            f"\nthree processes: {rate:.1f} requests/s, {steady_share(rate):.1%} of the allowance, "
            f"{told['too_many']} answered 429\n"
        )
    assert told["too_many"] == 0
    assert steady_share(rate) >= 0.95
