"""PostgreSQL crashes and comes back: clear pages meanwhile, recovery by itself, nothing lost or repeated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from reconciler.sandbox.server import SandboxServer
from tests import postgres
from tests.operations.site import Visitors, site
from tests.sync import processes

pytestmark = [pytest.mark.postgresql, pytest.mark.sampled(1)]

PAGES = ["/", "/s/luxstore/", "/s/luxstore/stuck/", "/s/luxstore/orders/", "/s/luxstore/audit/"]
COMPARE = """
import json, sys
from types import SimpleNamespace
import django
django.setup()
from reconciler.models import VtexAccount
from tests import truth
entries = json.load(open(sys.argv[1]))
sandbox = SimpleNamespace(control=SimpleNamespace(truth=lambda: entries))
account = VtexAccount.objects.get()
print(json.dumps([truth.wrong(account, sandbox), truth.missed(account, sandbox), len(truth.said(account))]))
"""
ACT = """
import django
django.setup()
from django.conf import settings
from types import SimpleNamespace
from tests import factories
from tests.actions.scene import Scene
from reconciler.sandbox.remote import Remote
sandbox = SimpleNamespace(control=Remote(settings.STORES["luxstore"].base_url))
scene = Scene(factories.account("luxstore"), sandbox, sku="pg-1")
scene.build(5, {"state": "confirmed", "order_status": "invoiced", "left": 1})
scene.sandbox.control.fault("^(POST|PUT|PATCH|DELETE) ", kind="slow", seconds=4.0)
scene.cancel()
"""
SETTLE = """
import django
django.setup()
from django.test import override_settings
from reconciler.actions import settle_due
from reconciler.models import Attempt
attempt = Attempt.objects.get()
before = [attempt.state, attempt.outcome]
with override_settings(NOT_SENT_AFTER_SECONDS=0, SETTLE_EVERY_SECONDS=0):
    settle_due()
attempt.refresh_from_db()
print(before, attempt.state, attempt.outcome)
"""


def test_pages_are_clear_while_postgresql_is_away_and_good_when_it_is_back(
    database: postgres.Server, variables: dict[str, str]
) -> None:
    with site(variables) as running, Visitors(running, PAGES) as visitors:
        for _ in range(10 if os.environ.get("DEEP") else 2):
            visitors.wait_for(200, 30)
            database.stop()
            visitors.wait_for(503, 6)
            database.start()
            running.becomes_good(PAGES, within=15)
    assert visitors.unclear == []
    assert visitors.slowest < 12, "a page must not hang"


@pytest.mark.parametrize("balances", [1, 15, 30, 45])
def test_a_sync_over_a_crash_says_so_and_the_next_one_makes_the_mirror_whole(
    database: postgres.Server,
    variables: dict[str, str],
    sandbox: SandboxServer,
    balances: int,
    tmp_path: Path,
) -> None:
    sync = [sys.executable, "manage.py", "sync", "--json"]
    run = subprocess.Popen(
        sync, cwd=processes.BASE, env=variables, text=True, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    wait_until(database, "SELECT count(*) >= %s FROM reconciler_stockbalance", balances)
    database.stop()
    database.start()
    said = run.communicate(timeout=180)[1]
    assert "Traceback" not in said
    for _ in range(2):  # what does not add up is believed after a second look
        again = {**variables, "MISMATCH_CONFIRM_MINUTES": "0"}
        subprocess.run([*sync, "--sweep"], cwd=processes.BASE, env=again, timeout=180, check=True)
    entries = tmp_path / "truth.json"
    entries.write_text(json.dumps(sandbox.control.truth()))
    compared = subprocess.run(
        [sys.executable, "-c", COMPARE, str(entries)],
        cwd=processes.BASE, env=variables, stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    wrong, missed, said_of = json.loads(compared.stdout)
    assert (wrong, missed) == ([], [])
    assert said_of


def test_an_attempt_whose_database_dies_after_it_was_sent_is_settled_by_reading_and_never_sent_again(
    database: postgres.Server, variables: dict[str, str], sandbox: SandboxServer
) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", ACT], cwd=processes.BASE, env=variables, stderr=subprocess.PIPE, text=True
    )
    wait_until(database, "SELECT count(*) = %s FROM reconciler_attempt WHERE state = 'sending'", 1)
    database.stop()
    said = run.communicate(timeout=60)[1]
    assert "OperationalError" in said
    database.start()
    assert processes.python(variables, SETTLE).strip() == "['sending', ''] done verified"
    assert len(writes(sandbox)) == 1


def wait_until(database: postgres.Server, question: str, number: int, within: float = 60) -> None:
    """Until the database says yes."""
    until = time.monotonic() + within
    with psycopg.connect(database.url, autocommit=True) as connection:
        while connection.execute(question, [number]).fetchone() != (True,):
            assert time.monotonic() < until, question
            time.sleep(0.02)


def writes(sandbox: SandboxServer) -> list[object]:
    return [row for row in sandbox.control.requests() if row["endpoint"] == "cancel_reservation"]
