"""Changes in VTEX without us: what is called ours, what is kept as outside, and what the audit trail says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.models import (
    Attempt,
    AuditEntry,
    Cause,
    Claim,
    Finding,
    Outcome,
    OutsideChange,
    Reservation,
    ReservationItem,
    State,
    StockBalance,
    StockChange,
    Verb,
    VtexAccount,
)
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import outside_log, stock
from reconciler.vtex import VtexClient
from tests import factories

Pair = Callable[..., list[str]]
CONFIRMED = {"state": "confirmed", "quantity": 2}
HANDLED = {"state": "acknowledged", "quantity": 3}


def read(store: VtexAccount, client: VtexClient, **more: Any) -> stock.PairRead:
    return stock.read_pair(store, client, "9000", "1_1", **more)


def sent(store: VtexAccount, verb: Verb, subject: str, **fields: Any) -> Attempt:
    """An attempt of ours whose write has left and that is still being verified."""
    given = {"state": State.VERIFYING, "outcome": "", "created_at": timezone.now(), "finished_at": None,
             "send_started_at": timezone.now(), **fields}  # fmt: skip
    return factories.attempt(store, verb, subject, **given)


def confirmed(store: VtexAccount, lock_id: str, cause: Cause = Cause.HANDLING_SKIPPED) -> Finding:
    return factories.finding(store, cause, on=Reservation.objects.get(lock_id=lock_id))


def item(lock_id: str) -> ReservationItem:
    return ReservationItem.objects.get(reservation__lock_id=lock_id)


def test_an_ordinary_sale_that_a_count_ends_is_neither_kept_nor_logged(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    pair(CONFIRMED, HANDLED)
    read(store, client)
    factories.finding(store, on=Reservation.objects.get(items__acknowledged_at__isnull=False),
                      cause=Cause.COUNT_NOT_UPDATED, confirmed_at=None)  # fmt: skip
    sandbox.control.count("9000", "1_1", 7)
    read(store, client)
    assert StockChange.objects.get().attempt is None
    assert not OutsideChange.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_reservation_with_a_finding_that_vanishes_without_us_is_kept_and_logged(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair(CONFIRMED)
    before = read(store, client)
    confirmed(store, lock)
    client.cancel_reservation(lock)
    after = read(store, client)
    change = OutsideChange.objects.get()
    assert (change.kind, change.why, change.cause) == ("vanished", "finding", "handling_skipped")
    assert (change.previous_read_at, change.at) == (before.read_at, after.read_at)
    assert (change.reservation.lock_id, change.quantity) == (lock, 2)  # type: ignore[union-attr]
    entry = AuditEntry.objects.get()
    assert entry.sequence == change.audit_sequence
    assert (entry.actor, entry.action, entry.subject, entry.cause) == (
        "system", "outside.vanished", lock, "handling_skipped",
    )  # fmt: skip
    assert '"outcome":""' in entry.body


def test_a_background_read_that_comes_before_our_own_does_not_call_our_cancel_outside(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    (lock,) = pair(CONFIRMED)
    read(store, client)
    confirmed(store, lock)
    ours = sent(store, Verb.CANCEL, lock)
    client.cancel_reservation(lock)
    read(store, client)
    assert item(lock).gone_attempt == ours
    assert not OutsideChange.objects.exists()


def test_a_background_read_does_not_call_our_count_outside_nor_what_it_released(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    _, handled = pair(CONFIRMED, HANDLED)
    read(store, client)
    confirmed(store, handled, Cause.COUNT_NOT_UPDATED)
    stamp = timezone.now().isoformat()
    ours = sent(store, Verb.COUNT, "9000@1_1", sent={"quantity": 7, "at": stamp})
    sandbox.control.count("9000", "1_1", 7)
    read(store, client)
    assert item(handled).gone_attempt == ours
    assert StockChange.objects.get().attempt == ours
    assert not OutsideChange.objects.exists()


def test_another_number_than_we_sent_is_outside_and_told_although_our_count_is_under_way(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    pair(CONFIRMED)
    read(store, client)
    ours = sent(store, Verb.COUNT, "9000@1_1", sent={"quantity": 7, "at": timezone.now().isoformat()})
    Claim.objects.create(account=store, attempt=ours, resource="pair:9000@1_1", claimed_at=timezone.now())
    sandbox.control.count("9000", "1_1", 6)
    read(store, client, attempt=ours)
    change = OutsideChange.objects.get()
    assert (change.kind, change.why, change.attempt) == ("total", "under_way", ours)
    assert (change.total_before, change.total_after) == (10, 6)
    assert AuditEntry.objects.get().attempt_id == ours.pk


def test_what_changes_before_our_write_has_left_is_not_ours(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    (lock,) = pair(CONFIRMED)
    read(store, client)
    ours = sent(store, Verb.CANCEL, lock, send_started_at=None, state=State.REQUESTED)
    Claim.objects.create(account=store, attempt=ours, resource=f"lock:{lock}", claimed_at=timezone.now())
    client.cancel_reservation(lock)
    read(store, client, attempt=ours)
    assert item(lock).gone_attempt is None
    assert OutsideChange.objects.get().why == "under_way"


def test_a_write_that_vtex_refused_explains_nothing(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    _, handled = pair(CONFIRMED, HANDLED)
    read(store, client)
    confirmed(store, handled, Cause.COUNT_NOT_UPDATED)
    stamp = timezone.now().isoformat()
    ended = {"state": State.DONE, "outcome": Outcome.FAILED, "finished_at": timezone.now()}
    sent(store, Verb.COUNT, "9000@1_1", sent={"quantity": 7, "at": stamp}, **ended)
    sandbox.control.count("9000", "1_1", 7)
    read(store, client)
    assert item(handled).gone_attempt is None
    assert StockChange.objects.get().attempt is None
    assert OutsideChange.objects.exists()


def test_what_changes_after_our_action_ended_is_outside_and_still_of_interest(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    pair(CONFIRMED)
    ended = factories.ago(hours=1)
    factories.attempt(store, Verb.COUNT, "9000@1_1", sent={"quantity": 5, "at": ended.isoformat()},
                      send_started_at=ended, finished_at=ended)  # fmt: skip
    read(store, client)
    sandbox.control.count("9000", "1_1", 5)
    read(store, client)
    assert StockChange.objects.get().attempt is None
    assert OutsideChange.objects.get().why == "acted"


def test_counts_of_a_pair_with_a_finding_are_all_kept_and_told_once_a_day(
    store: VtexAccount, client: VtexClient, pair: Pair, sandbox: SandboxServer
) -> None:
    (lock,) = pair(CONFIRMED)
    read(store, client)
    confirmed(store, lock)
    for total in (9, 8, 7):
        sandbox.control.count("9000", "1_1", total)
        read(store, client, diagnosed=False)
    assert OutsideChange.objects.count() == 3
    assert [entry.action for entry in AuditEntry.objects.all()] == ["outside.total"]
    OutsideChange.objects.update(at=F("at") - timedelta(days=2))
    sandbox.control.count("9000", "1_1", 6)
    read(store, client, diagnosed=False)
    newest = AuditEntry.objects.first()
    assert newest is not None
    assert '"total":6' in newest.body
    assert '"changes_not_told_before":2' in newest.body
    assert not OutsideChange.objects.filter(logged_at=None).exists()


def test_many_at_once_are_told_in_turns_and_none_is_lost_or_told_twice(store: VtexAccount) -> None:
    balance = factories.balance(store)
    for _ in range(outside_log.MOST + 5):
        OutsideChange.objects.create(
            account=store, kind="vanished", why="finding", balance=balance, quantity=1,
            reservation=factories.reservation(store), at=timezone.now(),
        )  # fmt: skip
    assert [outside_log.log(store) for _ in range(3)] == [outside_log.MOST, 5, 0]
    subjects = list(AuditEntry.objects.values_list("subject", flat=True))
    assert len(subjects) == len(set(subjects)) == outside_log.MOST + 5


def total(store: VtexAccount, **fields: Any) -> OutsideChange:
    given = {"why": "finding", "total_before": 2, "total_after": 3, "at": timezone.now(), **fields}
    return OutsideChange.objects.create(
        account=store, kind="total", balance=factories.balance(store), **given
    )


def test_while_an_action_is_under_way_each_change_of_a_count_is_told(store: VtexAccount) -> None:
    total(store)
    total(store, why="under_way")
    total(store)
    outside_log.log(store)
    assert AuditEntry.objects.count() == 2


def test_of_two_who_take_up_the_same_change_one_tells_it(store: VtexAccount) -> None:
    row = total(store, why="under_way")
    assert [outside_log._log(store, row) for _ in range(2)] == [True, False]
    assert AuditEntry.objects.count() == 1


def test_a_fact_stays_when_the_reservation_is_listed_again(
    store: VtexAccount, client: VtexClient, pair: Pair
) -> None:
    (lock,) = pair(CONFIRMED)
    read(store, client)
    confirmed(store, lock)
    change = OutsideChange.objects.create(
        account=store, kind="vanished", why="finding", balance=StockBalance.objects.get(), quantity=2,
        reservation=Reservation.objects.get(), at=timezone.now(),
    )  # fmt: skip
    ReservationItem.objects.update(gone_at=timezone.now())
    read(store, client)
    assert item(lock).gone_at is None
    change.refresh_from_db()


def test_what_is_kept_takes_as_many_statements_for_nine_locks_as_for_two(
    store: VtexAccount, client: VtexClient, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside_log, "log", lambda account: 0)
    locks = pair(*([CONFIRMED] * 11), total=50)
    read(store, client)
    for lock in locks:
        confirmed(store, lock)

    def statements(of: list[str]) -> int:
        for lock in of:
            client.cancel_reservation(lock)
        with CaptureQueriesContext(connection) as said:
            read(store, client, diagnosed=False)
        return len(said)

    few, many = statements(locks[:2]), statements(locks[2:])
    assert OutsideChange.objects.count() == 11
    assert many <= few
