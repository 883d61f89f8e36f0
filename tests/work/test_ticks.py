"""The schedule: what falls due is done once, however many workers look."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from reconciler.models import Tick, VtexAccount
from reconciler.work import ticks
from reconciler.work.ticks import Every, take
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_it_is_due_at_once_and_then_once_a_span() -> None:
    account, now = factories.account(), timezone.now()
    assert take("recent", account, HOUR, now)
    assert not take("recent", account, HOUR, now + HOUR / 2)
    assert take("recent", account, HOUR, now + HOUR)
    assert not take("recent", account, HOUR, now + HOUR)


def test_each_store_and_the_installation_have_a_schedule_of_their_own() -> None:
    now = timezone.now()
    for account in (factories.account(), factories.account("other"), None):
        assert take("recent", account, HOUR, now)
        assert not take("recent", account, HOUR, now)


def test_who_looked_before_another_took_it_does_not_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    account, now = factories.account(), timezone.now()
    tick = Tick.objects.create(account=account, name="recent", next_at=now)
    monkeypatch.setattr(type(Tick.objects.all()), "first", lambda rows: tick)
    Tick.objects.update(next_at=now + HOUR)
    assert not take("recent", account, HOUR, now)


def test_what_is_due_runs_for_each_store() -> None:
    stores, now, ran = [factories.account(), factories.account("other")], timezone.now(), []

    def run(account: VtexAccount) -> None:
        ran.append(account.name)

    every = [Every("recent", lambda: HOUR, run)]
    assert ticks.fire(every, stores, now) == 2
    assert ticks.fire(every, stores, now) == 0
    assert ran == ["luxstore", "other"]


def test_one_that_fails_is_tried_again_and_stops_no_other() -> None:
    store, now, ran = factories.account(), timezone.now(), []

    def fails(account: VtexAccount) -> None:
        ran.append("fails")
        raise LookupError

    every = [Every("fails", lambda: HOUR, fails), Every("fine", lambda: HOUR, lambda _: ran.append("fine"))]
    assert ticks.fire(every, [store], now) == 1
    assert ticks.fire(every, [store], now + timedelta(seconds=30)) == 0
    assert ran == ["fails", "fine"]
    ticks.fire(every, [store], now + timedelta(seconds=61))
    assert ran == ["fails", "fine", "fails"]
