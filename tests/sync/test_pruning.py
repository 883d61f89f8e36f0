"""What need not be remembered for good is forgotten by the schedule: old events, and runs of the sync."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from reconciler.handlers import HANDLERS, TICKS
from reconciler.models import FeedEvent, SyncKind, SyncRun, VtexAccount
from reconciler.sync import forgetting, pruning
from reconciler.work import ticks
from reconciler.work.pump import Pump
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def ran(store: VtexAccount, kind: SyncKind, days: float, *, ended: bool = True) -> SyncRun:
    began = NOW - timedelta(days=days)
    end: datetime | None = began if ended else None
    return SyncRun.objects.create(
        account=store, kind=kind, started_at=began, heartbeat_at=began, finished_at=end
    )


def test_runs_of_the_last_days_stay_and_the_last_of_each_kind_and_what_still_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forgetting, "SLICE", 2)
    store, other = factories.account(), factories.account("second")
    for days in (31, 40, 50, 60, 70):
        ran(store, SyncKind.SWEEP, days)
    last = ran(store, SyncKind.BACKFILL, 90)
    ran(store, SyncKind.BACKFILL, 91)
    stay = [ran(store, SyncKind.SWEEP, 29), ran(store, SyncKind.SWEEP, 80, ended=False), last]
    stay += [ran(other, SyncKind.SWEEP, 99), ran(other, SyncKind.SWEEP, 98)]
    assert pruning.prune_runs(store, NOW) == 6
    assert set(SyncRun.objects.all()) == set(stay)
    assert pruning.prune_runs(store, NOW) == 0


def test_a_first_time_goes_as_far_as_its_steps_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "SLICE", 2)
    monkeypatch.setattr(forgetting, "MOST_SLICES", 2)
    store = factories.account()
    runs = [ran(store, SyncKind.DUE, 40 + number) for number in range(7)]
    assert pruning.prune_runs(store, NOW) == 4
    assert set(SyncRun.objects.all()) == set(runs[:3]), "the oldest first"
    assert pruning.prune_runs(store, NOW) == 2
    assert SyncRun.objects.get() == runs[0]


def test_the_schedule_sees_to_it() -> None:
    store = factories.account()
    ticks.fire([each for each in TICKS if each.name == pruning.UNIT], [store], timezone.now())
    FeedEvent.objects.create(
        account=store, digest="a", source="feed", order_id="v1",
        received_at=factories.ago(days=40), processed_at=factories.ago(days=40),
    )  # fmt: skip
    young = [ran(store, SyncKind.DUE, days) for days in (40, 1)][1]
    Pump(HANDLERS).run_until_idle(store)
    assert not FeedEvent.objects.exists()
    assert SyncRun.objects.get() == young
