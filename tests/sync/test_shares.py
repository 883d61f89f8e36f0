"""Sweep and backfill as units that any worker may do: the same mirror, nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reconciler.handlers import HANDLERS
from reconciler.models import (
    BackfillWindow,
    Cause,
    Finding,
    Order,
    Sku,
    SyncCursor,
    SyncKind,
    VtexAccount,
    WorkUnit,
)
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import engine, handlers, shares, sweep
from reconciler.work import units
from reconciler.work.claims import LEAST
from reconciler.work.pump import Pump
from tests import factories
from tests.conftest import store_at
from tests.sync import mirror


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    server = start_sandbox(scenario="small")
    server.control.clock(freeze=True)
    return server


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "SKUS", 5)


def plan(store: VtexAccount) -> list[str]:
    return [str(run.kind) for run in engine.run_due(store, shared=True)]


def work(store: VtexAccount) -> None:
    Pump(HANDLERS, lanes=1).run_until_idle(store)


def waiting(kind: str) -> list[WorkUnit]:
    return list(WorkUnit.objects.filter(kind=kind).order_by("pk"))


def claimed(kind: str) -> WorkUnit:
    (unit,) = units.claim(limit=1, kinds=[kind])
    return unit


@pytest.mark.usefixtures("small_units")
def test_workers_that_share_a_store_make_the_mirror_that_one_makes_alone(
    store: VtexAccount, sandbox: SandboxServer, settings: Any
) -> None:
    units.want(store, shares.SYNC, [shares.SYNC], priority=3)
    work(store)
    units.want(store, shares.SYNC, [shares.SYNC], priority=3)
    work(store)
    shared = mirror.content(store)
    asked = [each["path"] for each in sandbox.control.requests("get_order")]
    assert len(asked) == len(set(asked)), "no order is read twice"
    settings.STORES |= {"alone": store_at(sandbox, name="alone")}
    alone = factories.account("alone")
    engine.run_due(alone)
    assert mirror.content(alone) == shared
    assert shared["Finding"]


@pytest.mark.usefixtures("small_units")
def test_a_new_store_is_swept_first_the_suspicious_skus_in_front_and_in_as_few_units_as_are_needed(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    assert plan(store) == ["sweep"]
    assert plan(store) == [], "nothing is asked for twice, and nothing else is done before"
    found = waiting(shares.SWEEP)
    assert len(found) == -(-Sku.objects.count() // 5)
    cursor = SyncCursor.objects.get(kind=SyncKind.SWEEP)
    assert [sku for unit in found for sku in unit.payload["skus"]] == sweep._unread(store, cursor)
    work(store)
    cursor.refresh_from_db()
    assert (cursor.started_at, bool(cursor.completed_at)) == (None, True)
    assert not waiting(shares.SWEEP)


@pytest.mark.usefixtures("small_units")
def test_a_range_whose_worker_was_killed_is_gone_on_with_where_it_ended(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    plan(store)
    unit = claimed(shares.SWEEP)
    Sku.objects.filter(sku_id__in=unit.payload["skus"][:3]).update(swept_at=timezone.now())
    sandbox.control.clear_requests()
    handlers._sweep(store, [unit])
    read = {str(each["path"]).rpartition("/")[2] for each in sandbox.control.requests("get_inventory")}
    assert read == set(unit.payload["skus"][3:])


@pytest.mark.usefixtures("small_units")
def test_a_worker_that_lost_its_lease_neither_ends_the_unit_nor_the_pass(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    plan(store)
    for unit in waiting(shares.SWEEP)[1:]:
        unit.delete()
    late = claimed(shares.SWEEP)
    WorkUnit.objects.filter(pk=late.pk).update(fence=late.fence + 1)
    shares.finish_range(store, late)
    assert waiting(shares.SWEEP)
    assert SyncCursor.objects.get(kind=SyncKind.SWEEP).started_at is not None


def test_a_unit_of_a_pass_that_is_over_reads_nothing(store: VtexAccount, sandbox: SandboxServer) -> None:
    plan(store)
    unit = claimed(shares.SWEEP)
    began = timezone.now() + timedelta(hours=1)
    SyncCursor.objects.filter(kind=SyncKind.SWEEP).update(started_at=began)
    sandbox.control.clear_requests()
    handlers._sweep(store, [unit])
    assert sandbox.control.requests() == []
    assert SyncCursor.objects.get(kind=SyncKind.SWEEP).started_at == began


def test_the_newest_window_of_the_past_is_read_first_and_none_is_asked_for_twice(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    plan(store)
    work(store)
    WorkUnit.objects.all().delete()
    Order.objects.all().delete()
    BackfillWindow.objects.all().delete()
    assert "backfill" in plan(store)
    assert "backfill" not in plan(store)
    begins = [unit.payload["from"] for unit in waiting(shares.BACKFILL)]
    assert len(begins) == 12
    assert begins == sorted(begins, reverse=True)
    sandbox.control.clear_requests()
    unit = claimed(shares.BACKFILL)
    assert unit.payload["from"] == begins[0]
    handlers._backfill(store, [unit])
    asked = len(sandbox.control.requests("list_orders"))
    handlers._backfill(store, [unit])
    assert len(sandbox.control.requests("list_orders")) == asked, "what was completed is not listed again"


def test_what_waited_for_a_window_is_judged_also_when_its_worker_was_killed_before_it_could(
    store: VtexAccount,
) -> None:
    plan(store)
    work(store)
    missing = Finding.objects.filter(cause=Cause.ORDER_MISSING, closed_at=None)
    subjects = set(missing.values_list("subject", flat=True))
    assert subjects
    missing.delete()
    now = timezone.now()
    window = {"from": (now - timedelta(days=60)).isoformat(), "to": (now - timedelta(days=1)).isoformat()}
    units.want(store, shares.BACKFILL, ["again"], priority=LEAST, payloads={"again": window})
    work(store)
    assert set(missing.all().values_list("subject", flat=True)) == subjects
