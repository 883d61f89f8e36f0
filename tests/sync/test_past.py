"""The backfill: windows of creation dates, halved while VTEX lists no more (F3.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from reconciler.models import BackfillWindow, Order, SyncKind, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import backfill, recent, spans
from reconciler.sync.connection import client_for
from reconciler.sync.runs import Job
from tests.sync import mirror

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def sandbox(start_sandbox: Any) -> SandboxServer:
    server: SandboxServer = start_sandbox(scenario="small")
    return server


@pytest.fixture
def job(store: VtexAccount) -> Any:
    with Job(store, SyncKind.BACKFILL, client_for(store)) as job:
        yield job


def window(store: VtexAccount, start: datetime, end: datetime) -> BackfillWindow:
    return BackfillWindow.objects.create(account=store, starts_at=start, ends_at=end, completed_at=end)


def test_what_no_window_covers_is_read_newest_first(store: VtexAccount) -> None:
    window(store, NOW - 8 * DAY, NOW - 6 * DAY)
    window(store, NOW - 7 * DAY, NOW - 4 * DAY)
    assert backfill.gaps(store, NOW, 10) == [
        (NOW - 4 * DAY, NOW - spans.INDEX_LAG),
        (NOW - 10 * DAY, NOW - 8 * DAY),
    ]


def test_a_window_inside_another_leaves_no_gap(store: VtexAccount) -> None:
    window(store, NOW - 11 * DAY, NOW)
    window(store, NOW - 8 * DAY, NOW - 6 * DAY)
    assert backfill.gaps(store, NOW, 10) == []


def test_long_gaps_are_cut_from_the_newest_end() -> None:
    pieces = backfill.pieces([(NOW - 12 * DAY, NOW)])
    assert pieces == [
        (NOW - 5 * DAY, NOW),
        (NOW - 10 * DAY, NOW - 5 * DAY),
        (NOW - 12 * DAY, NOW - 10 * DAY),
    ]


def test_every_order_of_the_past_is_read_incomplete_ones_too(job: Job, sandbox: SandboxServer) -> None:
    started = timezone.now()
    backfill.run(job)
    known = {each["order_id"] for each in sandbox.control.truth() if each["order_id"]}
    mirrored = set(Order.objects.exclude(read_at=None).values_list("order_id", flat=True))
    readable = {each["order_id"] for each in sandbox.control.truth() if not each["unreadable"]} & known
    assert readable - mirrored == set()
    assert Order.objects.filter(status="").exists(), "an incomplete order has no status"
    assert backfill.gaps(job.account, started, 59) == []


def test_a_span_with_more_orders_than_vtex_lists_is_halved(
    job: Job, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    backfill.run(job)
    whole = mirror.content(job.account)["Order"]
    for model in (Order, BackfillWindow):
        model.objects.all().delete()
    monkeypatch.setattr(spans, "MOST", 3)
    backfill.run(job)
    assert BackfillWindow.objects.count() > 12
    assert max(BackfillWindow.objects.values_list("orders", flat=True)) <= 6, "three, and three incomplete"
    assert mirror.content(job.account)["Order"] == whole


def test_a_backfill_that_ran_reads_nothing_again(job: Job, sandbox: SandboxServer) -> None:
    backfill.run(job)
    sandbox.control.clear_requests()
    backfill.run(job)
    assert sandbox.control.requests("get_order") == []


def test_new_orders_grow_the_newest_window_instead_of_adding_one(job: Job, sandbox: SandboxServer) -> None:
    now = timezone.now()
    grown = window(job.account, now - timedelta(hours=2), now - timedelta(hours=1))
    recent.run(job)
    grown.refresh_from_db()
    assert BackfillWindow.objects.count() == 1
    assert now - grown.ends_at < timedelta(minutes=15)


def test_the_list_only_says_which_orders_to_read(job: Job, sandbox: SandboxServer) -> None:
    backfill.run(job)
    order = Order.objects.filter(status="invoiced").first()
    assert order is not None
    Order.objects.filter(pk=order.pk).update(status="handling")
    assert order.created_at is not None
    page = spans.Page(spans.Span(order.created_at - DAY, order.created_at + DAY), False, 1)
    assert order.order_id in spans.save_listed(job.account, page.fetch(job.client).rows)
