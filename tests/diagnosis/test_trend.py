"""The trend: one small row a day and cause, of the store's own days, and nothing made up for the others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from reconciler.diagnosis import trend
from reconciler.models import STUCK_CAUSES, Cause, Finding, SyncCursor, SyncKind, TrendDay, VtexAccount
from tests import factories as make

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 15, tzinfo=UTC)
"""12:00 in São Paulo."""
DAY = timedelta(days=1)


@pytest.fixture
def new() -> VtexAccount:
    return make.account(time_zone="America/Sao_Paulo")


@pytest.fixture
def store(new: VtexAccount) -> VtexAccount:
    """Counted before."""
    TrendDay.objects.create(
        account=new, day=date(2026, 11, 1), cause=Cause.ORDER_MISSING, counted_at=NOON, finished_at=NOON
    )
    return new


def row(store: VtexAccount, day: date, cause: Cause = Cause.HANDLING_SKIPPED) -> TrendDay:
    return TrendDay.objects.get(account=store, day=day, cause=cause)


def stuck(store: VtexAccount, number: int, confirmed: datetime, closed: datetime | None = None) -> Finding:
    return make.stuck(store, number, confirmed_at=confirmed, closed_at=closed, updated_at=closed or confirmed)


def test_a_day_says_what_is_stuck_and_what_came_and_went(store: VtexAccount) -> None:
    stuck(store, 1, NOON - 5 * DAY)
    stuck(store, 2, NOON)
    stuck(store, 3, NOON - 5 * DAY, closed=NOON)
    make.stuck(store, 4, confirmed_at=None, updated_at=NOON)
    make.stuck(store, 5, confirmed_at=None, closed_at=NOON, updated_at=NOON)

    trend.count(store, NOON)

    today = row(store, NOON.date())
    assert (today.reservations, today.units, today.cents) == (2, 4, {"BRL": 4 * 9990})
    assert (today.opened, today.healed) == (1, 1)


def test_every_stuck_cause_has_a_row_so_that_nothing_differs_from_not_counted(store: VtexAccount) -> None:
    trend.count(store, NOON)

    rows = TrendDay.objects.filter(account=store, day=NOON.date())
    assert {each.cause for each in rows} == set(STUCK_CAUSES)
    assert {(each.day, each.reservations, each.opened) for each in rows} == {(NOON.date(), 0, 0)}


def test_what_is_found_when_counting_begins_did_not_get_stuck_on_that_day(new: VtexAccount) -> None:
    stuck(new, 1, NOON)
    trend.count(new, NOON)
    trend.count(new, NOON + timedelta(hours=1))
    trend.count(new, NOON + DAY)

    first = row(new, NOON.date())
    assert (first.reservations, first.opened) == (1, 0)


def test_two_currencies_are_kept_apart(store: VtexAccount) -> None:
    stuck(store, 1, NOON)
    make.stuck(store, 2, confirmed_at=NOON, updated_at=NOON, currency="USD", value_cents=500)

    trend.count(store, NOON)

    assert row(store, NOON.date()).cents == {"BRL": 2 * 9990, "USD": 500}


def test_a_day_is_a_day_of_the_store_not_of_greenwich(store: VtexAccount) -> None:
    evening = datetime(2026, 11, 21, 1, tzinfo=UTC)
    stuck(store, 1, evening)

    trend.count(store, evening)

    assert row(store, date(2026, 11, 20)).opened == 1
    assert not TrendDay.objects.filter(day=date(2026, 11, 21)).exists()


def test_counting_again_replaces_the_day(store: VtexAccount) -> None:
    found = stuck(store, 1, NOON)
    trend.count(store, NOON)
    Finding.objects.filter(pk=found.pk).update(closed_at=NOON, updated_at=NOON)

    trend.count(store, NOON + timedelta(hours=1))

    assert TrendDay.objects.filter(day=NOON.date()).count() == len(STUCK_CAUSES)
    today = row(store, NOON.date())
    assert (today.reservations, today.opened, today.healed) == (0, 1, 1)


def test_what_came_after_the_last_count_of_a_day_is_added_on_the_next(store: VtexAccount) -> None:
    trend.count(store, NOON)
    stuck(store, 1, NOON + timedelta(hours=8))

    trend.count(store, NOON + DAY)

    yesterday, today = row(store, NOON.date()), row(store, NOON.date() + DAY)
    assert (yesterday.opened, yesterday.reservations) == (1, 0)
    assert (today.opened, today.reservations) == (0, 1)


def test_a_day_on_which_nobody_counted_stays_a_gap(store: VtexAccount) -> None:
    trend.count(store, NOON)
    trend.count(store, NOON + 3 * DAY)

    days = (
        TrendDay.objects.filter(day__gte=NOON.date()).order_by("day").values_list("day", flat=True).distinct()
    )
    assert list(days) == [NOON.date(), NOON.date() + 3 * DAY]


def test_it_is_counted_once_an_hour_and_not_before_the_first_sweep_is_through(store: VtexAccount) -> None:
    assert not trend.keep(store, NOON)
    SyncCursor.objects.create(account=store, kind=SyncKind.SWEEP, completed_at=NOON)

    assert trend.keep(store, NOON)
    assert not trend.keep(store, NOON + timedelta(minutes=59))
    assert trend.keep(store, NOON + timedelta(hours=1))


def test_another_store_is_another_trend(store: VtexAccount) -> None:
    stuck(make.account("other"), 1, NOON)

    trend.count(store, NOON)

    assert row(store, NOON.date()).reservations == 0


def test_one_row_a_day_and_cause(store: VtexAccount) -> None:
    trend.count(store, NOON)
    with pytest.raises(IntegrityError):
        TrendDay.objects.create(account=store, day=NOON.date(), cause=Cause.HANDLING_SKIPPED, counted_at=NOON)


def test_only_a_stuck_cause_has_a_trend(store: VtexAccount) -> None:
    with pytest.raises(IntegrityError):
        TrendDay.objects.create(account=store, day=NOON.date(), cause=Cause.COULD_NOT_TELL, counted_at=NOON)


def test_a_count_asks_the_same_few_queries_whatever_is_stuck(store: VtexAccount) -> None:
    with CaptureQueriesContext(connection) as few:
        trend.count(store, NOON)
    for number in range(1, 8):
        stuck(store, number, NOON)
    with CaptureQueriesContext(connection) as many:
        trend.count(store, NOON)
    assert len(few) == len(many) <= 6
