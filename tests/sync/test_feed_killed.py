"""`kill -9` between each two steps of an event's way loses nothing; nor does a stop longer than a lease."""

from __future__ import annotations

import signal
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
Start = Callable[..., subprocess.Popen[str]]
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
def start(variables: dict[str, str]) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def worker(lanes: int = 2) -> subprocess.Popen[str]:
        started.append(processes.start(variables, "manage.py", "worker", "--lanes", str(lanes)))
        return started[-1]

    yield worker
    for each in started:
        if each.poll() is None:
            end(each)


def end(worker: subprocess.Popen[str]) -> None:
    worker.kill()
    worker.communicate()


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
    store: VtexAccount, sandbox: SandboxServer, start: Start, step: str
) -> None:
    worker = start()
    assert until(lambda: sandbox.control.requests("read_feed")), "the feed is made and read"
    endpoint, kind = STEPS[step]
    sandbox.control.fault(endpoint, kind, seconds=FOREVER, times=1)
    for _ in range(3):
        sandbox.control.order("1001", "1_1")
    sandbox.control.advance(hours=1)
    assert until(lambda: struck(sandbox))
    end(worker)
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


def asleep(sandbox: SandboxServer, start: Start) -> tuple[subprocess.Popen[str], str]:
    """A worker that is stopped while VTEX's answer about an order, soon old, is on its way; the order."""
    worker = start(lanes=1)
    assert until(lambda: sandbox.control.requests("read_feed")), "the feed is made and read"
    sandbox.control.fault("get_order", "slow_applied", seconds=1, times=1)
    order_id = str(sandbox.control.order("1001", "1_1")["order_id"])
    sandbox.control.advance(hours=1)
    assert until(lambda: struck(sandbox))
    worker.send_signal(signal.SIGSTOP)
    sandbox.control.invoice(order_id)
    sandbox.control.advance(hours=1)
    assert actual(sandbox) == {order_id: "invoiced"}
    return worker, order_id


def wake(worker: subprocess.Popen[str], sandbox: SandboxServer) -> str:
    """It goes on; when another order is read, its only lane is done with the first."""
    worker.send_signal(signal.SIGCONT)
    order_id = str(sandbox.control.order("1001", "1_1")["order_id"])
    sandbox.control.advance(hours=1)
    assert until(lambda: order_id in mirrored())
    assert worker.poll() is None
    return order_id


def test_an_old_answer_that_reaches_a_worker_after_its_lease_does_not_replace_what_another_read(
    store: VtexAccount, sandbox: SandboxServer, start: Start
) -> None:
    sleeper, first = asleep(sandbox, start)
    other = start(lanes=1)
    assert until(lambda: mirrored() == {first: "invoiced"})
    assert until(lambda: not WorkUnit.objects.filter(kind="order").exists())
    end(other)
    read_at = Order.objects.get(order_id=first).read_at
    wake(sleeper, sandbox)
    assert Order.objects.get(order_id=first).read_at == read_at
    assert until(lambda: mirrored() == actual(sandbox))


def test_a_worker_that_lost_its_lease_does_not_end_the_work_of_who_has_it_now(
    store: VtexAccount, sandbox: SandboxServer, start: Start
) -> None:
    sleeper, first = asleep(sandbox, start)
    sandbox.control.clear_faults()
    sandbox.control.fault("get_order", "slow_applied", seconds=FOREVER, times=1)
    other = start(lanes=1)
    assert until(lambda: struck(sandbox)), "it has the order in hand"
    fence = WorkUnit.objects.get(kind="order", key=first).fence
    wake(sleeper, sandbox)
    unit = WorkUnit.objects.get(kind="order", key=first)
    assert unit.fence == fence == 2
    assert unit.lease_until, "still the other's"
    end(other)
    assert until(lambda: mirrored() == actual(sandbox))
    assert until(lambda: not FeedEvent.objects.filter(processed_at=None).exists())
