"""Actions against a real sandbox over HTTP, with times so short that nobody waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.actions import carry, clients
from reconciler.models import VtexAccount
from reconciler.sandbox.server import SandboxServer
from tests import factories
from tests.actions.scene import Scene
from tests.conftest import store_at


@pytest.fixture
def quick(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Verifies and settles at once, and bears a busy machine; a test changes the times that matter to it."""
    monkeypatch.setattr(clients, "READ_SECONDS", 60.0)
    monkeypatch.setattr(carry, "SEND_WITHIN_SECONDS", 120.0)
    monkeypatch.setattr(carry, "POST_SECONDS", 180.0)
    settings.VTEX_READ_TIMEOUT_SECONDS = 60
    settings.VERIFY_DELAYS = (0.0, 0.0)
    settings.VERIFY_DEADLINE_SECONDS = 0
    settings.SETTLE_EVERY_SECONDS = 0
    settings.NOT_SENT_AFTER_SECONDS = 0
    settings.NOT_APPLIED_AFTER_SECONDS = 0
    settings.VTEX_READ_RETRIES = 0
    settings.VTEX_PAUSE_SECONDS = 0
    settings.VTEX_BREAKER_FAILURES = 1000
    return settings


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    return start_sandbox(scenario="empty", transition_seconds=0, inventory_lock_seconds=0)


@pytest.fixture
def scene(quick: Any, sandbox: SandboxServer, db: None) -> Scene:
    quick.STORES = {"luxstore": store_at(sandbox)}
    store: VtexAccount = factories.account("luxstore")
    return Scene(store, sandbox)
