"""Findings follow the mirror: opened once, updated in place, closed when the condition is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import (
    BackfillWindow,
    Cause,
    Finding,
    Order,
    OrderLookup,
    Reservation,
    StockBalance,
    VtexAccount,
)
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> VtexAccount:
    return make.account()


def held_order(store: VtexAccount, status: str = "invoiced", sku: str = "0123", **item: Any) -> Reservation:
    bought = make.order(store, status=status)
    make.order_item(bought, sku)
    lock = make.reservation(store, of=bought)
    bracketed(store, sku)
    make.held(lock, sku_id=sku, **item)
    return lock


def bracketed(store: VtexAccount, sku: str = "0123", **fields: Any) -> StockBalance:
    return make.balance(store, sku, bracketed_at=timezone.now(), **fields)


def judged(store: VtexAccount) -> list[tuple[str, str, bool]]:
    rows = Finding.objects.filter(account=store).open().order_by("subject", "cause")
    return [(row.subject, row.cause, row.confirmed_at is not None) for row in rows]


def test_a_stuck_reservation_gets_a_finding_with_all_a_page_shows(store: VtexAccount) -> None:
    lock = held_order(store)

    refresh(store, now=timezone.now())

    finding = Finding.objects.stuck().get()
    assert (finding.subject, finding.cause, finding.remedy) == (
        lock.lock_id,
        "handling_skipped",
        "count_then_cancel",
    )
    assert (finding.reservation, finding.order, finding.balance) == (lock, lock.order, None)
    assert finding.items == [{"sku": "0123", "warehouse": "cd_sp", "quantity": 2}]
    assert (finding.units, finding.value_cents, finding.currency, finding.value_kind) == (
        2,
        19980,
        "BRL",
        "to_check",
    )
    assert finding.since is not None
    assert finding.due_at == finding.since + timedelta(hours=36)
    assert {"order_status", "item_listed"} <= {piece["kind"] for piece in finding.evidence}
    assert {"cause", "kind"} == set(finding.not_causes[0])


def test_a_second_refresh_changes_nothing(store: VtexAccount) -> None:
    held_order(store)
    refresh(store, now=timezone.now())
    before = list(Finding.objects.values())

    refresh(store, now=timezone.now() + timedelta(hours=1))

    assert list(Finding.objects.values()) == before


def test_a_healthy_reservation_gets_none(store: VtexAccount) -> None:
    held_order(store, "payment-approved")

    refresh(store, now=timezone.now())

    assert judged(store) == []


def test_an_item_that_is_gone_closes_its_finding(store: VtexAccount) -> None:
    lock = held_order(store)
    refresh(store, now=timezone.now())
    lock.items.update(gone_at=timezone.now())

    refresh(store, now=timezone.now(), pairs=[("0123", "cd_sp")], lock_ids=[lock.lock_id])

    assert judged(store) == []
    assert Finding.objects.get().closed_at is not None


def test_a_condition_that_comes_back_opens_a_new_finding(store: VtexAccount) -> None:
    lock = held_order(store)
    refresh(store, now=timezone.now())
    lock.items.update(gone_at=timezone.now())
    refresh(store, now=timezone.now())
    lock.items.update(gone_at=None)

    refresh(store, now=timezone.now())

    assert Finding.objects.count() == 2
    assert len(judged(store)) == 1


def test_another_cause_takes_the_place_of_the_first(store: VtexAccount) -> None:
    lock = held_order(store)
    refresh(store, now=timezone.now())
    lock.items.update(acknowledged_at=make.ago(days=13))

    refresh(store, now=timezone.now(), lock_ids=[lock.lock_id])

    assert judged(store) == [(lock.lock_id, Cause.COUNT_NOT_UPDATED, True)]


def test_a_pending_finding_is_confirmed_by_the_first_read_after_it_fell_due(store: VtexAccount) -> None:
    lock = held_order(store)
    early = make.ago(days=11.9)
    StockBalance.objects.update(bracketed_at=early)
    lock.items.update(read_at=early)
    refresh(store, now=timezone.now())
    assert judged(store) == [(lock.lock_id, Cause.HANDLING_SKIPPED, False)]

    late = make.ago(hours=3)
    StockBalance.objects.update(bracketed_at=late)
    lock.items.update(read_at=late)
    refresh(store, now=timezone.now(), pairs=[("0123", "cd_sp")])

    finding = Finding.objects.stuck().get()
    assert finding.confirmed_at == finding.facts_read_at
    assert finding.confirmed_at is not None
    assert abs(finding.confirmed_at - late) < timedelta(seconds=1)


def test_the_time_of_the_first_confirmation_is_kept(store: VtexAccount) -> None:
    lock = held_order(store)
    refresh(store, now=timezone.now())
    first = Finding.objects.get().confirmed_at
    later = timezone.now() + timedelta(hours=1)
    StockBalance.objects.update(bracketed_at=later)
    lock.items.update(read_at=later)

    refresh(store, now=later, lock_ids=[lock.lock_id])

    finding = Finding.objects.get()
    assert (finding.confirmed_at, finding.facts_read_at) == (first, later)


def test_a_read_of_one_order_judges_its_reservation(store: VtexAccount) -> None:
    lock = held_order(store, "payment-approved")
    refresh(store, now=timezone.now())
    Order.objects.update(status="canceled", canceled_at=make.ago(days=5), last_change_at=make.ago(days=5))

    assert lock.order is not None
    refresh(store, now=timezone.now(), order_ids=[lock.order.order_id])

    assert judged(store) == [(lock.lock_id, Cause.ORDER_CANCELED, True)]


def test_a_refresh_leaves_other_reservations_alone(store: VtexAccount) -> None:
    one, other = held_order(store, sku="1"), held_order(store, sku="2")

    refresh(store, now=timezone.now(), lock_ids=[one.lock_id])

    assert [subject for subject, _, _ in judged(store)] == [one.lock_id]
    assert other.findings.count() == 0


def test_another_store_with_the_same_ids_is_left_alone(store: VtexAccount) -> None:
    lock = held_order(store)
    twin = make.account("twin")
    make.reservation(twin, lock.lock_id)
    refresh(store, now=timezone.now())

    refresh(twin, now=timezone.now())

    assert len(judged(store)) == 1
    assert judged(twin) == []


def test_an_order_of_another_store_that_carries_the_same_lock_is_not_its_order(store: VtexAccount) -> None:
    lock = held_order(store)
    foreign = make.order(make.account("twin"), "other-01")
    make.order_item(foreign, lock_id=lock.lock_id)

    refresh(store, now=timezone.now())

    assert judged(store) == [(lock.lock_id, Cause.HANDLING_SKIPPED, True)]


def test_a_list_that_exceeds_reserved_makes_every_item_of_the_pair_doubtful(store: VtexAccount) -> None:
    locks = [held_order(store), held_order(store)]
    refresh(store, now=timezone.now())
    StockBalance.objects.update(mismatch_units=-2)

    refresh(store, now=timezone.now(), pairs=[("0123", "cd_sp")])

    assert judged(store) == [(lock.lock_id, Cause.COULD_NOT_TELL, False) for lock in locks]
    assert Finding.objects.could_not_tell().filter(reason="list_exceeds_reserved").count() == 2


def canceled_by_id(store: VtexAccount, units: int = 2, **fields: Any) -> Reservation:
    bought = make.order(store, status="canceled")
    lock = make.reservation(store, of=bought, status_code=3, canceled_at=make.ago(days=5), **fields)
    make.order_item(bought, lock_id=lock.lock_id)
    lock.requested = [{"sku": "0123", "warehouse": "cd_sp", "quantity": units, "supply_lot": False}]
    lock.save()
    return lock


def test_a_cancel_that_left_its_units_is_found_on_the_lock_and_not_on_the_pair(store: VtexAccount) -> None:
    bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=1))
    lock = canceled_by_id(store)

    refresh(store, now=timezone.now())

    assert judged(store) == [(lock.lock_id, Cause.CANCEL_INCOMPLETE, True)]


def test_a_second_candidate_turns_it_into_a_mismatch_of_the_pair(store: VtexAccount) -> None:
    bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=1))
    canceled_by_id(store)
    refresh(store, now=timezone.now())
    second = canceled_by_id(store)

    refresh(store, now=timezone.now(), lock_ids=[second.lock_id])

    assert judged(store) == [("0123@cd_sp", Cause.BALANCE_MISMATCH, True)]
    assert Finding.objects.also_wrong().get().balance is not None


def test_a_balance_that_had_drifted_before_it_was_sold_is_not_explained_by_a_later_cancel(
    store: VtexAccount,
) -> None:
    bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=30))
    canceled_by_id(store)

    refresh(store, now=timezone.now())

    assert judged(store) == [("0123@cd_sp", Cause.BALANCE_MISMATCH, True)]


def test_a_difference_read_between_the_sale_and_its_cancel_may_be_of_either(store: VtexAccount) -> None:
    bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=10))
    lock = canceled_by_id(store)

    refresh(store, now=timezone.now())

    assert judged(store) == [(lock.lock_id, Cause.COULD_NOT_TELL, False)]
    assert Finding.objects.could_not_tell().get().reason == "difference_older"


def test_a_difference_that_is_gone_closes_the_cancel(store: VtexAccount) -> None:
    balance = bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=1))
    canceled_by_id(store)
    refresh(store, now=timezone.now())
    balance.mismatch_units = 0
    balance.save()

    refresh(store, now=timezone.now(), pairs=[("0123", "cd_sp")])

    assert judged(store) == []


def test_a_lock_that_was_acknowledged_may_have_been_cleared_by_a_count(store: VtexAccount) -> None:
    bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=1))
    lock = canceled_by_id(store)
    make.held(lock, acknowledged_at=make.ago(days=6), gone_at=make.ago(days=5))

    refresh(store, now=timezone.now())

    assert Finding.objects.open().get().reason == "cancel_not_proven"


def test_a_lock_listed_elsewhere_that_asked_for_the_pair_may_explain_it(store: VtexAccount) -> None:
    bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=1))
    lock = held_order(store, "payment-approved", sku="229")
    lock.requested = [
        {"sku": sku, "warehouse": "cd_sp", "quantity": 2, "supply_lot": False} for sku in ("0123", "229")
    ]
    lock.save()

    refresh(store, now=timezone.now())

    assert Finding.objects.open().get().reason == "unlisted_elsewhere"


def test_once_seen_there_and_gone_it_explains_nothing(store: VtexAccount) -> None:
    bracketed(store, mismatch_units=2, mismatch_since=make.ago(days=1))
    lock = held_order(store, "payment-approved", sku="229")
    lock.requested = [{"sku": "0123", "warehouse": "cd_sp", "quantity": 2, "supply_lot": False}]
    lock.save()
    make.held(lock, gone_at=make.ago(days=2))

    refresh(store, now=timezone.now())

    assert judged(store) == [("0123@cd_sp", Cause.BALANCE_MISMATCH, True)]


@pytest.mark.parametrize(("exceeding", "reason"), [(3, "lists_show_cleared"), (2, None)])
def test_where_lists_show_what_counts_cleared_a_sum_may_agree_by_chance(
    store: VtexAccount, exceeding: int, reason: str | None
) -> None:
    phantom = canceled_by_id(store)
    masked = held_order(store, acknowledged_at=make.ago(days=13))
    for number in range(exceeding):
        held_order(store, sku=f"exceeding {number}", acknowledged_at=make.ago(days=13))
    StockBalance.objects.filter(sku_id__startswith="exceeding").update(mismatch_units=-2)

    refresh(store, now=timezone.now())

    untold = dict(Finding.objects.could_not_tell().values_list("subject", "reason"))
    assert (untold.get(masked.lock_id), untold.get(phantom.lock_id)) == (reason, reason)


def orderless(store: VtexAccount) -> Reservation:
    tried = [{"id": "00-gone-01", "answer": "404"}, {"id": "gone-01", "answer": "404"}]
    lock = make.reservation(
        store,
        "00-gone-01",
        order_lookup=OrderLookup.MISSING,
        order_lookup_at=timezone.now(),
        order_lookup_tried=tried,
    )
    bracketed(store)
    make.held(lock)
    return lock


def window(store: VtexAccount, start: float, end: float, completed: bool = True) -> None:
    now = timezone.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    BackfillWindow.objects.create(
        account=store,
        starts_at=today - timedelta(days=start),
        ends_at=today - timedelta(days=end),
        completed_at=now if completed else None,
    )


def test_a_lock_without_an_order_is_missing_once_its_days_are_backfilled(store: VtexAccount) -> None:
    lock = orderless(store)
    window(store, 40, 20)
    window(store, 20, 10)

    refresh(store, now=timezone.now())

    assert judged(store) == [(lock.lock_id, Cause.ORDER_MISSING, True)]


@pytest.mark.parametrize("completed", [True, False])
def test_a_lock_of_days_that_are_not_backfilled_is_not_missing(store: VtexAccount, completed: bool) -> None:
    orderless(store)
    window(store, 40, 19 if completed else 10, completed)

    refresh(store, now=timezone.now())

    assert Finding.objects.open().get().reason == "outside_backfill"


def test_a_listed_order_of_its_days_that_was_never_read_may_be_its_own(store: VtexAccount) -> None:
    orderless(store)
    window(store, 40, 10)
    make.order(store, read_at=None, created_at=make.ago(days=19))

    refresh(store, now=timezone.now())

    assert Finding.objects.open().get().reason == "lookup_incomplete"


def test_a_mirrored_order_of_the_sellers_number_is_not_missing(store: VtexAccount) -> None:
    orderless(store)
    window(store, 40, 10)
    bought = make.order(store, seller_order_id="00-gone-01")
    make.order_item(bought, lock_id="")

    refresh(store, now=timezone.now())

    assert Finding.objects.open().get().reason == "unlinked"


def test_the_order_of_its_name_with_another_lock_supersedes_it(store: VtexAccount) -> None:
    orderless(store)
    bought = make.order(store, "gone-01")
    make.order_item(bought, lock_id="second")

    refresh(store, now=timezone.now())

    finding = Finding.objects.stuck().get()
    assert (finding.cause, finding.order) == (Cause.LOCK_SUPERSEDED, bought)


def test_two_orders_that_carry_one_lock_contradict_each_other(store: VtexAccount) -> None:
    lock = held_order(store)
    make.order_item(make.order(store), lock_id=lock.lock_id)

    refresh(store, now=timezone.now())

    assert Finding.objects.open().get().reason == "conflicting"


def test_an_open_order_that_may_no_longer_be_read_tells_nothing(store: VtexAccount) -> None:
    held_order(store, "payment-approved")
    Order.objects.update(unreadable_reason="forbidden")

    refresh(store, now=timezone.now())

    assert Finding.objects.open().get().reason == "forbidden"


def test_a_final_status_that_was_read_stays_true(store: VtexAccount) -> None:
    lock = held_order(store)
    Order.objects.update(unreadable_reason="error")

    refresh(store, now=timezone.now())

    assert judged(store) == [(lock.lock_id, Cause.HANDLING_SKIPPED, True)]


def test_a_hanging_order_whose_lock_was_never_mirrored_is_found_by_its_line(store: VtexAccount) -> None:
    bought = make.order(store, status="start-handling")
    make.order_item(bought)

    refresh(store, now=timezone.now())

    finding = Finding.objects.also_wrong().get()
    assert (finding.cause, finding.subject, finding.reservation, finding.order) == (
        Cause.WORKFLOW_STUCK, f"00-{bought.order_id}", None, bought,
    )  # fmt: skip
    assert finding.items == []


def test_a_supply_lot_is_left_out(store: VtexAccount) -> None:
    lock = held_order(store)
    lock.requested = [{"sku": "0123", "warehouse": "cd_sp", "quantity": 2, "supply_lot": True}]
    lock.save()

    refresh(store, now=timezone.now())

    assert judged(store) == []


def test_the_price_of_another_order_serves_where_its_own_is_missing(store: VtexAccount) -> None:
    make.order_item(make.order(store), "0123", price_cents=500)
    orderless(store)
    window(store, 40, 10)

    refresh(store, now=timezone.now())

    assert Finding.objects.get(cause=Cause.ORDER_MISSING).value_cents == 1000


def test_ids_of_any_letters_have_a_subject(store: VtexAccount) -> None:
    for sku, warehouse in [("é/1", "CD SP"), ("é" * 100, "C")]:
        balance = make.balance(store, sku, warehouse, bracketed_at=timezone.now(), mismatch_units=1)
        balance.mismatch_since = make.ago(days=1)
        balance.save()

    refresh(store, now=timezone.now())
    refresh(store, now=timezone.now())

    subjects = Finding.objects.open().values_list("subject", flat=True)
    assert sorted(subjects) == [f"balance {balance.pk}", "~C3~A9~2F1@CD~20SP"]


def test_the_number_of_queries_does_not_grow_with_the_locks(
    store: VtexAccount, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        held_order(store, sku=str(number))
    refresh(store, now=timezone.now())

    with django_assert_max_num_queries(45):
        refresh(store, now=timezone.now())
