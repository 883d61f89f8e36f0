"""What time does to a store: nights of counts, days without a sync, and a month of each kind of ERP."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from reconciler.models import Finding, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import engine
from tests import factories, truth
from tests.conftest import store_at

DEEP = bool(os.environ.get("DEEP"))
MONTH = timedelta(days=30)
EVERY = timedelta(hours=12 if DEEP else 24)
WITH_BAD_ERP = MONTH if DEEP else timedelta(days=8)
"""What a bad ERP leaves behind makes each sync dearer: the whole month is left to `make deep`."""

Opened = tuple[VtexAccount, SandboxServer]
Open = Callable[..., Opened]


@pytest.fixture
def open_store(start_sandbox: Callable[..., SandboxServer], settings: Any, db: None) -> Open:
    """A store of one kind of ERP, whose clock stands still until `days` moves it."""

    def start(scenario: str, seed: int = 1) -> Opened:
        sandbox = start_sandbox(scenario=scenario, seed=seed, clock=timezone.now().isoformat())
        settings.STORES = {"luxstore": store_at(sandbox)}
        return factories.account("luxstore"), sandbox

    return start


def days(
    sandbox: SandboxServer, span: timedelta, step: timedelta, after: timedelta = timedelta()
) -> Iterator[None]:
    """Moves the sandbox's clock and ours together, one step at a time, from `after` on."""
    began, passed = timezone.now() + after, timedelta()
    while passed < span:
        passed += step
        sandbox.control.advance(seconds=step.total_seconds())
        with time_machine.travel(began + passed):
            yield


def test_thirty_seven_hours_without_a_sync_light_nothing_up_in_a_healthy_store(
    open_store: Open, support: User, signed_in: Callable[[User], Client]
) -> None:
    account, sandbox = open_store("good")
    engine.run_due(account)
    assert account.reservations.filter(gone_at__isnull=True).exists(), "something must be held"
    for _ in days(sandbox, timedelta(hours=37), timedelta(hours=37)):
        assert not Finding.objects.stuck().exists()
        page = signed_in(support).get("/s/luxstore/stuck/")
        assert not page.context["rows"]


@pytest.mark.parametrize("seed", [1, 2, 3] if DEEP else [1])
def test_a_month_with_a_good_erp_never_shows_anything(open_store: Open, seed: int) -> None:
    account, sandbox = open_store("good", seed)
    engine.run_due(account)
    for _ in days(sandbox, MONTH, EVERY):
        engine.run_due(account)
        shown = Finding.objects.confirmed().exclude(cause="could_not_tell")
        assert list(shown.values_list("subject", "cause")) == []


@pytest.mark.parametrize(
    ("scenario", "cause"), [("skips", "handling_skipped"), ("never_counts", "count_not_updated")]
)
def test_time_with_a_bad_erp_shows_what_it_leaves_behind_and_nothing_else(
    open_store: Open, scenario: str, cause: str
) -> None:
    account, sandbox = open_store(scenario)
    engine.run_due(account)
    for _ in days(sandbox, WITH_BAD_ERP, EVERY):
        engine.run_due(account)
        assert truth.wrong(account, sandbox) == []
    # One more read, so that what fell due within the last step is confirmed.
    for _ in days(sandbox, timedelta(hours=1), timedelta(hours=1), after=WITH_BAD_ERP):
        engine.run_due(account)
        assert truth.missed(account, sandbox) == []
    assert Finding.objects.stuck().filter(cause=cause).exists()
