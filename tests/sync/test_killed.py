"""A sync that is killed loses nothing and repeats nothing (design section 4)."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.server import SandboxServer
from tests.sync import processes

PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("createcachetable", verbosity=0)
"""
SHOW = """
import json
import django
django.setup()
from reconciler.models import SyncRun, VtexAccount
from tests import truth
from tests.sync import mirror
account = VtexAccount.objects.get()
rows = {name: [[str(v) for v in row] for row in rows] for name, rows in mirror.content(account).items()}
rows["said"] = sorted(str(each) for each in truth.said(account).items())
print(json.dumps({"rows": rows, "open": SyncRun.objects.filter(finished_at=None).count()}))
"""


@pytest.fixture
def frozen(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    """One whose clock stands still."""
    sandbox = start_sandbox(scenario="small")
    sandbox.control.clock(freeze=True)
    return sandbox


@pytest.fixture
def variables(frozen: SandboxServer, tmp_path: Path) -> Callable[[str], dict[str, str]]:
    """Makes a migrated database of that name before the sandbox."""

    def make(name: str) -> dict[str, str]:
        (tmp_path / name).mkdir()
        made = processes.environment(
            tmp_path / name,
            VTEX_BASE_URL=frozen.url,
            VTEX_APP_KEY=frozen.app_key,
            VTEX_APP_TOKEN=frozen.app_token,
        )
        processes.python(made, PREPARE)
        return made

    return make


def shown(variables: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(processes.python(variables, SHOW))
    return found


def test_a_sync_killed_at_random_points_and_run_again_gives_the_same_mirror(
    variables: Callable[[str], dict[str, str]],
) -> None:
    calm, killed = variables("calm"), variables("killed")
    whole = processes.start(calm, "manage.py", "sync", "--json")
    assert whole.communicate(timeout=120)[0]
    assert whole.returncode == 0
    moments = random.Random(7)
    for _ in range(3):
        run = processes.start(killed, "manage.py", "sync", "--json")
        time.sleep(moments.uniform(1.0, 5.0))
        run.kill()
        run.communicate()
    last = processes.start(killed, "manage.py", "sync", "--json", "--sweep")
    assert last.communicate(timeout=120)[0]
    assert last.returncode == 0
    same, expected = shown(killed), shown(calm)
    assert same["open"] == 0, "runs whose process died are closed"
    assert expected["rows"]["said"], "the calm one found something"
    for table, rows in expected["rows"].items():
        assert same["rows"][table] == rows, table
