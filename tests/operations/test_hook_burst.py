"""Bursts of deliveries at a real site: each is stored or comes again, and the mirror ends equal to VTEX.

2,000 deliveries; with DEEP 20,000, each answered within a second. A worker reads the orders meanwhile.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import ENGINE
from tests.operations import hooks
from tests.operations.hooks import Scene, worker

DEEP = bool(os.environ.get("DEEP"))
CHANGES_AN_ORDER = 16
DOUBLES = 0.5
DELIVERIES = 20_000 if DEEP else 2_000
ORDERS = round(DELIVERIES / (CHANGES_AN_ORDER * (1 + DOUBLES))) + 1
HOURS = (1, 5, 18, 24, 24)
"""In how many steps the store's time goes on; most happens in the first hour, and on the first day."""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with contextlib.ExitStack() as stack:
        database = None
        if ENGINE == "postgresql":
            tools = postgres.binaries()
            assert tools
            database = stack.enter_context(postgres.restartable(tools, synchronous_commit="on", fsync="on"))
        yield stack.enter_context(hooks.scene(tmp_path, database))


def test_every_delivery_of_a_burst_is_stored_and_the_mirror_ends_equal_to_vtex(scene: Scene) -> None:
    sandbox = scene.sandbox
    sandbox.clock(freeze=True)
    sandbox.settings(
        hook_burst=200, hook_shuffles=1, hook_doubles=DOUBLES, hook_retry_seconds=0.5, hook_paused=1
    )
    scene.configure()
    with worker(scene.variables):
        for _ in range(ORDERS):
            sandbox.order("1001", "1_1")
        for hours in HOURS:
            sandbox.advance(hours=hours)
            sandbox.settings(hook_paused=0)
            scene.delivered(within=300)
            sandbox.settings(hook_paused=1)
        told = sandbox.hook()
        mirror = scene.caught_up(within=600 if DEEP else 120)
    print(told, mirror["tally"])  # noqa: T201 - the figures of the proof
    assert set(told["answers"]) <= {"200", "503"}
    assert told["given_up"] == 0
    assert told["answers"]["200"] >= DELIVERIES
    assert mirror["events"] == ORDERS * CHANGES_AN_ORDER
    assert mirror["statuses"] == {order["id"]: order["status"] for order in sandbox.orders()}
    if DEEP:
        assert told["over_a_second"] == 0, told
