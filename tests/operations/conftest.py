"""A PostgreSQL server that may crash, and a sandbox store for the site over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from reconciler.sandbox.server import SandboxServer
from tests import postgres
from tests.operations.site import environment


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
