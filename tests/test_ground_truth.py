"""The product's findings against what the sandbox knows to be true (design sections 6 and 10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from reconciler.models import Finding, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sandbox.switches import POSITIONS
from reconciler.sync import engine
from tests import factories, truth
from tests.conftest import store_at

FLIPS = [(name, position) for name, positions in POSITIONS.items() for position in positions[1:]]
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
BETWEEN_READS = timedelta(minutes=11)

Opened = tuple[VtexAccount, SandboxServer]
Open = Callable[..., Opened]


@pytest.fixture
def open_store(start_sandbox: Callable[..., SandboxServer], settings: Any, db: None) -> Open:
    """A store whose VTEX is a new sandbox with these options; its clock stands still."""

    def start(**options: Any) -> Opened:
        sandbox = start_sandbox(clock=NOW.isoformat(), **options)
        settings.STORES = {"luxstore": store_at(sandbox)}
        return factories.account("luxstore"), sandbox

    return start


def read(account: VtexAccount, sandbox: SandboxServer) -> None:
    """One sync, by the sandbox's clock."""
    with time_machine.travel(datetime.fromisoformat(sandbox.control.clock()["now"][:19] + "+00:00")):
        engine.run_due(account)


def read_twice(account: VtexAccount, sandbox: SandboxServer) -> None:
    """A first sync, and another some minutes later: a difference is believed when it was seen twice."""
    read(account, sandbox)
    later(account, sandbox)


def later(account: VtexAccount, sandbox: SandboxServer) -> None:
    sandbox.control.advance(seconds=BETWEEN_READS.total_seconds())
    read(account, sandbox)


def test_every_stuck_reservation_of_the_demo_is_found_with_its_cause_and_nothing_else(
    open_store: Open,
) -> None:
    account, sandbox = open_store(scenario="demo")
    read_twice(account, sandbox)
    entries = sandbox.control.truth()
    causes = {each["cause"] for each in entries if each["cause"]}
    assert causes >= truth.STUCK, "the scenario must hold every cause"
    assert truth.wrong(account, sandbox) == []
    assert truth.missed(account, sandbox) == []
    assert truth.kept_back(entries, truth.untold(account)) == []


@pytest.mark.parametrize("seed", [2, 3])
def test_another_seed_is_told_as_well(open_store: Open, seed: int) -> None:
    account, sandbox = open_store(scenario="small", seed=seed)
    read_twice(account, sandbox)
    assert truth.wrong(account, sandbox) == []
    assert truth.missed(account, sandbox) == []


@pytest.mark.parametrize(("switch", "position"), FLIPS)
def test_over_every_flip_of_an_unknown_the_verdict_is_right_or_could_not_tell(
    open_store: Open, switch: str, position: str
) -> None:
    account, sandbox = open_store(scenario="small", switches={switch: position})
    read_twice(account, sandbox)
    assert truth.wrong(account, sandbox) == []
    assert Finding.objects.stuck().exists(), "saying nothing at all would be easy"


def test_a_further_sync_changes_no_verdict(open_store: Open) -> None:
    account, sandbox = open_store(scenario="small")
    read_twice(account, sandbox)
    before = truth.said(account), truth.untold(account)
    later(account, sandbox)
    assert (truth.said(account), truth.untold(account)) == before
    assert truth.wrong(account, sandbox) == []
