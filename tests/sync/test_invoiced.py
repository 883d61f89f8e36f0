"""Once a night what was invoiced lately is listed by that date: no invoice stays unseen (F3.4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from reconciler.models import Order, SyncCursor, SyncKind, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import engine, invoiced, spans
from reconciler.sync.connection import client_for
from reconciler.sync.runs import Job


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    server = start_sandbox(scenario="small")
    server.control.clock(freeze=True)
    return server


def run(store: VtexAccount) -> Job:
    with Job(store, SyncKind.INVOICED, client_for(store)) as job:
        invoiced.run(job)
    return job


def missed(store: VtexAccount) -> Order:
    """An order invoiced lately of which the mirror knows nothing but an earlier status."""
    engine.run_due(store)
    lately = Order.objects.filter(status="invoiced", invoiced_at__gte=timezone.now() - timedelta(days=2))
    order = lately.order_by("created_at").first()
    assert order is not None
    Order.objects.filter(pk=order.pk).update(status="handling", listed_status="handling", invoiced_at=None)
    return order


@pytest.mark.parametrize("most", [spans.MOST, 2])
def test_an_invoice_that_nothing_told_of_is_seen_in_the_night(
    store: VtexAccount, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    order = missed(store)
    monkeypatch.setattr(spans, "MOST", most)
    monkeypatch.setattr(spans, "PER_PAGE", min(most, 100))
    sandbox.control.clear_requests()
    job = run(store)
    assert Order.objects.get(pk=order.pk).status == "invoiced"
    assert [each["path"].rpartition("/")[2] for each in sandbox.control.requests("get_order")] == [
        order.order_id
    ], "what the mirror knows rightly is only listed"
    assert job.run.counts["listed"] >= 1


@pytest.mark.parametrize(
    ("zone", "hour"), [("America/Sao_Paulo", 6), ("UTC", 3), ("Asia/Tokyo", 18), ("America/Noronha", 5)]
)
def test_it_is_due_once_a_night_by_the_clock_of_the_store(store: VtexAccount, zone: str, hour: int) -> None:
    store.time_zone = zone
    night = datetime(2026, 3, 2, hour, tzinfo=UTC)
    store.created_at = night - timedelta(hours=2)
    assert not invoiced.is_due(store, night - timedelta(minutes=1))
    assert invoiced.is_due(store, night)
    SyncCursor.objects.create(account=store, kind=SyncKind.INVOICED, completed_at=night)
    assert not invoiced.is_due(store, night + timedelta(hours=23, minutes=59))
    assert invoiced.is_due(store, night + timedelta(hours=24))


def test_the_engine_does_it_in_the_night_and_not_again(store: VtexAccount, sandbox: SandboxServer) -> None:
    engine.run_due(store)
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert "invoiced" in [run.kind for run in engine.run_due(store)]
        assert "invoiced" not in [run.kind for run in engine.run_due(store)]
