"""Several workers on one store: one that is killed is replaced, and nothing is lost."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from reconciler.sandbox.server import SandboxServer
from tests.sample import SEED
from tests.sync import processes
from tests.sync.test_killed import frozen, shown, variables  # noqa: F401 - fixtures

pytestmark = pytest.mark.sqlite
Make = Callable[[str], dict[str, str]]
PRESENT = """
import json
import django
django.setup()
from django.utils import timezone
from reconciler.work import presence
print(json.dumps([worker.pid for worker in presence.running(timezone.now())]))
"""


LEFT = """
import json
import django
django.setup()
from reconciler.models import SyncRun, WorkUnit
print(json.dumps({
    "runs": [[run.kind, run.error] for run in SyncRun.objects.order_by("pk")],
    "open": SyncRun.objects.filter(finished_at=None).count(),
    "free": list(WorkUnit.objects.filter(lease_until=None).values_list("kind", flat=True)),
}))
"""


@pytest.fixture
def workers() -> Iterator[list[subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []
    yield started
    for worker in started:
        worker.kill()
        worker.communicate()


def until(holds: Callable[[], bool], seconds: float = 150) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(1)
    return holds()


def test_what_a_killed_worker_had_in_hand_is_done_by_the_others(
    variables: Make,  # noqa: F811
    workers: list[subprocess.Popen[str]],
) -> None:
    calm, killed = variables("calm"), variables("killed") | {"WORK_LEASE_SECONDS": "6"}
    whole = processes.start(calm, "manage.py", "sync", "--json")
    assert whole.communicate(timeout=120)[0]
    workers += [processes.start(killed, "manage.py", "worker", "--lanes", "2") for _ in range(3)]
    moments = random.Random(SEED)
    for worker in workers[:2]:
        time.sleep(moments.uniform(2.0, 5.0))
        worker.kill()
        worker.wait()  # till then its process is there, and its run would look as if it went on
    expected = shown(calm)["rows"]
    assert expected["said"], "the calm one found something"

    def same() -> bool:
        found: dict[str, Any] = shown(killed)["rows"]
        return all(found[table] == rows for table, rows in expected.items())

    assert until(same)


def test_a_worker_that_is_told_to_stop_ends_by_itself_and_signs_off(
    variables: Make,  # noqa: F811
    workers: list[subprocess.Popen[str]],
) -> None:
    made = variables("told")
    workers.append(processes.start(made, "manage.py", "worker", "--lanes", "2"))

    def present() -> list[int]:
        found: list[int] = json.loads(processes.python(made, PRESENT))
        return found

    assert until(lambda: present() == [workers[0].pid])
    workers[0].send_signal(signal.SIGTERM)
    assert workers[0].wait(timeout=60) == 0
    assert present() == []


def test_a_worker_that_is_told_to_stop_in_the_middle_of_a_sweep_leaves_the_rest_to_others(
    variables: Make,  # noqa: F811
    workers: list[subprocess.Popen[str]],
    frozen: SandboxServer,  # noqa: F811
) -> None:
    made = variables("told")
    frozen.control.fault("/inventory/", kind="slow", seconds=1, always=True)
    workers.append(processes.start(made, "manage.py", "worker"))
    assert until(lambda: len(left(made)["runs"]) > 1), (
        "the one that cuts the sweep into units, and one of them"
    )
    workers[0].send_signal(signal.SIGTERM)
    assert workers[0].wait(timeout=12) == 0
    found = left(made)
    assert (found["runs"][:2], found["open"]) == ([["sweep", ""], ["sweep", "interrupted"]], 0)
    assert "sweep" in found["free"]


def left(made: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(processes.python(made, LEFT))
    return found
