"""Orders read because somebody asked: their detail wins, what could not be read is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DataError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.handlers import HANDLERS
from reconciler.models import EventSource, FeedEvent, Finding, Order, OrderItem, VtexAccount, WorkUnit
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import engine, events, order_units, usage
from reconciler.sync.orders import OrderFetch, OrderRead, save_orders
from reconciler.work.handlers import Handler
from reconciler.work.pump import Pump
from tests import factories
from tests.conftest import store_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(sandbox: SandboxServer, quick: Any, db: None) -> VtexAccount:
    quick.STORES = {"luxstore": store_at(sandbox)}
    return factories.account("luxstore")


@pytest.fixture
def orders(sandbox: SandboxServer) -> list[str]:
    """Three orders that are ready for handling."""
    made = [str(sandbox.control.order("1001", "1_1")["order_id"]) for _ in range(3)]
    sandbox.control.advance(hours=1)
    return made


def tell(store: VtexAccount, *order_ids: str, state: str = "handling", at: datetime | None = None) -> None:
    told = [
        SimpleNamespace(
            order_id=order_id, domain="Fulfillment", state=state, last_state="", last_change="",
            current_change=(at or timezone.now() - timedelta(days=1)).isoformat(),
        )
        for order_id in order_ids
    ]  # fmt: skip
    events.store(store, told, EventSource.FEED)


def work(store: VtexAccount) -> None:
    Pump(HANDLERS).run_until_idle(store)


def at_once(store: VtexAccount) -> None:
    """What waits for later is done now."""
    WorkUnit.objects.update(run_after=timezone.now())
    work(store)


def waiting() -> list[str]:
    return sorted(FeedEvent.objects.filter(processed_at=None).values_list("order_id", flat=True))


def mirrored() -> dict[str, str]:
    return dict(Order.objects.values_list("order_id", "status"))


def test_the_detail_wins_over_what_the_event_said(store: VtexAccount, orders: list[str]) -> None:
    tell(store, *orders, state="invoiced")
    work(store)
    assert mirrored() == dict.fromkeys(orders, "ready-for-handling")
    assert waiting() == []
    assert not WorkUnit.objects.exists()


def test_one_order_that_cannot_be_read_keeps_no_other_waiting(
    store: VtexAccount, sandbox: SandboxServer, orders: list[str]
) -> None:
    sandbox.control.fault(f"GET /api/oms/pvt/orders/{orders[1]}", "error_500", always=True)
    tell(store, *orders)
    work(store)
    assert sorted(mirrored()) == [orders[0], orders[2]]
    assert waiting() == [orders[1]]
    unit = WorkUnit.objects.get()
    assert (unit.key, "no usable answer" in unit.error) == (orders[1], True)
    sandbox.control.clear_faults()
    at_once(store)
    assert len(mirrored()) == 3
    assert waiting() == []


@pytest.mark.parametrize("fault", ["rate_limited", "reset_before"])
def test_when_vtex_wants_a_pause_all_orders_wait_and_none_is_forgotten(
    store: VtexAccount, sandbox: SandboxServer, orders: list[str], fault: str
) -> None:
    sandbox.control.fault("get_order", fault, always=True, retry_after=0)
    tell(store, *orders)
    work(store)
    assert waiting() == sorted(orders)
    assert WorkUnit.objects.filter(run_after__gt=timezone.now()).count() == 3
    sandbox.control.clear_faults()
    at_once(store)
    assert waiting() == []


def test_an_order_whose_history_fails_is_kept_and_read_again_a_few_times(
    store: VtexAccount, sandbox: SandboxServer, orders: list[str]
) -> None:
    sandbox.control.fault("get_order_document", "error_500", always=True)
    tell(store, orders[0])
    for tries in range(order_units.HISTORY_TRIES - 1):
        at_once(store)
        assert waiting() == [orders[0]], tries
    assert mirrored() == {orders[0]: "ready-for-handling"}
    at_once(store)
    assert waiting() == []
    assert not WorkUnit.objects.exists()


def test_a_detail_older_than_what_was_just_told_is_read_once_more(
    store: VtexAccount, sandbox: SandboxServer, orders: list[str]
) -> None:
    soon = timezone.now() + timedelta(days=1)
    tell(store, orders[0], at=soon)
    work(store)
    assert waiting() == [orders[0]]
    assert WorkUnit.objects.get().run_after > timezone.now() + timedelta(seconds=2)
    FeedEvent.objects.update(received_at=timezone.now() - order_units.AGAIN)
    at_once(store)
    assert waiting() == []
    assert not WorkUnit.objects.exists()
    assert len(sandbox.control.requests("get_order")) == 2


def test_an_order_that_vtex_does_not_show_yet_is_read_once_more(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    tell(store, "v1-01")
    work(store)
    assert waiting() == ["v1-01"]
    FeedEvent.objects.update(received_at=timezone.now() - order_units.AGAIN)
    at_once(store)
    assert waiting() == []
    assert mirrored() == {}


@pytest.mark.parametrize("order_id", ["..", "a/b?c#d", "%2e", "ação 1"])
def test_an_odd_order_id_does_no_harm(
    store: VtexAccount, sandbox: SandboxServer, orders: list[str], order_id: str
) -> None:
    tell(store, order_id, orders[0])
    work(store)
    assert mirrored() == {orders[0]: "ready-for-handling"}
    assert orders[0] not in waiting()


@pytest.mark.django_db(transaction=True)
def test_several_lanes_do_different_orders_of_one_store_at_the_same_time(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    made = [str(sandbox.control.order("1001", "1_1")["order_id"]) for _ in range(30)]
    tell(store, *made)
    pump = Pump({events.ORDER: Handler(events.ORDER, 5, order_units.run)})
    pump.run_until_idle(store, lanes=3)
    assert sorted(mirrored()) == sorted(made)
    assert len(sandbox.control.requests("get_order")) == len(made)


def test_from_an_event_to_the_finding_the_number_of_queries_does_not_depend_on_the_tables(
    store: VtexAccount, pair: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage.counter, "flush", lambda **more: None)  # every ten seconds
    lock = {"state": "confirmed", "order_status": "invoiced", "quantity": 2, "left": 2}
    pair(lock, lock)
    engine.run_due(store)
    assert Finding.objects.open().count() == 2
    first, second = Finding.objects.open().values_list("order__order_id", flat=True).order_by("pk")

    def queries(order_id: str) -> list[str]:
        tell(store, order_id, state="invoiced")
        with CaptureQueriesContext(connection) as seen:
            work(store)
        return [each["sql"].split(" ")[0] for each in seen]

    few = queries(first)
    rows = Order.objects.bulk_create(
        Order(account=store, order_id=f"v{n}-01", status="invoiced", first_seen_at=timezone.now())
        for n in range(3000)
    )
    OrderItem.objects.bulk_create(
        OrderItem(order=order, index=0, sku_id="9000", quantity=1, lock_id=f"00-{order.order_id}")
        for order in rows
    )
    FeedEvent.objects.bulk_create(
        FeedEvent(
            account=store, digest=f"{n}", source="feed", order_id=f"v{n}-01", received_at=timezone.now()
        )
        for n in range(3000)
    )
    for order in rows[:300]:
        factories.finding(store, of=order)
    assert queries(second) == few


def test_orders_told_together_are_saved_together(
    store: VtexAccount, orders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage.counter, "flush", lambda **more: None)  # every ten seconds

    def queries(*order_ids: str) -> int:
        tell(store, *order_ids)
        with CaptureQueriesContext(connection) as seen:
            work(store)
        return len(seen)

    one = queries(orders[0])
    assert mirrored().keys() == {orders[0]}
    assert queries(*orders[1:]) <= one + 2  # savepoints
    assert len(mirrored()) == 3


def test_a_value_that_no_mirror_can_keep_spoils_no_other_order(
    store: VtexAccount, orders: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(account: VtexAccount, fetched: list[OrderFetch]) -> list[OrderRead]:
        if any(each.seen_id == orders[1] for each in fetched):
            raise DataError("out of range")
        return save_orders(account, fetched)

    monkeypatch.setattr(order_units, "save_orders", picky)
    tell(store, *orders)
    work(store)
    assert mirrored().keys() == {orders[0], orders[2]}
    assert waiting() == [orders[1]]
    assert "no mirror can keep" in WorkUnit.objects.get().error
