"""Events: kept once each, whoever brings them and however often, and never without the read they ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.models import EventSource, FeedConfig, FeedEvent, VtexAccount, WorkUnit
from reconciler.sync import events, forgetting
from reconciler.vtex.limits import Priority
from reconciler.work import units
from tests import factories

pytestmark = pytest.mark.django_db
NOON = "2026-11-20T12:00:00.1234567Z"


@dataclass(frozen=True)
class Told:
    order_id: str = "v1-01"
    domain: str = "Fulfillment"
    state: str = "handling"
    last_state: str = "ready-for-handling"
    last_change: str = "2026-11-20T11:00:00Z"
    current_change: str = NOON


@pytest.fixture
def account(db: None) -> VtexAccount:
    return factories.account("luxstore")


def store(account: VtexAccount, *told: Told, source: EventSource = EventSource.FEED) -> int:
    return events.store(account, told, source)


def wanted() -> list[tuple[str, str, int]]:
    return sorted(WorkUnit.objects.values_list("kind", "key", "priority"))


def test_an_event_is_kept_and_asks_for_its_order(account: VtexAccount) -> None:
    assert store(account, Told()) == 1
    event = FeedEvent.objects.get()
    assert (event.order_id, event.domain, event.state) == ("v1-01", "Fulfillment", "handling")
    assert (event.last_state, event.source) == ("ready-for-handling", "feed")
    assert event.changed_at == datetime(2026, 11, 20, 12, 0, 0, 123456, UTC)
    assert wanted() == [("order", "v1-01", Priority.FEED)]


def test_a_change_told_again_by_whomever_is_kept_once_and_asks_for_nothing(account: VtexAccount) -> None:
    store(account, Told(), Told())
    units.finish(units.claim(limit=5))
    same = Told(last_state="", current_change="2026-11-20T09:00:00.1234567-03:00")
    assert store(account, same, source=EventSource.HOOK) == 0
    assert [event.source for event in FeedEvent.objects.all()] == ["feed"]
    assert wanted() == []


@pytest.mark.parametrize(
    "other",
    [
        Told(order_id="v1-02"),
        Told(state="invoiced"),
        Told(domain="Marketplace"),
        Told(current_change="2026-11-20T12:00:01Z"),
    ],
    ids=["order", "state", "domain", "time"],
)
def test_what_differs_is_another_change(account: VtexAccount, other: Told) -> None:
    store(account, Told())
    assert store(account, other) == 1


def test_two_stores_do_not_share_events(account: VtexAccount) -> None:
    store(account, Told())
    assert store(factories.account("other"), Told()) == 1


def test_without_a_time_two_changes_look_alike_so_each_is_read(account: VtexAccount) -> None:
    undated = Told(last_change="", current_change="")
    store(account, undated)
    events.settle(FeedEvent.objects.all(), timezone.now())
    units.finish(units.claim(limit=5))
    assert store(account, undated) == 0
    assert wanted() == [("order", "v1-01", Priority.FEED)]
    assert list(events.waiting(account, ["v1-01"])) == ["v1-01"]


@pytest.mark.parametrize("order_id", ["", "v" * 201, "v1\0", "v1\ud800"], ids=["none", "long", "nul", "half"])
def test_what_names_no_order_is_left_out_and_keeps_no_other_from_being_kept(
    account: VtexAccount, order_id: str
) -> None:
    assert store(account, Told(order_id=order_id), Told()) == 1
    assert [event.order_id for event in FeedEvent.objects.all()] == ["v1-01"]


def test_whatever_stands_in_an_event_can_be_kept(account: VtexAccount) -> None:
    odd = "\0\ud800" + "x" * 5000
    assert store(account, Told("v1", odd, odd, odd, "yesterday", odd), Told("v2", "", "", "", "", "")) == 2
    assert {len(event.state) for event in FeedEvent.objects.all()} == {0, 100}
    assert list(FeedEvent.objects.values_list("changed_at", flat=True)) == [None, None]


def statements(account: VtexAccount, told: list[Told]) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        events.store(account, told, EventSource.FEED)
    return [each["sql"].split(" ")[0] for each in seen]


def test_a_batch_takes_as_many_statements_as_one_however_much_is_kept(account: VtexAccount) -> None:
    one = statements(account, [Told("one")])
    store(account, *(Told(f"v{number}", state=state) for number in range(200) for state in ("a", "b")))
    assert statements(account, [Told(f"w{number}") for number in range(10)]) == one


def test_neither_event_nor_wish_stays_when_the_other_cannot_be_written(
    account: VtexAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(units, "want", broken)
    with pytest.raises(RuntimeError):
        store(account, Told())
    assert not FeedEvent.objects.exists()


def test_only_events_that_were_seen_before_the_read_are_settled_by_it(account: VtexAccount) -> None:
    store(account, Told())
    seen = events.waiting(account, ["v1-01", "v2-01"])
    store(account, Told(state="invoiced"))
    events.settle(seen["v1-01"], timezone.now())
    assert [event.state for event in events.waiting(account, ["v1-01"])["v1-01"]] == ["invoiced"]


def test_only_what_was_dealt_with_is_forgotten_and_only_when_it_is_old(
    account: VtexAccount, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "SLICE", 2)
    settings.FEED_KEEP_DAYS = 3
    now = timezone.now()
    store(account, *(Told(f"old-{number}") for number in range(5)), Told("waits"))
    FeedEvent.objects.update(received_at=now - timedelta(days=4))
    store(account, Told("young"))
    events.settle(FeedEvent.objects.exclude(order_id="waits"), now)
    assert events.prune(account, now) == 5
    assert sorted(event.order_id for event in FeedEvent.objects.all()) == ["waits", "young"]


def test_the_lag_is_that_of_the_oldest_change_here_or_in_the_queue(account: VtexAccount) -> None:
    now = timezone.now()
    assert events.lag(account, now).seconds(now) == 0
    store(account, Told())
    FeedEvent.objects.update(received_at=now - timedelta(seconds=30))
    assert events.lag(account, now).seconds(now) == 30
    assert events.lag(account, now).lately == {"feed": 1}
    feed = FeedConfig.objects.create(
        account=account, kind=EventSource.FEED, state=FeedConfig.State.OURS,
        quantity=7, oldest_seconds=60, seen_at=now - timedelta(seconds=10),
    )  # fmt: skip
    told = events.lag(account, now)
    assert (told.waiting, told.queued, told.seconds(now)) == (1, 7, 70)
    feed.read_at = now
    feed.save()
    assert events.lag(account, now).seconds(now) == 30, "read to its end since VTEX told of it"
