"""How much of a store was looked at: each pair counted once, under the one reason that holds now."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.models import ListState, Snapshot, StockBalance, VtexAccount
from reconciler.sync import coverage
from tests import factories

UNREAD = {"list_read_at": None, "list_tried_at": None}


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


def counted(store: VtexAccount) -> coverage.Coverage:
    return coverage.count(store, timezone.now())


@pytest.mark.parametrize("state", ListState.values)
def test_a_pair_with_nothing_reserved_is_read_with_its_balance(store: VtexAccount, state: str) -> None:
    factories.balance(store, reserved=0, list_state=state, **UNREAD)
    seen = counted(store)
    assert (seen.pairs, seen.read, seen.unread) == (1, 1, {})


@pytest.mark.parametrize("state", ListState.values)
def test_one_that_was_not_read_for_a_day_is_old_whatever_its_list_once_said(
    store: VtexAccount, state: str
) -> None:
    factories.balance(store, reserved=0, list_state=state, read_at=factories.ago(hours=30), **UNREAD)
    assert counted(store).unread == {"stale": 1}


def test_nothing_reserved_and_something_mirrored_still_needs_its_list(store: VtexAccount) -> None:
    factories.held(factories.reservation(store), 1)
    StockBalance.objects.update(reserved=0, list_state=ListState.ERROR, list_read_at=None)
    assert counted(store).unread == {"error": 1}


@pytest.mark.parametrize("state", [state for state in ListState if state != ListState.OK])
def test_a_pair_that_holds_and_was_not_listed_says_why(store: VtexAccount, state: ListState) -> None:
    factories.balance(store, list_state=state, **UNREAD)
    assert counted(store).unread == {state.value: 1}


def test_a_list_read_long_ago_is_old_though_the_balance_is_new(store: VtexAccount) -> None:
    factories.balance(store, "1", list_read_at=factories.ago(hours=30))
    factories.balance(store, "2")
    seen = counted(store)
    assert (seen.pairs, seen.read, seen.unread, seen.percent) == (2, 1, {"stale": 1}, 50.0)


def test_a_pair_that_could_not_be_told_comes_with_the_locks_last_seen_in_it(store: VtexAccount) -> None:
    for _ in range(8):
        factories.held(factories.reservation(store), 1)
    gone = factories.reservation(store)
    factories.held(gone, 1, gone_at=timezone.now())
    factories.held(factories.reservation(store), 1, "other")
    StockBalance.objects.filter(sku_id="0123").update(list_state=ListState.TOO_MANY, reserved=5001)
    (pair,) = counted(store).untold
    assert (pair.sku_id, pair.warehouse_id, pair.state, pair.reserved) == ("0123", "cd_sp", "too_many", 5001)
    assert (len(pair.lock_ids), pair.of_locks) == (5, 8)
    assert gone.lock_id not in pair.lock_ids


def test_of_many_that_could_not_be_told_those_that_hold_most_are_named(store: VtexAccount) -> None:
    for number in range(1, 21):
        factories.balance(store, str(number), reserved=number, list_state=ListState.ERROR, **UNREAD)
    seen = counted(store)
    assert seen.could_not_tell == 20
    assert [pair.reserved for pair in seen.untold] == list(range(20, 10, -1))


def test_it_is_counted_once_a_minute_however_many_look(store: VtexAccount) -> None:
    now = timezone.now()
    factories.balance(store, "1")
    first = coverage.coverage(store, now)
    factories.balance(store, "2")
    with CaptureQueriesContext(connection) as looked:
        again = coverage.coverage(store, now + timedelta(seconds=59))
    assert again == first
    assert len(looked.captured_queries) == 1
    assert coverage.coverage(store, now + timedelta(seconds=60)).pairs == 2


def test_a_store_of_which_nothing_is_known_is_looked_at_each_time(store: VtexAccount) -> None:
    now = timezone.now()
    assert coverage.coverage(store, now).pairs == 0
    factories.balance(store)
    assert coverage.coverage(store, now).pairs == 1


def test_of_those_who_ask_at_once_when_it_is_old_one_counts(store: VtexAccount) -> None:
    now = timezone.now()
    factories.balance(store, "1")
    coverage.coverage(store, now)
    later = now + timedelta(minutes=5)
    Snapshot.objects.update(figures={**Snapshot.objects.get().figures, "read": 77})
    asked_meanwhile: list[int] = []

    def look_too(execute: object, sql: str, *rest: object) -> object:
        if 'COUNT("reconciler_stockbalance"' in sql:
            asked_meanwhile.append(coverage.coverage(store, later).read)
        return execute(sql, *rest)  # type: ignore[operator]

    with connection.execute_wrapper(look_too):
        assert coverage.coverage(store, later).read == 1
    assert set(asked_meanwhile) == {77}


def test_what_is_read_back_is_what_was_counted(store: VtexAccount) -> None:
    factories.held(factories.reservation(store), 1)
    StockBalance.objects.update(list_state=ListState.TOO_MANY)
    now = timezone.now()
    assert coverage.coverage(store, now) == coverage.coverage(store, now) == coverage.count(store, now)
