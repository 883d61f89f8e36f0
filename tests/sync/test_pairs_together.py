"""Pairs saved together: the same rows as one by one, in a number of statements that does not grow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reconciler.models import ListState, Reservation, ReservationItem, StockBalance, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import fetch, stock
from reconciler.sync.connection import client_for
from reconciler.vtex import VtexClient
from reconciler.vtex.limits import Priority
from tests.sync import mirror

Reads = list[tuple[fetch.SkuRead, None]]


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    server = start_sandbox(scenario="small")
    server.control.clock(freeze=True)
    return server


def read_all(store: VtexAccount, sandbox: SandboxServer) -> Reads:
    """Every SKU with the lists of all its warehouses."""
    with client_for(store, Priority.STAFF) as client:
        return [
            (_read(client, sku_id), None)
            for sku_id in sorted({row["sku"] for row in sandbox.control.shelf()})
        ]


def _read(client: VtexClient, sku_id: str) -> fetch.SkuRead:
    warehouses = [balance.warehouse_id for balance in client.get_inventory(sku_id).balances]
    return fetch.sku(client, sku_id, warehouses)


def statements(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as said:
        work()
    return len(said)


def test_pairs_saved_together_make_the_same_mirror_as_one_by_one(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    found = read_all(store, sandbox)
    done = stock.save_all(store, found)
    together = mirror.content(store)
    for model in (ReservationItem, Reservation, StockBalance):
        model.objects.all().delete()
    for (read, _), reads in zip(found, done, strict=True):
        alone = stock.save(store, read)
        assert [(each.warehouse_id, each.state, each.bracketed, each.lock_ids) for each in alone] == [
            (each.warehouse_id, each.state, each.bracketed, each.lock_ids) for each in reads
        ]
    assert mirror.content(store) == together
    assert together["ReservationItem"]


def test_saving_pairs_again_changes_nothing_and_takes_as_many_statements_as_one(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    found = read_all(store, sandbox)[:20]
    stock.save_all(store, found)
    before = mirror.content(store)
    again = [(replace(read, read_at=read.read_at + timedelta(minutes=1)), None) for read, _ in found]
    holding = max(again, key=lambda each: len(each[0].listings))
    alone = statements(lambda: stock.save_all(store, [holding]))
    later = [(replace(read, read_at=read.read_at + timedelta(minutes=1)), None) for read, _ in again]
    assert statements(lambda: stock.save_all(store, later)) <= 2 * alone, "SQLite splits the long ones"
    assert mirror.content(store) == before


def test_an_older_read_among_new_ones_changes_its_pairs_in_nothing(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    found = read_all(store, sandbox)
    stock.save_all(store, found)
    before = mirror.content(store)
    empty = {warehouse: fetch.Listing(ListState.OK, ()) for warehouse in ("1_1",)}
    late = [
        (replace(read, read_at=read.read_at - timedelta(minutes=1), listings=empty), None)
        for read, _ in found
    ]
    stock.save_all(store, late)
    assert mirror.content(store) == before


def test_a_lock_that_left_one_pair_and_holds_another_is_not_gone(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    found = read_all(store, sandbox)
    stock.save_all(store, found)
    items = ReservationItem.objects.filter(gone_at=None).order_by("pk").select_related("reservation")
    item = next(
        item for item in items if ReservationItem.objects.filter(reservation=item.reservation).count() > 1
    )
    without = [
        (
            replace(
                read,
                read_at=read.read_at + timedelta(minutes=1),
                listings=_without(read, item.warehouse_id) if read.sku_id == item.sku_id else read.listings,
            ),
            None,
        )
        for read, _ in found
    ]
    stock.save_all(store, without)
    item.refresh_from_db()
    item.reservation.refresh_from_db()
    assert item.gone_at is not None
    assert item.reservation.gone_at is None
    alone = Reservation.objects.exclude(gone_at=None).first()
    assert alone is None or not ReservationItem.objects.filter(reservation=alone, gone_at=None).exists()


def _without(read: fetch.SkuRead, warehouse: str) -> dict[str, fetch.Listing]:
    return {**read.listings, warehouse: replace(read.listings[warehouse], rows=())}
