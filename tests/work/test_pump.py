"""The pump: what is ready gets done, what fails waits and keeps nothing else from being done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from reconciler.models import VtexAccount, WorkUnit
from reconciler.work import units
from reconciler.work.batch import wait
from reconciler.work.counts import failing
from reconciler.work.handlers import Handler, Hold, PutBack, by_kind
from reconciler.work.pump import Pump
from tests import factories

Run = Callable[[VtexAccount, list[WorkUnit]], None]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def account(db: None) -> VtexAccount:
    return factories.account("luxstore")


def pump(run: Run, batch: int = 5, **options: Any) -> Pump:
    return Pump(by_kind([Handler("order", batch, run)]), **options)


def keys(batch: list[WorkUnit]) -> list[str]:
    return [unit.key for unit in batch]


def left() -> list[str]:
    return sorted(WorkUnit.objects.values_list("key", flat=True))


def test_all_that_is_ready_is_done_in_batches(account: VtexAccount) -> None:
    units.want(account, "order", "abcdefg", priority=3)
    batches: list[list[str]] = []
    pump(lambda store, batch: batches.append(keys(batch))).run_until_idle()
    assert batches == [list("abcde"), list("fg")]
    assert left() == []


def test_what_work_brings_forth_is_done_too(account: VtexAccount) -> None:
    done: list[str] = []

    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        done.extend(keys(batch))
        if len(done) < 4:
            units.want(store, "order", [f"after {batch[0].key}"], priority=3)

    units.want(account, "order", ["a"], priority=3)
    pump(run).run_until_idle()
    assert len(done) == 4


def test_one_store_can_be_done_alone(account: VtexAccount) -> None:
    units.want(account, "order", ["a"], priority=3)
    units.want(factories.account("other"), "order", ["b"], priority=3)
    pump(lambda store, batch: None).run_until_idle(account)
    assert left() == ["b"]


def test_only_what_the_handler_names_is_put_back(account: VtexAccount) -> None:
    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        raise PutBack(MINUTE, "VTEX is slow", [unit for unit in batch if unit.key == "b"])

    units.want(account, "order", "abc", priority=3)
    pump(run).run_until_idle()
    assert left() == ["b"]
    assert failing(account)[0].error == "VTEX is slow"
    assert units.claim(limit=1, now=timezone.now() + MINUTE)


def test_a_paused_store_waits_as_a_whole(account: VtexAccount) -> None:
    until = timezone.now() + MINUTE
    calls: list[int] = []

    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        calls.append(len(batch))
        raise Hold(until, "VTEX asked to slow down")

    units.want(account, "order", map(str, range(20)), priority=3)
    pump(run).run_until_idle()
    assert calls == [5]
    assert len(left()) == 20
    assert units.claim(limit=1, now=until - timedelta(seconds=1)) == []
    assert len(units.claim(limit=30, now=until + timedelta(seconds=1))) == 20


def test_a_bad_unit_waits_with_its_error_and_the_rest_of_its_batch_is_done(account: VtexAccount) -> None:
    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        if "c" in keys(batch):
            raise LookupError("no such thing")

    units.want(account, "order", "abcde", priority=3)
    pump(run).run_until_idle()
    assert left() == ["c"]
    bad = failing(account)[0]
    assert (bad.error, bad.attempts) == ("LookupError: no such thing", 1)
    assert bad.run_after > timezone.now()


def test_a_unit_that_goes_on_failing_is_tried_less_and_less_up_to_once_an_hour() -> None:
    spans = [wait(attempts).total_seconds() for attempts in range(1, 60)]
    assert spans[0] <= 2
    assert spans[4] > 60
    assert 0.7 * 3600 < spans[-1] <= 3600


def test_what_the_database_refused_is_put_back_and_said(account: VtexAccount) -> None:
    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        raise OperationalError("deadlock detected")

    units.want(account, "order", "ab", priority=3)
    pump(run).run_until_idle()
    assert left() == ["a", "b"]
    assert failing(account)[0].error == "OperationalError: deadlock detected"


@pytest.mark.django_db(transaction=True)
def test_lanes_work_at_once_and_stop_when_what_they_hold_is_done(
    transactional_db: None, settings: Any
) -> None:
    account = factories.account("luxstore")
    both, go_on = [Event(), Event()], Event()

    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        both[int(batch[0].key)].set()
        assert go_on.wait(10)

    units.want(account, "order", "01", priority=3)
    at_work = pump(run, batch=1, lanes=3)
    at_work.start()
    assert all(each.wait(10) for each in both)
    go_on.set()
    at_work.stop()
    assert left() == []


@pytest.mark.django_db(transaction=True)
def test_an_event_does_not_wait_behind_a_sweep(transactional_db: None) -> None:
    account = factories.account("luxstore")
    sweeping, seen, go_on = Event(), Event(), Event()

    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        if batch[0].key == "event":
            seen.set()
        else:
            sweeping.set()
            assert go_on.wait(10)

    units.want(account, "order", "0123456789", priority=4)
    at_work = pump(run, batch=1, lanes=2)
    at_work.start()
    assert sweeping.wait(10)
    units.want(account, "order", ["event"], priority=2)
    at_work.nudge()
    assert seen.wait(10)
    go_on.set()
    at_work.stop()


@pytest.mark.django_db(transaction=True)
def test_what_takes_too_long_at_the_end_is_given_back(transactional_db: None) -> None:
    account = factories.account("luxstore")
    started, go_on = Event(), Event()

    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        started.set()
        assert go_on.wait(10)

    units.want(account, "order", ["a"], priority=0)
    at_work = pump(run, lanes=1)
    at_work.start()
    assert started.wait(10)
    threads = list(at_work._threads)
    at_work.stop(patience=0)
    assert keys(units.claim(limit=1)) == ["a"]
    go_on.set()
    threads[0].join(10)
    assert left() == ["a"], "the late one changes nothing"


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_renewed_while_the_work_goes_on(transactional_db: None, settings: Any) -> None:
    settings.WORK_LEASE_SECONDS = 0.3
    account = factories.account("luxstore")
    renewed = Event()

    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        for _ in range(200):
            if WorkUnit.objects.get().lease_until > batch[0].lease_until:
                renewed.set()
                return
            renewed.wait(0.02)

    units.want(account, "order", ["a"], priority=3)
    pump(run).run_until_idle()
    assert renewed.is_set()
    assert left() == []


@pytest.mark.django_db(transaction=True)
def test_several_lanes_leave_nothing_that_one_of_them_brings_forth(transactional_db: None) -> None:
    account = factories.account("luxstore")
    done: list[str] = []

    def run(store: VtexAccount, batch: list[WorkUnit]) -> None:
        done.extend(keys(batch))
        more = [f"{unit.key}{letter}" for unit in batch for letter in "ab" if len(unit.key) < 4]
        units.want(store, "order", more, priority=3)

    units.want(account, "order", ["-"], priority=3)
    pump(run, batch=2).run_until_idle(lanes=3)
    assert len(done) == len(set(done)) == 1 + 2 + 4 + 8
    assert left() == []
