"""What every test may lean on: a store in a sandbox, people with roles, a closed network, no silent skips."""

import ipaddress
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation

from inventory_admin.stores import Store
from reconciler.audit import triggers
from reconciler.models import Role, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync.usage import counter
from reconciler.views.remembered import forget_all
from tests import factories, sample
from tests.clock import Clock

ENGINE = "postgresql" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "sqlite"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test of one engine alone is not collected on the other: a skip would be a gap.

    Of a long proof only a sample is, half of it the same every time and half by SAMPLE_SEED.
    """
    other = "sqlite" if ENGINE == "postgresql" else "postgresql"
    left_out = [item for item in items if item.get_closest_marker(other)]
    left_out += sample.left_out([item for item in items if item not in left_out])
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    if report.skipped and os.environ.get("REQUIRE_ALL") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, though REQUIRE_ALL lets nothing be skipped: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    """A test that reaches out of this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> Iterator[None]:
    """Tests with real transactions empty their tables at the end, which the audit trail's triggers refuse."""
    teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def without_triggers(self: TransactionTestCase) -> None:
        triggers.drop(connection)
        try:
            teardown(self)
        finally:
            triggers.create(connection)

    TransactionTestCase._fixture_teardown = without_triggers  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test starts in English."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _fresh_cache(request: pytest.FixtureRequest) -> None:
    """Login limits of one test never count in another with real transactions, where the cache table stays."""
    if "transactional_db" in request.fixturenames or "live_server" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        cache.clear()


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    """What one test asked of VTEX is not written into the database of the next."""
    counter.forget()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a page counted of one test's store is never shown of another's."""
    forget_all()


@pytest.fixture
def start_sandbox() -> Iterator[Callable[..., SandboxServer]]:
    """Starts sandboxes with the options given (scenario, seed, clock, ...); they stop with the test."""
    started: list[SandboxServer] = []

    def start(**options: Any) -> SandboxServer:
        started.append(SandboxServer(**{"scenario": "small", "seed": 1, **options}).__enter__())
        return started[-1]

    yield start
    for server in started:
        server.__exit__(None, None, None)


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    return start_sandbox()


@pytest.fixture
def store(sandbox: SandboxServer, settings: Any, db: None) -> VtexAccount:
    """The account luxstore, whose VTEX is the sandbox; actions are on."""
    settings.STORES = {"luxstore": store_at(sandbox)}
    return factories.account("luxstore")


def store_at(sandbox: SandboxServer, **fields: Any) -> Store:
    known = {
        "name": "luxstore",
        "base_url": sandbox.url,
        "app_key": sandbox.app_key,
        "app_token": sandbox.app_token,
        "requests_per_minute": 600_000,
        "actions": True,
        "time_zone": "America/Sao_Paulo",
    }
    return Store(**{**known, **fields})


@pytest.fixture
def merchant(db: None) -> User:
    return factories.user("merchant", Role.ADMIN, Role.APPROVER)


@pytest.fixture
def support(db: None) -> User:
    return factories.user("support", Role.OPERATOR)


@pytest.fixture
def auditor(db: None) -> User:
    return factories.user("auditor", Role.AUDITOR)


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A browser in which this person has signed in."""

    def sign_in(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def quick(settings: Any) -> Any:
    """Verifies and settles without waiting; no read is retried, no host is left alone for a while."""
    settings.VERIFY_DELAYS = (0.0, 0.0)
    settings.VERIFY_DEADLINE_SECONDS = 0
    settings.SETTLE_EVERY_SECONDS = 0
    settings.VTEX_READ_RETRIES = 0
    settings.VTEX_PAUSE_SECONDS = 0
    settings.VTEX_BREAKER_FAILURES = 1000
    return settings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; skips where it is not installed."""
    path = shutil.which("chromium")
    if not path:
        pytest.skip("Chromium is not installed")
    return path
