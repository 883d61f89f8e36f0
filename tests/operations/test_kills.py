"""`kill -9` at random moments: every order, pair, event and action is dealt with, no write goes out twice.

Three workers, while customers buy, orders are invoiced, staff cancels reservations and the store is swept. A
moment is one kill; its worker is started anew, as systemd does. With Redis as the queue, Redis is killed too.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from tests import postgres, redis_server
from tests.conftest import ENGINE
from tests.operations.crew import WORKER, Crew, Rows
from tests.sample import SEED
from tests.sync import processes
from tests.sync.test_killed import PREPARE

MOMENTS = int(os.environ.get("KILLS", "50" if os.environ.get("DEEP") else "2"))
RQ_WORKER = ("manage.py", "rqworker")


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    """It answers as slowly as VTEX, so that a worker has something in hand most of the time."""
    made = start_sandbox(scenario="small", seed=int(SEED), transition_seconds=1, orders_per_day=0)
    made.control.fault("^GET /api/", kind="slow", seconds=0.15, always=True)
    return made


@pytest.fixture
def rows(tmp_path: Path) -> Iterator[tuple[str, Rows]]:
    """The address of a database of the engine at hand, and how to ask it."""
    if ENGINE == "sqlite":
        path = tmp_path / "killed.sqlite3"
        yield f"sqlite:///{path}", partial(_sqlite, path)
        return
    tools = postgres.binaries()
    assert tools
    with postgres.restartable(tools, synchronous_commit="on") as server:
        yield server.url, partial(_postgresql, server.url)


def _sqlite(path: Path, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        return connection.execute(question).fetchall()


def _postgresql(url: str, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(question).fetchall()  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def crew(sandbox: SandboxServer, rows: tuple[str, Rows], tmp_path: Path) -> Crew:
    variables = processes.environment(
        tmp_path,
        DATABASE_URL=rows[0],
        VTEX_BASE_URL=sandbox.url,
        VTEX_APP_KEY=sandbox.app_key,
        VTEX_APP_TOKEN=sandbox.app_token,
        VTEX_FEED_APP_KEY=keys.FEED_APP_KEY,
        VTEX_FEED_APP_TOKEN=keys.FEED_APP_TOKEN,
        VTEX_ACTIONS="on",
        WORK_LEASE_SECONDS="4",
        RECENT_MINUTES="1",
        MISMATCH_CONFIRM_MINUTES="0",
        BACKFILL_DAYS="60",
        VERIFY_DEADLINE_SECONDS="1",
        NOT_APPLIED_AFTER_SECONDS="60",
    )
    processes.python(variables, PREPARE)
    return Crew(variables, sandbox, rows[1], random.Random(f"{SEED}{ENGINE}"))


def test_a_worker_killed_at_random_moments_loses_nothing_and_repeats_no_write(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    with crew, said(crew, capsys):
        for number in range(MOMENTS):
            crew.moment(number)
        assert crew.settles() == {}
    assert_sent_once(crew)


def test_workers_and_redis_killed_at_random_moments_lose_nothing_and_repeat_no_write(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    found = redis_server.binary()
    if not found:
        pytest.skip("Redis is not installed")
    with redis_server.server(found) as redis:

        def crash() -> None:
            redis.kill()
            time.sleep(crew.chance.uniform(0.0, 1.0))
            redis.start()

        crew.variables |= {"TASKS_BACKEND": "redis", "REDIS_URL": redis.url}
        crew.commands = [WORKER, WORKER, RQ_WORKER]
        with crew, said(crew, capsys):
            for number in range(MOMENTS):
                crew.moment(number, crash)
            assert crew.settles() == {}
            assert redis.messages() < 50
    assert_sent_once(crew)


def assert_sent_once(crew: Crew) -> None:
    """One write for each attempt, and no other."""
    assert crew.writes() == dict.fromkeys(crew.locks, 1) | {"all": len(crew.locks)}


@contextmanager
def said(crew: Crew, capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Prints what the run came to."""
    began = time.monotonic()
    yield
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{ENGINE}, seed {SEED}: {MOMENTS} kills in {time.monotonic() - began:.0f} s,"
            f" {len(crew.taken_back)} claims taken back, {crew.ask('figures')}"
        )
