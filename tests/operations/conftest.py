"""A PostgreSQL server that may crash, a sandbox store for the site over it, and a crew of workers to harm."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from tests import postgres
from tests.conftest import ENGINE
from tests.operations.crew import LEASE_SECONDS, Crew, Rows
from tests.operations.site import environment
from tests.sample import SEED
from tests.sync import processes
from tests.sync.test_killed import PREPARE


@pytest.fixture
def database() -> Iterator[postgres.Server]:
    tools = postgres.binaries()
    assert tools
    with postgres.restartable(tools, synchronous_commit="on") as server:
        yield server


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    made = start_sandbox(scenario="small")
    made.control.clock(freeze=True)
    return made


@pytest.fixture
def variables(database: postgres.Server, sandbox: SandboxServer) -> dict[str, str]:
    return environment(
        database, VTEX_BASE_URL=sandbox.url, VTEX_APP_KEY=sandbox.app_key, VTEX_APP_TOKEN=sandbox.app_token
    )


@pytest.fixture
def busy_sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
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
def crew(busy_sandbox: SandboxServer, rows: tuple[str, Rows], tmp_path: Path) -> Crew:
    variables = processes.environment(
        tmp_path,
        DATABASE_URL=rows[0],
        VTEX_BASE_URL=busy_sandbox.url,
        VTEX_APP_KEY=busy_sandbox.app_key,
        VTEX_APP_TOKEN=busy_sandbox.app_token,
        VTEX_FEED_APP_KEY=keys.FEED_APP_KEY,
        VTEX_FEED_APP_TOKEN=keys.FEED_APP_TOKEN,
        VTEX_ACTIONS="on",
        WORK_LEASE_SECONDS=str(LEASE_SECONDS),
        RECENT_MINUTES="1",
        MISMATCH_CONFIRM_MINUTES="0",
        BACKFILL_DAYS="60",
        VERIFY_DEADLINE_SECONDS="1",
        NOT_APPLIED_AFTER_SECONDS="60",
    )
    processes.python(variables, PREPARE)
    return Crew(variables, busy_sandbox, rows[1], random.Random(f"{SEED}{ENGINE}"))
