"""Deliveries while the database is locked or away: 503 in time, and stored again as soon as it is back."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import postgres
from tests.operations import hooks
from tests.operations.hooks import Scene
from tests.sync import processes

DEEP = bool(os.environ.get("DEEP"))
IN_TIME = 0.8
HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.readline()
database.execute("ROLLBACK")
"""


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Scene]:
    with hooks.scene(tmp_path, None) as made:
        yield made


@pytest.fixture
def on_postgresql(tmp_path: Path, database: postgres.Server) -> Iterator[Scene]:
    with hooks.scene(tmp_path, database) as made:
        yield made


@pytest.mark.sqlite
def test_while_another_process_keeps_sqlite_locked_deliveries_are_503_in_time(
    on_sqlite: Scene, tmp_path: Path
) -> None:
    stored(on_sqlite, "before")
    file = on_sqlite.variables["DATABASE_URL"].removeprefix("sqlite:///")
    holder = processes.start(on_sqlite.variables, "-c", HOLD, file, asking=True)
    assert holder.stdout
    assert holder.stdout.readline() == "locked\n"
    refused_in_time(on_sqlite)
    holder.communicate("go on\n")
    stored(on_sqlite, "after")


@pytest.mark.postgresql
def test_while_postgresql_is_away_deliveries_are_503_in_time(
    on_postgresql: Scene, database: postgres.Server
) -> None:
    stored(on_postgresql, "before")
    database.stop()
    try:
        refused_in_time(on_postgresql)
    finally:
        database.start()
    stored(on_postgresql, "after")


@pytest.mark.postgresql
def test_while_postgresql_does_not_answer_deliveries_are_503_in_time(
    on_postgresql: Scene, database: postgres.Server
) -> None:
    """Its table is locked: it answers, but not what was asked."""
    stored(on_postgresql, "before")
    code = (
        "import psycopg, sys; it = psycopg.connect(sys.argv[1]); "
        "it.execute('LOCK reconciler_feedevent IN ACCESS EXCLUSIVE MODE'); print('locked', flush=True); "
        "sys.stdin.readline()"
    )
    holder = processes.start(on_postgresql.variables, "-c", code, database.url, asking=True)
    assert holder.stdout
    assert holder.stdout.readline() == "locked\n"
    refused_in_time(on_postgresql)
    holder.communicate("go on\n")
    stored(on_postgresql, "after")


def refused_in_time(scene: Scene) -> None:
    """One after the other, and then many at once: none is stored, none waits for long."""
    alone = [scene.post(f"alone-{number}") for number in range(4)]
    with ThreadPoolExecutor(24) as threads:
        together = list(threads.map(scene.post, [f"together-{number}" for number in range(48)]))
    assert {status for status, _ in [*alone, *together]} == {503}
    if DEEP:
        assert max(seconds for _, seconds in [*alone, *together]) < IN_TIME


def stored(scene: Scene, order_id: str) -> None:
    """As VTEX does: again until it is 200. It comes back by itself."""
    until = time.monotonic() + 30
    while scene.post(order_id)[0] != 200:
        assert time.monotonic() < until, "the hook did not come back by itself"
        time.sleep(0.1)
    found = processes.python(scene.variables, COUNT.format(order_id=order_id))
    assert found.strip() == "1"


COUNT = """
import django
django.setup()
from reconciler.models import FeedEvent
print(FeedEvent.objects.filter(order_id="{order_id}").count())
"""
