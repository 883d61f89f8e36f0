"""From a change at VTEX to the finding it makes: with the worker running, by the feed.

The sandbox takes some seconds from an invoice to the status; what counts is the time of the change that VTEX
tells.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from reconciler.models import Cause, FeedEvent, Finding, VtexAccount
from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import engine
from tests.conftest import ENGINE
from tests.sync import processes
from tests.sync.test_feed_killed import database_url, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("feed_key")]
DEEP = bool(os.environ.get("DEEP"))
CHANGES = 15 if DEEP else 1
WANTED_SECONDS = 2.0
OPEN = {"state": "confirmed", "order_status": "ready-for-handling", "quantity": 1, "to_ship": 1}


@pytest.fixture
def worker(feed_key: None, sandbox: SandboxServer, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The product's own, with all that it does beside."""
    variables = processes.environment(
        tmp_path,
        DATABASE_URL=database_url(),
        VTEX_BASE_URL=sandbox.url,
        VTEX_APP_KEY=sandbox.app_key,
        VTEX_APP_TOKEN=sandbox.app_token,
        VTEX_FEED_APP_KEY=keys.FEED_APP_KEY,
        VTEX_FEED_APP_TOKEN=keys.FEED_APP_TOKEN,
    )
    started = processes.start(variables, "manage.py", "worker")
    yield started
    started.kill()
    started.communicate()


def skipped(order_id: str) -> Callable[[], bool]:
    rows = Finding.objects.filter(order__order_id=order_id, cause=Cause.HANDLING_SKIPPED).open()
    return rows.exists


@pytest.mark.parametrize("latency", [0.0, 0.15] if DEEP else [0.0])
def test_a_change_becomes_a_finding(
    store: VtexAccount,
    sandbox: SandboxServer,
    pair: Callable[..., list[str]],
    request: pytest.FixtureRequest,
    latency: float,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pair(*[OPEN] * CHANGES, total=1000)
    engine.run_due(store)
    request.getfixturevalue("worker")
    assert until(lambda: sandbox.control.requests("read_feed")), "the feed is made and read"
    if latency:
        sandbox.control.fault(".", "slow", always=True, seconds=latency)
    seen = {}
    for order in sandbox.control.orders():
        sandbox.control.invoice(order["id"])
        assert until(skipped(order["id"]), step=0.02)
        seen[order["id"]] = timezone.now()
        time.sleep(0.37)  # no change at the same beat of the schedule as the one before
    assert until(lambda: not FeedEvent.objects.filter(processed_at=None).exists())
    told = FeedEvent.objects.filter(state="invoiced").values_list("order_id", "changed_at")
    changed = {order_id: at for order_id, at in told if at}
    took = [(at - changed[order_id]).total_seconds() for order_id, at in seen.items()]
    if DEEP:
        _proven(took, latency, capsys)


def _proven(took: list[float], latency: float, capsys: pytest.CaptureFixture[str]) -> None:
    cuts = statistics.quantiles(took, n=20)
    with capsys.disabled():
        sys.stdout.write(
            f"\nchange at VTEX to finding, {ENGINE}, {latency:g} s a request, {len(took)} changes:"
            f" median {statistics.median(took):.2f} s, p95 {cuts[-1]:.2f} s, longest {max(took):.2f} s\n"
        )
    assert cuts[-1] < WANTED_SECONDS
