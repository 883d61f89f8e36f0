"""Pairs: balance, list, balance again, and what may be concluded from them (design section 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import time_machine
from django.utils import timezone

from reconciler.models import (
    Attempt,
    ListState,
    Reservation,
    ReservationItem,
    StockBalance,
    StockChange,
    Verb,
    VtexAccount,
)
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import fetch, stock
from reconciler.sync.connection import client_for
from reconciler.vtex import VtexClient, errors
from tests.conftest import store_at
from tests.sync import mirror

Pair = Callable[..., list[str]]
CONFIRMED = {"state": "confirmed", "quantity": 2}
HANDLED = {"state": "acknowledged", "quantity": 3}


def read(store: VtexAccount, client: VtexClient, **more: Any) -> stock.PairRead:
    return stock.read_pair(store, client, "9000", "1_1", **more)


def test_a_pair_is_mirrored_with_what_holds_it(store: VtexAccount, client: VtexClient, pair: Pair) -> None:
    confirmed, handled = pair(CONFIRMED, HANDLED)
    result = read(store, client)
    assert result.ok
    assert result.bracketed
    balance = StockBalance.objects.get()
    assert (balance.total, balance.reserved, balance.listed_units, balance.mismatch_units) == (10, 5, 5, 0)
    items = {item.reservation.lock_id: item for item in result.items}
    assert (items[confirmed].quantity, items[confirmed].acknowledged_at) == (2, None)
    assert items[handled].quantity == 3
    assert items[handled].acknowledged_at is not None


def test_reading_a_pair_again_changes_nothing(store: VtexAccount, client: VtexClient, pair: Pair) -> None:
    pair(CONFIRMED, HANDLED)
    read(store, client)
    before = mirror.content(store)
    read(store, client)
    assert mirror.content(store) == before
    assert not StockChange.objects.exists()


def test_what_vtex_no_longer_lists_is_gone_with_the_time_and_not_deleted(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    confirmed, handled = pair(CONFIRMED, HANDLED)
    read(store, client)
    sandbox.control.count("9000", "1_1", 7)
    result = read(store, client)
    gone = ReservationItem.objects.get(reservation__lock_id=handled)
    assert gone.gone_at == result.read_at
    assert gone.gone_attempt is None, "nobody of ours explains it: changed outside"
    assert Reservation.objects.get(lock_id=handled).gone_at == result.read_at
    assert Reservation.objects.get(lock_id=confirmed).gone_at is None
    change = StockChange.objects.get()
    assert (change.total_before, change.total_after, change.attempt) == (10, 7, None)


def attempt(store: VtexAccount, verb: Verb, subject: str) -> Attempt:
    return Attempt.objects.create(
        account=store,
        verb=verb,
        subject=subject,
        token_digest=subject,
        actor="support",
        created_at=timezone.now(),
        send_started_at=timezone.now(),
    )


def test_what_our_own_count_released_carries_the_attempt(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    _, handled = pair(CONFIRMED, HANDLED)
    read(store, client)
    ours = attempt(store, Verb.COUNT, "9000@1_1")
    sandbox.control.count("9000", "1_1", 7)
    read(store, client, attempt=ours)
    assert ReservationItem.objects.get(reservation__lock_id=handled).gone_attempt == ours
    assert StockChange.objects.get().attempt == ours


def test_a_cancel_of_ours_explains_its_own_lock_only(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    mine, other = pair(CONFIRMED, HANDLED)
    read(store, client)
    ours = attempt(store, Verb.CANCEL, mine)
    client.cancel_reservation(mine)
    sandbox.control.count("9000", "1_1", 7)
    read(store, client, attempt=ours)
    explained = ReservationItem.objects.filter(gone_attempt=ours)
    assert [item.reservation.lock_id for item in explained] == [mine]
    assert ReservationItem.objects.get(reservation__lock_id=other).gone_at is not None


def test_a_lock_that_is_listed_again_is_no_longer_gone(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    (lock,) = pair(CONFIRMED)
    read(store, client)
    ReservationItem.objects.update(gone_at=timezone.now())
    Reservation.objects.update(gone_at=timezone.now())
    read(store, client)
    assert ReservationItem.objects.get(reservation__lock_id=lock).gone_at is None
    assert Reservation.objects.get(lock_id=lock).gone_at is None


def test_an_older_read_never_overwrites_a_newer_one(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    pair(CONFIRMED, HANDLED)
    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        older = fetch.sku(client, "9000", ["1_1"])
    sandbox.control.count("9000", "1_1", 7)
    read(store, client)
    before = mirror.content(store)
    stock.save(store, older, only={"1_1"})
    assert mirror.content(store) == before


def test_too_many_reservations_is_a_state_of_the_pair_and_not_an_empty_list(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    pair(CONFIRMED, HANDLED)
    read(store, client)
    sandbox.control.settings(max_active_reservations=1)
    result = read(store, client)
    assert result.state == ListState.TOO_MANY
    assert not result.ok
    assert ReservationItem.objects.filter(gone_at__isnull=True).count() == 2


@pytest.mark.parametrize(
    ("kind", "state"),
    [("dotnet_error", ListState.ERROR), ("forbidden", ListState.FORBIDDEN), ("login_html", ListState.ERROR)],
)
def test_a_list_that_cannot_be_read_marks_nothing_gone(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer, kind: str, state: ListState
) -> None:
    pair(CONFIRMED)
    read(store, client)
    sandbox.control.fault("list_reservations", kind, always=True)
    assert read(store, client).state == state
    assert StockBalance.objects.get().list_state == state
    assert ReservationItem.objects.filter(gone_at__isnull=True).count() == 1


def test_an_outage_leaves_the_mirror_as_it_was(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    pair(CONFIRMED)
    read(store, client)
    before = mirror.content(store)
    sandbox.control.fault("list_reservations", "rate_limited", always=True)
    with pytest.raises(errors.RateLimited):
        read(store, client)
    assert mirror.content(store) == before


class Moving:
    """A client beside whose list something moves: `totals` are answered one after the other."""

    def __init__(self, client: VtexClient, totals: list[int], *, complete: bool = True) -> None:
        self._client = client
        self._totals = totals
        self._complete = complete

    def get_inventory(self, sku_id: str) -> Any:
        answer = self._client.get_inventory(sku_id)
        row = answer.balance_in("1_1")
        assert row
        total = self._totals.pop(0)
        return msgspec.structs.replace(answer, balances=[msgspec.structs.replace(row, total_quantity=total)])

    def list_all_reservations(self, warehouse_id: str, sku_id: str) -> Any:
        answer = self._client.list_all_reservations(warehouse_id, sku_id)
        return msgspec.structs.replace(answer, items=[], complete=self._complete)


def test_pages_that_shifted_mark_nothing_gone(store: VtexAccount, client: VtexClient, pair: Pair) -> None:
    pair(CONFIRMED)
    read(store, client)
    result = read(store, Moving(client, [10, 10, 10], complete=False))  # type: ignore[arg-type]
    assert result.state == ListState.UNSTABLE
    assert ReservationItem.objects.get().gone_at is None


def test_sums_are_compared_only_when_the_balance_stood_still(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    pair(CONFIRMED)
    result = read(store, Moving(client, [10, 11, 12]))  # type: ignore[arg-type]
    assert result.state == ListState.OK
    assert not result.bracketed
    assert StockBalance.objects.get().bracketed_at is None


def test_a_balance_that_moved_once_is_settled_by_reading_again(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    pair(CONFIRMED)
    assert read(store, Moving(client, [10, 11, 11])).bracketed  # type: ignore[arg-type]


def test_a_difference_keeps_its_time_until_it_changes(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    pair(CONFIRMED, drift=2)
    first = read(store, client)
    second = read(store, client)
    balance = StockBalance.objects.get()
    assert (balance.mismatch_units, balance.mismatch_since) == (2, first.read_at)
    assert balance.bracketed_at == second.read_at
    pair(CONFIRMED, drift=1)
    third = read(store, client)
    balance.refresh_from_db()
    assert (balance.mismatch_units, balance.mismatch_since) == (1, third.read_at)
    pair(CONFIRMED, drift=0)
    read(store, client)
    balance.refresh_from_db()
    assert (balance.mismatch_units, balance.mismatch_since) == (0, None)


def test_only_rows_known_to_hold_count_as_listed_units(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    sandbox.control.switch(U1="acknowledged_status")
    pair(CONFIRMED, HANDLED)
    read(store, client)
    assert StockBalance.objects.get().listed_units == 2
    assert {item.status for item in ReservationItem.objects.all()} == {"Confirmed", "Acknowledged"}


def test_a_pair_that_vtex_has_no_balance_of_is_not_ok(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    pair(CONFIRMED)
    result = stock.read_pair(store, client, "9000", "nowhere")
    assert not result.ok
    assert result.balance is None
    assert not StockBalance.objects.filter(warehouse_id="nowhere").exists()


def test_a_key_without_the_right_is_told_apart(
    store: VtexAccount, pair: Pair, sandbox: SandboxServer, settings: Any
) -> None:
    pair(CONFIRMED)
    sandbox.control.key(app_key="other", app_token="other", denied=["list_reservations"])
    settings.STORES = {"luxstore": store_at(sandbox, app_key="other", app_token="other")}
    with client_for(store) as client:
        assert read(store, client).state == ListState.FORBIDDEN
