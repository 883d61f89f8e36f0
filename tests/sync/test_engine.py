"""What runs when, and what happens when VTEX is in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from reconciler.models import Finding, StockBalance, SyncCursor, SyncKind, SyncRun, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import due, engine, permissions, runs, trouble
from reconciler.sync.connection import client_for
from reconciler.vtex import errors
from tests import factories
from tests.conftest import store_at


@pytest.fixture
def sandbox(start_sandbox: Any) -> SandboxServer:
    server: SandboxServer = start_sandbox(scenario="small")
    server.control.clock(freeze=True)
    return server


def kinds(found: list[SyncRun]) -> list[str]:
    return [str(run.kind) for run in found]


def test_a_new_store_is_swept_before_anything_else_and_then_only_what_is_due_is_read(
    store: VtexAccount,
) -> None:
    first = kinds(engine.run_due(store))
    assert first[:3] == ["sweep", "locks", "backfill"]
    assert engine.run_due(store) == []
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert kinds(engine.run_due(store)) == ["recent"]
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        assert kinds(engine.run_due(store))[:3] == ["due", "recent", "open_orders"]
    assert SyncCursor.objects.get(kind=SyncKind.SWEEP).completed_at > timezone.now() + timedelta(hours=12)  # type: ignore[operator]


def test_a_second_full_sync_opens_and_closes_nothing(store: VtexAccount) -> None:
    engine.run_due(store)
    before = set(Finding.objects.values_list("pk", "closed_at"))
    engine.run_due(store, wanted=engine.Wanted(sweep=True, backfill_days=60))
    assert set(Finding.objects.values_list("pk", "closed_at")) == before


def test_a_pair_is_read_again_when_its_finding_falls_due(store: VtexAccount) -> None:
    now = timezone.now()
    lock = factories.reservation(store)
    item = factories.held(lock)
    StockBalance.objects.all().delete()
    factories.balance(store, item.sku_id, item.warehouse_id, list_tried_at=now, list_read_at=now)
    finding = factories.finding(store, on=lock)
    Finding.objects.filter(pk=finding.pk).update(due_at=now + timedelta(minutes=5), confirmed_at=None)
    pair = (item.sku_id, item.warehouse_id)
    assert due.pairs_due(store, now + timedelta(minutes=4)) == []
    assert due.pairs_due(store, now + timedelta(minutes=6)) == [pair]
    Finding.objects.filter(pk=finding.pk).update(due_at=now - timedelta(hours=1), confirmed_at=now)
    assert due.pairs_due(store, now + timedelta(minutes=59)) == []
    assert due.pairs_due(store, now + timedelta(minutes=61)) == [pair]
    Finding.objects.filter(pk=finding.pk).update(closed_at=now)
    assert due.pairs_due(store, now + timedelta(minutes=61)) == []


def test_a_finding_on_units_that_no_list_shows_is_judged_again(store: VtexAccount) -> None:
    """A slow reader wrote it after a newer read had seen its units go."""
    engine.run_due(store)
    lock = factories.reservation(store)
    factories.held(lock)
    lock.items.update(gone_at=timezone.now())
    finding = factories.finding(store, on=lock)
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=1)):
        engine.run_due(store)
    finding.refresh_from_db()
    assert finding.closed_at is not None


def test_a_refused_key_is_one_sentence_and_a_failed_run(
    store: VtexAccount, sandbox: SandboxServer, settings: Any
) -> None:
    settings.STORES = {"luxstore": store_at(sandbox, app_token="wrong")}
    with pytest.raises(CommandError, match=r"refused the key of luxstore \(401\)"):
        call_command("sync")
    run = SyncRun.objects.get()
    assert run.finished_at is not None
    assert "401" in run.error
    assert "wrong" not in run.error


def test_an_unreachable_vtex_is_one_sentence(
    store: VtexAccount, sandbox: SandboxServer, settings: Any
) -> None:
    settings.STORES = {"luxstore": store_at(sandbox, base_url="http://127.0.0.1:1")}
    settings.VTEX_READ_RETRIES = 0
    with pytest.raises(CommandError, match="VTEX cannot be reached for luxstore"):
        call_command("sync")


@pytest.mark.parametrize(
    "kind", ["login_html", "truncated_json", "dotnet_error", "rate_limited", "error_500"]
)
def test_whatever_vtex_answers_to_the_order_list_the_command_ends_in_a_sentence(
    store: VtexAccount, sandbox: SandboxServer, settings: Any, kind: str
) -> None:
    settings.VTEX_READ_RETRIES = 0
    sandbox.control.fault("list_orders", kind, always=True)
    with pytest.raises(CommandError, match="luxstore"):
        call_command("sync")
    assert SyncRun.objects.filter(kind=SyncKind.SWEEP, error="").exists(), "the sweep is not concerned"


def test_a_run_whose_process_died_is_closed_as_interrupted(store: VtexAccount) -> None:
    now = timezone.now()
    dead = SyncRun.objects.create(
        account=store,
        kind=SyncKind.SWEEP,
        started_at=now,
        heartbeat_at=now,
        counts={"process": runs._process().rpartition(":")[0] + ":999999999"},
    )
    away = SyncRun.objects.create(
        account=store,
        kind=SyncKind.SWEEP,
        started_at=now,
        heartbeat_at=now,
        counts={"process": "elsewhere:1"},
    )
    assert runs.close_interrupted(store) == 1
    dead.refresh_from_db()
    assert (dead.error, dead.finished_at is not None) == (runs.INTERRUPTED, True)
    with time_machine.travel(now + timedelta(minutes=6)):
        assert runs.close_interrupted(store) == 1
    away.refresh_from_db()
    assert away.finished_at is not None


def test_one_bad_unit_does_not_stop_the_others_but_many_in_a_row_do(store: VtexAccount) -> None:
    def bad() -> None:
        raise errors.ServerError("down", status=500)

    job = runs.Job(store, SyncKind.SWEEP, client_for(store))
    with job:
        noted = [job.attempt(bad) for _ in range(runs.FAILURES_IN_A_ROW - 1)]
        assert all(noted)
        with pytest.raises(errors.ServerError):
            job.attempt(bad)
    assert job.run.counts["errors"] == {"500": runs.FAILURES_IN_A_ROW}


def test_permissions_are_tried_by_reading_only(store: VtexAccount, sandbox: SandboxServer) -> None:
    sandbox.control.key(app_key="less", app_token="less", denied=["list_orders"])
    given = store_at(sandbox, app_key="less", app_token="less")
    with client_for(store, store=given) as client:
        found = {each.name: each.answer for each in permissions.check(client)}
    assert found["List orders"] == permissions.Answer.REFUSED
    assert found["List reservations"] == permissions.Answer.ALLOWED
    assert found["Cancel reservation"] == permissions.Answer.NOT_TESTED
    assert {request["method"] for request in sandbox.control.requests()} == {"GET"}


def test_a_sentence_never_holds_a_key(store: VtexAccount) -> None:
    said = trouble.sentence("luxstore", errors.NotSent("VTEX asked us to pause (orders)", retry_after=42.4))
    assert said == "Reading luxstore is paused for 42 seconds: VTEX asked us to pause (orders)."


def test_an_answer_that_no_database_can_hold_is_noted_and_passed_over(store: VtexAccount) -> None:
    with runs.Job(store, SyncKind.SWEEP, client_for(store)) as job:
        noted = job.attempt(int, "no number")
    assert isinstance(noted, errors.SuspiciousAnswer)
    assert job.run.error == ""
