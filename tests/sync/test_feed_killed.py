"""`kill -9` between each two steps of an event's way loses nothing."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from reconciler.models import FeedEvent, Order, VtexAccount, WorkUnit
from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import feed_config, feed_key
from tests.sync import processes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("feed_key")]
FOREVER = 600.0
STEPS = {
    "before the feed is read": ("read_feed", "slow"),
    "read, not kept": ("read_feed", "slow_applied"),
    "kept, not committed": ("commit_feed", "slow"),
    "committed, not known": ("commit_feed", "slow_applied"),
    "while the order is read": ("get_order", "slow"),
    "while its history is read": ("get_order_document", "slow_applied"),
}


def database_url() -> str:
    """The tests' own database, as another process reaches it."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{Path(str(known['NAME'])).resolve()}"
    password = f":{known['PASSWORD']}" if known["PASSWORD"] else ""
    return f"postgres://{known['USER']}{password}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


@pytest.fixture
def variables(sandbox: SandboxServer, tmp_path: Path) -> dict[str, str]:
    return processes.environment(
        tmp_path,
        DJANGO_SETTINGS_MODULE="tests.sync.feed_only",
        DATABASE_URL=database_url(),
        VTEX_BASE_URL=sandbox.url,
        VTEX_APP_KEY=sandbox.app_key,
        VTEX_APP_TOKEN=sandbox.app_token,
        VTEX_FEED_APP_KEY=keys.FEED_APP_KEY,
        VTEX_FEED_APP_TOKEN=keys.FEED_APP_TOKEN,
        VTEX_READ_TIMEOUT_SECONDS="120",
        WORK_LEASE_SECONDS="2",
    )


@pytest.fixture
def start(variables: dict[str, str]) -> Iterator[Callable[[], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def worker() -> subprocess.Popen[str]:
        started.append(processes.start(variables, "manage.py", "worker", "--lanes", "2"))
        return started[-1]

    yield worker
    for each in started:
        if each.poll() is None:
            each.kill()
            each.communicate()


def until(holds: Callable[[], Any], seconds: float = 40, step: float = 0.1) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(step)
    return bool(holds())


def mirrored() -> dict[str, str]:
    return dict(Order.objects.values_list("order_id", "status"))


def actual(sandbox: SandboxServer) -> dict[str, str]:
    return {row["id"]: row["status"] for row in sandbox.control.orders()}


def struck(sandbox: SandboxServer) -> bool:
    return any(rule["hits"] for rule in sandbox.control.call("GET", "faults"))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("step", STEPS)
def test_a_worker_killed_at_any_step_loses_no_event(
    store: VtexAccount, sandbox: SandboxServer, start: Callable[[], subprocess.Popen[str]], step: str
) -> None:
    worker = start()
    assert until(lambda: sandbox.control.requests("read_feed")), "the feed is made and read"
    endpoint, kind = STEPS[step]
    sandbox.control.fault(endpoint, kind, seconds=FOREVER, times=1)
    for _ in range(3):
        sandbox.control.order("1001", "1_1")
    sandbox.control.advance(hours=1)
    assert until(lambda: struck(sandbox))
    worker.kill()
    worker.communicate()
    sandbox.control.clear_faults()
    sandbox.control.advance(seconds=feed_config.VISIBILITY_SECONDS + 1)
    expected = actual(sandbox)
    assert set(expected.values()) == {"ready-for-handling"}
    start()
    assert until(lambda: mirrored() == expected)
    assert until(lambda: not FeedEvent.objects.filter(processed_at=None).exists())
    assert until(lambda: not WorkUnit.objects.filter(kind="order").exists())
    with feed_key.client_of(store) as client:
        assert until(lambda: client.get_feed_config().quantity == 0)
