"""How far backfill and sweep are, and when they may be through: nothing is promised that no row tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.models import BackfillWindow, Order, Sku, SyncCursor, SyncKind, SyncRun, VtexAccount
from reconciler.sync.progress import backfill_progress, sweep_progress
from tests import factories

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account("luxstore")


def window(store: VtexAccount, start: datetime, end: datetime) -> None:
    BackfillWindow.objects.create(account=store, starts_at=start, ends_at=end, completed_at=end)


def run(store: VtexAccount, kind: SyncKind, minutes_ago: float, lasted: float, done: int) -> None:
    began = NOW - timedelta(minutes=minutes_ago)
    SyncRun.objects.create(
        account=store,
        kind=kind,
        started_at=began,
        heartbeat_at=began + timedelta(minutes=lasted),
        done=done,
    )


def orders(store: VtexAccount, count: int, at: datetime) -> None:
    Order.objects.bulk_create(
        Order(account=store, order_id=f"v{n}-01", first_seen_at=at, created_at=at, read_at=at)
        for n in range(count)
    )


def test_before_anything_was_read_no_estimate_is_given(store: VtexAccount) -> None:
    seen = backfill_progress(store, NOW, 60)
    assert (seen.windows_done, seen.windows, seen.is_complete) == (0, 12, False)
    assert (seen.orders, seen.left, seen.seconds) == (0, None, None)
    assert seen.share < 0.001


def test_what_is_left_is_as_dense_as_what_was_read_and_goes_on_at_the_present_pace(
    store: VtexAccount,
) -> None:
    window(store, NOW - 15 * DAY, NOW)
    orders(store, 30, NOW - 2 * DAY)
    run(store, SyncKind.BACKFILL, minutes_ago=4, lasted=2, done=60)
    run(store, SyncKind.BACKFILL, minutes_ago=3, lasted=3, done=60)
    seen = backfill_progress(store, NOW, 60)
    assert (seen.windows_done, seen.windows, seen.share) == (1, 10, 0.25)
    assert (seen.orders, seen.left) == (30, 90)
    assert seen.seconds == pytest.approx(180), "half an order a second, both workers together"


def test_while_nothing_is_read_nothing_is_promised(store: VtexAccount) -> None:
    window(store, NOW - 30 * DAY, NOW)
    orders(store, 30, NOW - 2 * DAY)
    run(store, SyncKind.BACKFILL, minutes_ago=12, lasted=2, done=60)
    seen = backfill_progress(store, NOW, 60)
    assert (seen.left, seen.seconds) == (30, None)


def test_a_backfill_that_is_through_says_so(store: VtexAccount) -> None:
    window(store, NOW - 60 * DAY, NOW - timedelta(minutes=30))
    seen = backfill_progress(store, NOW, 60)
    assert (seen.is_complete, seen.left, seen.seconds) == (True, 0, 0.0)


def test_a_sweep_counts_the_skus_read_since_it_began(store: VtexAccount) -> None:
    assert sweep_progress(store, NOW) is None
    began = NOW - timedelta(minutes=5)
    SyncCursor.objects.create(account=store, kind=SyncKind.SWEEP, started_at=began)
    for number, swept_at in enumerate([None, began - DAY, began + timedelta(minutes=1), NOW]):
        Sku.objects.create(account=store, sku_id=str(number), first_seen_at=began, swept_at=swept_at)
    run(store, SyncKind.SWEEP, minutes_ago=5, lasted=5, done=30)
    seen = sweep_progress(store, NOW)
    assert seen is not None
    assert (seen.started_at, seen.skus_done, seen.skus, seen.share) == (began, 2, 4, 0.5)
    assert seen.seconds == pytest.approx(20)
