"""Orders saved together: the same rows as one by one, in a number of statements that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reconciler.models import Order, OrderLookup, OrderStatusEvent, Reservation, Sku, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import orders, stock
from reconciler.sync.orders import OrderFetch
from reconciler.vtex import VtexClient, errors
from tests.sync import mirror

Pair = Callable[..., list[str]]
STATES: list[dict[str, Any]] = [
    {"state": "confirmed"},
    {"state": "acknowledged", "quantity": 2},
    {"state": "confirmed", "order_status": "handling"},
    {"state": "confirmed", "order_status": "canceled"},
    {"state": "confirmed", "superseded": True},
    {"state": "confirmed", "order_status": "ready-for-handling"},
]


@pytest.fixture
def fetched(store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer) -> list[OrderFetch]:
    """Six orders of one pair, whose locks the mirror has listed."""
    pair(*STATES, total=20)
    stock.read_pair(store, client, "9000", "1_1", diagnosed=False)
    ids = sorted({str(each["order_id"]) for each in sandbox.control.truth() if each["order_id"]})
    found = [orders.fetch_order(client, asked) for asked in orders.asked(store, ids)]
    assert len([each for each in found if each.seen]) == len(STATES)
    return found


def test_orders_saved_together_make_the_same_mirror_as_one_by_one(
    store: VtexAccount, fetched: list[OrderFetch]
) -> None:
    reads = orders.save_orders(store, fetched)
    together = mirror.content(store)
    assert Reservation.objects.filter(order_lookup=OrderLookup.FOUND, superseded=True).exists()
    Order.objects.all().delete()
    Sku.objects.update(name="", ref_id="", ean="")
    Reservation.objects.update(order_lookup=OrderLookup.NOT_LOOKED, superseded=False)
    assert [orders.save_order(store, each) for each in fetched] == [
        replace(read, order=Order.objects.get(order_id=read.order.order_id)) for read in reads if read.order
    ]
    assert mirror.content(store) == together


def test_saving_orders_again_changes_nothing(store: VtexAccount, fetched: list[OrderFetch]) -> None:
    orders.save_orders(store, fetched)
    before = mirror.content(store)
    assert {read.lock_ids for read in orders.save_orders(store, fetched)} == {frozenset()}
    assert mirror.content(store) == before


def test_six_orders_take_as_many_statements_as_one(store: VtexAccount, fetched: list[OrderFetch]) -> None:
    def statements(some: list[OrderFetch]) -> int:
        with CaptureQueriesContext(connection) as said:
            orders.save_orders(store, some)
        return len(said)

    most = 22
    assert statements(fetched[:1]) <= most
    assert statements(fetched) <= most
    assert statements(fetched) <= most


def test_of_two_reads_of_one_order_the_newer_wins_in_either_order(
    store: VtexAccount, fetched: list[OrderFetch]
) -> None:
    newer = next(each for each in fetched if each.seen and each.seen.status == "handling")
    older = replace(newer, read_at=newer.read_at - timedelta(minutes=5), seen=_in_status(newer, "invoiced"))
    for some in ([older, newer], [newer, older]):
        Order.objects.all().delete()
        reads = orders.save_orders(store, some)
        assert Order.objects.get().status == "handling"
        assert [read.answer for read in reads] == ["200", "200"]
        assert all(read.order == Order.objects.get() for read in reads)


def test_an_older_read_among_new_ones_changes_its_order_in_nothing(
    store: VtexAccount, fetched: list[OrderFetch]
) -> None:
    orders.save_orders(store, fetched)
    before = mirror.content(store)
    late = [
        replace(
            each, read_at=each.read_at - timedelta(hours=1), history=None, seen=_in_status(each, "replaced")
        )
        for each in fetched
    ]
    orders.save_orders(store, late)
    assert mirror.content(store) == before
    assert not OrderStatusEvent.objects.filter(step="replaced").exists()


def test_a_refused_order_among_the_others_keeps_its_row_and_says_so(
    store: VtexAccount, fetched: list[OrderFetch]
) -> None:
    orders.save_orders(store, fetched)
    refused = replace(fetched[0], seen=None, history=None, error=errors.Forbidden("no", status=403))
    unknown = replace(refused, order_id="v0-01", error=errors.NotFound("no", status=404))
    reads = orders.save_orders(store, [fetched[1], refused, unknown, fetched[2]])
    assert [read.reason for read in reads] == ["", "forbidden", "missing", ""]
    assert reads[2].order is None
    assert list(Order.objects.exclude(unreadable_reason="").values_list("order_id", flat=True)) == [
        fetched[0].order_id
    ]


def _in_status(fetched: OrderFetch, status: str) -> Any:
    assert fetched.seen
    return msgspec.structs.replace(fetched.seen, status=status)
