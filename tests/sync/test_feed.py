"""The feed: kept, committed, read; only ours, and nothing lost whatever VTEX does with it (F4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from reconciler.handlers import HANDLERS, TICKS
from reconciler.models import (
    EventSource,
    FeedConfig,
    FeedEvent,
    Order,
    OrderStatusEvent,
    Tick,
    VtexAccount,
    WorkUnit,
)
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import events, feed, feed_key
from reconciler.sync.feed_config import FEED, VISIBILITY_SECONDS
from reconciler.work import ticks, units
from reconciler.work.pump import Pump
from tests.conftest import store_at
from tests.sample import SEED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("feed_key")]


def tick(store: VtexAccount) -> None:
    """What a worker does in one turn: the schedule, then all that is ready."""
    Tick.objects.all().delete()
    ticks.fire([each for each in TICKS if each.name == feed.UNIT], [store], timezone.now())
    Pump(HANDLERS).run_until_idle(store)


def buy(sandbox: SandboxServer, hours: float = 0) -> str:
    order_id = str(sandbox.control.order("1001", "1_1")["order_id"])
    if hours:
        sandbox.control.advance(hours=hours)
    return order_id


def statuses(sandbox: SandboxServer) -> dict[str, str]:
    return {row["id"]: row["status"] for row in sandbox.control.orders()}


def mirrored() -> dict[str, str]:
    return dict(Order.objects.values_list("order_id", "status"))


def test_a_change_at_vtex_reaches_the_mirror_and_the_queue_is_empty(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    tick(store)
    order_id = buy(sandbox, hours=1)
    tick(store)
    assert mirrored() == {order_id: "ready-for-handling"}
    assert FEED.look(store, feed_key.client_of(store)).quantity == 0
    assert events.lag(store).waiting == 0
    told = OrderStatusEvent.objects.filter(source="feed").values_list("instance", "step")
    assert ("Fulfillment", "ready-for-handling") in set(told)
    assert not WorkUnit.objects.exists()


def test_more_than_a_batch_is_read_in_one_run_and_each_order_once(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    tick(store)
    made = {buy(sandbox) for _ in range(6)}
    sandbox.control.advance(hours=1)
    sandbox.control.clear_requests()
    tick(store)
    assert set(mirrored()) == made
    assert FeedEvent.objects.count() > 2 * len(made)
    assert len(sandbox.control.requests("get_order")) == len(made)


def test_after_a_storm_of_mixed_up_doubled_and_lost_events_the_mirror_is_as_vtex(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    tick(store)
    sandbox.control.settings(feed_shuffles=1, feed_doubles=0.5, feed_holds_back=0.3)
    sandbox.control.fault("commit_feed", "error_500", probability=0.4, always=True, seed=SEED)
    sandbox.control.fault("read_feed", "reset_mid_body", probability=0.3, always=True, seed=SEED)
    sandbox.control.fault("get_order", "error_500", probability=0.2, always=True, seed=SEED)
    for fate in ("normal", "canceled_waiting", "unpaid", "normal", "flapping", "replaced") * 3:
        sandbox.control.order("1001", "1_1", fate=fate)
        sandbox.control.advance(hours=7)
        tick(store)
    for _ in range(40):
        sandbox.control.advance(seconds=VISIBILITY_SECONDS + 1)
        WorkUnit.objects.update(run_after=timezone.now())
        tick(store)
    sandbox.control.clear_faults()
    sandbox.control.settings(feed_holds_back=0)
    sandbox.control.advance(seconds=VISIBILITY_SECONDS + 1)
    WorkUnit.objects.update(run_after=timezone.now())
    tick(store)
    assert mirrored() == statuses(sandbox)
    assert not WorkUnit.objects.exists()
    assert events.lag(store).waiting == 0
    assert FEED.look(store, feed_key.client_of(store)).quantity == 0


@pytest.mark.parametrize("position", ["ignored", "refused"])
def test_a_batch_whose_handles_ended_comes_back_and_is_known(
    store: VtexAccount, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch, position: str
) -> None:
    sandbox.control.switch(U14=position)
    tick(store)
    buy(sandbox, hours=1)
    keep = events.store

    def slowly(*args: Any) -> int:
        new = keep(*args)
        sandbox.control.advance(seconds=VISIBILITY_SECONDS + 1)
        return new

    with monkeypatch.context() as patched:
        patched.setattr(events, "store", slowly)
        patched.setattr(feed, "LONGEST_RUN", 1)
        tick(store)
    kept = FeedEvent.objects.count()
    assert kept
    assert mirrored() == statuses(sandbox), "read though nothing could be committed"
    sandbox.control.clear_requests()
    tick(store)
    assert FeedEvent.objects.count() == kept
    assert not sandbox.control.requests("get_order"), "told again is not read again"
    assert FEED.look(store, feed_key.client_of(store)).quantity == 0


def test_nothing_is_committed_before_it_is_kept(
    store: VtexAccount, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tick(store)
    buy(sandbox, hours=1)

    def broken(*args: Any) -> int:
        raise OperationalError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(events, "store", broken)
        tick(store)
    assert not sandbox.control.requests("commit_feed")
    sandbox.control.advance(seconds=VISIBILITY_SECONDS + 1)
    WorkUnit.objects.update(run_after=timezone.now())
    tick(store)
    assert mirrored() == statuses(sandbox)


def test_without_a_feed_key_no_feed_is_looked_at(
    store: VtexAccount, sandbox: SandboxServer, settings: Any
) -> None:
    settings.STORES = {"luxstore": store_at(sandbox)}
    tick(store)
    assert not Tick.objects.exists()
    assert not sandbox.control.requests()
    events.store(store, [], EventSource.FEED)
    units.want(store, feed.UNIT, [feed.UNIT], priority=2)
    Pump(HANDLERS).run_until_idle(store)
    assert not sandbox.control.requests()


def test_a_feed_that_vtex_has_trouble_with_waits_and_says_why(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    tick(store)
    buy(sandbox, hours=1)
    sandbox.control.fault("read_feed", "error_503", always=True)
    tick(store)
    tick(store)
    assert len(sandbox.control.requests("read_feed")) == 2, "one before, and one that failed"
    unit = WorkUnit.objects.get()
    assert (unit.kind, unit.run_after > timezone.now()) == ("feed", True)
    assert "no usable answer" in unit.error
    assert FeedConfig.objects.get().error == unit.error
    sandbox.control.clear_faults()
    WorkUnit.objects.update(run_after=timezone.now())
    tick(store)
    assert mirrored() == statuses(sandbox)


def test_events_brought_by_hook_and_feed_are_read_once(store: VtexAccount, sandbox: SandboxServer) -> None:
    tick(store)
    buy(sandbox, hours=1)
    with feed_key.client_of(store) as client:
        told = client.read_feed()
    assert events.store(store, told, EventSource.HOOK) == len(told)
    Pump(HANDLERS).run_until_idle(store)
    sandbox.control.clear_requests()
    sandbox.control.advance(seconds=VISIBILITY_SECONDS + 1)
    tick(store)
    assert not sandbox.control.requests("get_order")
    assert sandbox.control.requests("commit_feed")
    assert set(FeedEvent.objects.values_list("source", flat=True)) == {"hook"}
