"""The feed: kept, committed, read; only ours, and nothing lost whatever VTEX does with it (F4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from reconciler.handlers import HANDLERS, TICKS
from reconciler.models import FeedConfig, Order, OrderStatusEvent, Tick, VtexAccount, WorkUnit
from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import events, feed, feed_config
from reconciler.work import ticks
from reconciler.work.pump import Pump
from tests import factories
from tests.conftest import store_at

pytestmark = pytest.mark.django_db
State = FeedConfig.State


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    """One in real time, in which an order takes an hour to be ready for handling unless it is advanced."""
    return start_sandbox(scenario="empty")


@pytest.fixture
def store(sandbox: SandboxServer, settings: Any, db: None) -> VtexAccount:
    settings.STORES = {
        "luxstore": store_at(sandbox, feed_app_key=keys.FEED_APP_KEY, feed_app_token=keys.FEED_APP_TOKEN)
    }
    settings.VTEX_READ_RETRIES = 0
    settings.VTEX_PAUSE_SECONDS = 0
    settings.VTEX_BREAKER_FAILURES = 1000
    return factories.account("luxstore")


def tick(store: VtexAccount) -> None:
    """What a worker does in one turn: the schedule, then all that is ready."""
    Tick.objects.all().delete()
    ticks.fire([each for each in TICKS if each.name == feed.FEED], [store], timezone.now())
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
    assert feed_config.look(store, feed_config.client_of(store)).quantity == 0
    assert events.lag(store).waiting == 0
    told = OrderStatusEvent.objects.filter(source="feed").values_list("instance", "step")
    assert ("Fulfillment", "ready-for-handling") in set(told)
    assert not WorkUnit.objects.exists()
