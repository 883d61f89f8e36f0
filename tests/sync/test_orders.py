"""Orders and the locks that their lines prove to be their own (F3.1, F3.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from reconciler.models import Order, OrderItem, OrderLookup, OrderStatusEvent, Reservation, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import lookup, open_orders, orders, reservations, stock
from reconciler.sync.connection import client_for
from reconciler.vtex import VtexClient, errors
from tests.conftest import store_at
from tests.sync import mirror

Pair = Callable[..., list[str]]


def listed(store: VtexAccount, client: VtexClient, lock_id: str) -> Reservation:
    stock.read_pair(store, client, "9000", "1_1")
    return Reservation.objects.get(lock_id=lock_id)


def order_of(sandbox: SandboxServer, lock_id: str) -> str:
    return next(str(each["order_id"]) for each in sandbox.control.truth() if each["lock_id"] == lock_id)


def test_an_order_is_mirrored_with_lines_instances_and_history(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "acknowledged", "quantity": 2})
    order_id = order_of(sandbox, lock)
    read = orders.read_order(store, client, order_id)
    assert read.ok
    order = Order.objects.get()
    assert (order.order_id, order.status) == (order_id, "invoiced")
    line = order.items.get()
    assert (line.sku_id, line.quantity, line.lock_id) == ("9000", 2, lock)
    assert line.deliveries[0]["warehouse"] == "1_1"
    steps = order.events.filter(source=OrderStatusEvent.Source.DOCUMENT, instance="Fulfillment")
    assert {"handling", "invoiced"} <= set(steps.values_list("step", flat=True))
    assert order.workflows.get(instance="Fulfillment").current_step == "invoiced"


def test_reading_an_order_again_changes_nothing(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "acknowledged"})
    order_id = order_of(sandbox, lock)
    orders.read_order(store, client, order_id)
    before = mirror.content(store)
    orders.read_order(store, client, order_id)
    assert mirror.content(store) == before


def test_an_older_answer_never_overwrites_a_newer_one(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "confirmed", "order_status": "handling"})
    order_id = order_of(sandbox, lock)
    orders.read_order(store, client, order_id)
    Order.objects.update(status="invoiced", read_at=timezone.now() + timedelta(minutes=1))
    orders.read_order(store, client, order_id)
    assert Order.objects.get().status == "invoiced"


def test_an_unknown_order_is_missing_and_makes_no_row(store: VtexAccount, client: VtexClient) -> None:
    read = orders.read_order(store, client, "v1-01")
    assert (read.ok, read.reason, read.answer) == (False, "missing", "404")
    assert not Order.objects.exists()


def test_an_order_that_becomes_forbidden_keeps_its_row_and_says_so(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "confirmed"})
    order_id = order_of(sandbox, lock)
    orders.read_order(store, client, order_id)
    sandbox.control.fault("get_order", "forbidden", always=True)
    read = orders.read_order(store, client, order_id)
    assert read.reason == "forbidden"
    assert Order.objects.get().unreadable_reason == "forbidden"
    assert Order.objects.get().status == "invoiced"


def test_an_outage_is_an_error_and_changes_nothing(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "confirmed"})
    order_id = order_of(sandbox, lock)
    orders.read_order(store, client, order_id)
    before = mirror.content(store)
    sandbox.control.fault("get_order", "rate_limited", always=True)
    with pytest.raises(errors.RateLimited):
        orders.read_order(store, client, order_id)
    assert mirror.content(store) == before


def test_a_key_that_may_not_read_histories_is_not_asked_for_them_again(
    store: VtexAccount, pair: Pair, sandbox: SandboxServer, settings: Any
) -> None:
    (lock,) = pair({"state": "confirmed"})
    order_id = order_of(sandbox, lock)
    sandbox.control.key(app_key="other", app_token="other", denied=["get_order_document"])
    settings.STORES = {"luxstore": store_at(sandbox, app_key="other", app_token="other")}
    with client_for(store) as client:
        assert orders.read_order(store, client, order_id).ok
        assert orders.read_order(store, client, order_id).ok
    assert len(sandbox.control.requests("get_order_document")) == 1
    assert Order.objects.get().history_read_at is None
    assert set(Order.objects.get().events.values_list("source", flat=True)) == {"detail"}


def test_an_order_whose_history_was_out_of_reach_is_kept_and_read_anew_later(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    first, second = (order_of(sandbox, lock) for lock in pair(*2 * [{"state": "acknowledged"}]))
    orders.read_order(store, client, first)
    sandbox.control.fault("get_order_document", "rate_limited", always=True)
    with pytest.raises(errors.RateLimited):
        orders.read_order(store, client, second)
    assert Order.objects.get(order_id=second).status == "invoiced"
    assert second not in open_orders.due(store, timezone.now())
    assert open_orders.due(store, timezone.now() + timedelta(days=1)) == [second]


def test_a_status_that_changes_adds_a_step_to_the_history(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "acknowledged", "order_status": "handling"})
    order_id = order_of(sandbox, lock)
    orders.read_order(store, client, order_id)
    sandbox.control.invoice(order_id)
    sandbox.control.advance(hours=1)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        orders.read_order(store, client, order_id)
    details = Order.objects.get().events.filter(source="detail")
    assert list(details.values_list("step", flat=True)) == ["handling", "invoiced"]


def test_the_lines_of_an_order_prove_which_locks_are_its_own(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "confirmed"})
    row = listed(store, client, lock)
    assert row.order_lookup == OrderLookup.NOT_LOOKED
    orders.read_order(store, client, order_of(sandbox, lock))
    row.refresh_from_db()
    assert (row.order_lookup, row.superseded) == (OrderLookup.FOUND, False)
    assert row.order == Order.objects.get()


def test_a_lock_finds_its_order(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "confirmed"})
    row = lookup.lookup_order_for_lock(store, client, listed(store, client, lock))
    assert row.order_lookup == OrderLookup.FOUND
    assert row.order_lookup_tried[-1]["answer"] == "200"


def test_a_lock_that_no_order_carries_is_missing_with_all_that_was_tried(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    (lock,) = pair({"state": "confirmed", "no_order": True, "lock_id": "00-v99-01"})
    row = lookup.lookup_order_for_lock(store, client, listed(store, client, lock))
    assert row.order_lookup == OrderLookup.MISSING
    assert row.order_lookup_tried == [
        {"id": "v99-01", "answer": "404"},
        {"id": "00-v99-01", "answer": "404"},
    ]


def test_a_forbidden_order_is_unreadable_and_not_missing(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    (lock,) = pair({"state": "confirmed", "forbidden": True})
    row = lookup.lookup_order_for_lock(store, client, listed(store, client, lock))
    assert (row.order_lookup, row.order_lookup_reason) == (OrderLookup.UNREADABLE, "forbidden")


def test_a_lock_that_its_order_no_longer_carries_is_superseded(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    (lock,) = pair({"state": "confirmed", "superseded": True})
    row = lookup.lookup_order_for_lock(store, client, listed(store, client, lock))
    assert (row.order_lookup, row.superseded) == (OrderLookup.FOUND, True)
    assert lock not in OrderItem.objects.values_list("lock_id", flat=True)


def test_a_lock_is_found_by_the_seller_order_of_a_mirrored_order(store: VtexAccount) -> None:
    Order.objects.create(
        account=store, order_id="v7-01", seller_order_id="SLR-v7-01", first_seen_at=timezone.now()
    )
    assert lookup.candidates(store, "SLR-v7-01") == ["SLR-v7-01", "v7-01"]


def test_a_lock_read_by_id_knows_its_status_and_lines(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "confirmed", "quantity": 2})
    orders.read_order(store, client, order_of(sandbox, lock))
    read = reservations.read_reservation(store, client, lock)
    assert read.ok
    row = Reservation.objects.get()
    assert row.status_code == 2
    assert row.requested == [{"sku": "9000", "warehouse": "1_1", "quantity": 2, "supply_lot": ""}]
    assert row.order == Order.objects.get()


@pytest.mark.parametrize("position", ["missing_404", "missing_null"])
def test_a_lock_that_vtex_does_not_know_is_missing_in_either_shape(
    store: VtexAccount, client: VtexClient, sandbox: SandboxServer, position: str
) -> None:
    sandbox.control.switch(U3=position)
    read = reservations.read_reservation(store, client, "00-v1-01")
    assert (read.missing, read.reservation) == (True, None)


def test_what_sandbox_customers_are_called_never_reaches_the_mirror(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair({"state": "confirmed"})
    orders.read_order(store, client, order_of(sandbox, lock))
    stored = repr(list(Order.objects.values())) + repr(list(OrderItem.objects.values()))
    planted = sandbox.control.canaries()
    assert planted
    assert [text for text in planted if text in stored] == []
