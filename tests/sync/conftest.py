"""A store without customers, to which each test adds exactly the pairs it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.models import VtexAccount
from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from reconciler.sync.connection import client_for
from reconciler.vtex import VtexClient
from reconciler.vtex.limits import Priority
from tests import postgres
from tests.sync import processes


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    return start_sandbox(scenario="empty")


@pytest.fixture
def feed_key(store: VtexAccount, quick: Any) -> None:
    """The store has a feed key beside its own."""
    own = {"feed_app_key": keys.FEED_APP_KEY, "feed_app_token": keys.FEED_APP_TOKEN}
    quick.STORES = {store.name: replace(quick.STORES[store.name], **own)}


@pytest.fixture
def client(store: VtexAccount) -> Iterator[VtexClient]:
    with client_for(store, Priority.STAFF) as client:
        yield client


@pytest.fixture
def pair(sandbox: SandboxServer) -> Callable[..., list[str]]:
    """Makes SKU 9000 in warehouse 1_1 hold these locks; their lock ids."""

    def build(*locks: dict[str, Any], total: int = 10, **more: Any) -> list[str]:
        made = sandbox.control.situation(total=total, locks=list(locks), **more)
        return [lock["lock_id"] for lock in made["locks"]]

    return build


@pytest.fixture(params=["sqlite", "postgresql"])
def variables(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The product's environment over an empty database of its own, on each engine."""
    if request.param == "sqlite":
        yield processes.environment(tmp_path)
        return
    tools = postgres.binaries()
    if tools is None:
        pytest.skip("PostgreSQL is not installed")
    with postgres.server(tools) as url:
        yield processes.environment(tmp_path, DATABASE_URL=url)
