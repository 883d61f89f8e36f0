"""PostgreSQL crashes under a running worker: an action that was sent is settled by it, and not sent again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from reconciler.sandbox.server import SandboxServer
from tests import postgres
from tests.operations.test_database_restart import ACT, wait_until, writes
from tests.sync import processes

pytestmark = pytest.mark.postgresql


@pytest.fixture
def worker(variables: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """At work before the crash and after it, without anybody's help."""
    variables |= {"NOT_SENT_AFTER_SECONDS": "30", "WORK_LEASE_SECONDS": "5"}
    started = subprocess.Popen(
        [sys.executable, "manage.py", "worker", "--lanes", "2"],
        cwd=processes.BASE, env=variables, text=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    yield started
    started.kill()
    started.communicate()


def test_an_action_whose_database_dies_after_it_was_sent_is_settled_by_the_worker_that_lived_through_it(
    database: postgres.Server,
    variables: dict[str, str],
    sandbox: SandboxServer,
    worker: subprocess.Popen[str],
) -> None:
    wait_until(database, "SELECT count(*) = %s FROM reconciler_worker", 1)
    act = subprocess.Popen(
        [sys.executable, "-c", ACT], cwd=processes.BASE, env=variables, stderr=subprocess.PIPE, text=True
    )
    wait_until(database, "SELECT count(*) = %s FROM reconciler_attempt WHERE state = 'sending'", 1)
    database.stop()
    assert "OperationalError" in act.communicate(timeout=60)[1]
    database.start()
    settled = "SELECT count(*) = %s FROM reconciler_attempt WHERE state = 'done' AND outcome = 'verified'"
    wait_until(database, settled, 1, within=120)
    assert worker.poll() is None, "the same process"
    worker.terminate()
    said = worker.communicate(timeout=60)[1]
    assert "Traceback" not in said
    assert len(writes(sandbox)) == 1
