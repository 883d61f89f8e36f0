"""What a verdict on a balance, or on a cancel that was not finished, rests on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from reconciler.diagnosis.facts import (
    ListState,
)
from reconciler.diagnosis.verdicts import ValueKind, Verdict

from .builders import (
    LOCK,
    NOW,
    ORDER,
    OTHER_SKU,
    SKU,
    WAREHOUSE,
    ago,
    beyond,
    case,
    item,
    line,
    lock,
    order,
    pair,
    phantom,
    phantom_lock,
)
from .evidence import (
    LISTED,
    PLACE,
    READ,
    Fact,
    misses,
    of_pair,
    only,
    row,
    told,
)


def difference(units: int = 2, reserved: int = 4, sku: str = SKU, at: datetime = READ) -> Fact:
    place = {"sku": sku, "warehouse": WAREHOUSE, "units": units, "reserved": reserved}
    return ("reserved_beyond_list", at, "balance", place)


def test_a_cancel_that_vtex_did_not_finish() -> None:
    half = phantom_lock(by_id_read_at=ago(hours=2))
    verdict = only(case(half, order("canceled"), beyond(2, phantom(), bracketed_at=READ)))

    assert told(verdict) == [
        ("by_id_status", ago(hours=2), "reservation", {"status": 3}), difference(),
        ("in_no_list", READ, "warehouse_list", {}),
    ]  # fmt: skip
    assert misses(verdict) == [
        ("balance_mismatch", "one_candidate_explains_it"),
        ("order_canceled", "not_listed"),
    ]
    assert (verdict.since, verdict.due_at, verdict.read_at) == (ago(5), ago(3) + timedelta(minutes=10), READ)
    assert (verdict.value_kind, verdict.units) == (ValueKind.HELD, 2)
    assert (verdict.lock_id, verdict.order_id, verdict.order_status) == (LOCK, ORDER, "canceled")


def both(**of_the_second: Any) -> Verdict:
    """A half canceled lock over two pairs."""
    asked = phantom()
    asked = replace(asked, quantities=(*asked.quantities, ((OTHER_SKU, WAREHOUSE), 3)))
    second = beyond(3, asked, sku=OTHER_SKU, **of_the_second)
    return only(
        case(
            phantom_lock(line(), line(OTHER_SKU, 3)),
            order("canceled"),
            beyond(2, asked, bracketed_at=READ),
            second,
        )
    )


def test_a_cancel_over_two_pairs_is_as_late_as_the_later_and_as_fresh_as_the_older_read() -> None:
    verdict = both(since=ago(2))

    assert (verdict.since, verdict.due_at, verdict.read_at) == (ago(5), ago(2) + timedelta(minutes=10), READ)
    assert ("in_no_list", READ, "warehouse_list", {}) in told(verdict)
    assert [difference(), difference(3, 5, OTHER_SKU, NOW)] == [
        each for each in told(verdict) if each[0] == "reserved_beyond_list"
    ]


def test_a_cancel_of_no_date_is_since_the_difference() -> None:
    undated = phantom(canceled_at=None)
    verdict = only(case(phantom_lock(canceled_at=None), order("canceled"), beyond(2, undated)))

    assert (verdict.since, verdict.due_at) == (ago(3), ago(1.5))


def test_two_differences_of_a_cancel_of_no_date_are_since_the_later() -> None:
    asked = phantom(canceled_at=None)
    asked = replace(asked, quantities=(*asked.quantities, ((OTHER_SKU, WAREHOUSE), 3)))
    pairs = beyond(2, asked), beyond(3, asked, sku=OTHER_SKU, since=ago(2))
    verdict = only(
        case(phantom_lock(line(), line(OTHER_SKU, 3), canceled_at=None), order("canceled"), *pairs)
    )

    assert (verdict.since, verdict.due_at) == (ago(2), ago(0.5))


def test_a_cancel_that_is_not_proven_keeps_its_facts_and_claims_nothing() -> None:
    verdict = only(case(phantom_lock(), order(), beyond(2, phantom(credible=False))))

    assert (verdict.since, verdict.due_at, verdict.confirmed, verdict.near_misses) == (None, None, False, ())
    assert (verdict.value_kind, verdict.remedy) == (ValueKind.NONE, "manual_review")
    assert [each[0] for each in told(verdict)] == ["by_id_status", "reserved_beyond_list", "in_no_list"]


def test_a_balance_that_does_not_add_up() -> None:
    verdict = of_pair(
        beyond(2, phantom(units=1), phantom("00-x"), phantom("00-y", reserved_at=ago(1)), bracketed_at=READ)
    )

    assert told(verdict) == [difference(), ("candidates", READ, "reservation", {"count": 2})]
    assert misses(verdict) == [("cancel_incomplete", "no_single_candidate")]
    assert (verdict.since, verdict.due_at, verdict.read_at) == (ago(3), ago(3) + timedelta(minutes=10), READ)
    assert (verdict.lock_id, verdict.pair, verdict.units, verdict.value_kind) == (
        None,
        (SKU, WAREHOUSE),
        2,
        ValueKind.TO_CHECK,
    )
    [held] = verdict.items
    assert (held.since, held.due_at, held.read_at, held.confirmed) == (
        verdict.since,
        verdict.due_at,
        READ,
        True,
    )
    assert held.pair == (SKU, WAREHOUSE)


def test_a_difference_whose_beginning_is_not_known_began_when_it_was_read() -> None:
    unknown = replace(beyond(2, bracketed_at=READ), mismatch_since=None)

    assert of_pair(unknown).since == READ


def test_a_balance_below_zero() -> None:
    verdict = of_pair(pair(reserved=-1, mismatch_units=-1, balance_read_at=ago(2), bracketed_at=None))

    assert told(verdict) == [("reserved_negative", ago(2), "balance", {**PLACE, "reserved": -1})]
    assert (verdict.since, verdict.read_at, verdict.units) == (ago(2), ago(2), -1)


def test_a_pair_that_cannot_be_listed() -> None:
    verdict = of_pair(pair(list_state=ListState.ERROR, list_tried_at=ago(hours=2), list_read_at=ago(4)))

    assert told(verdict) == [
        ("list_not_readable", ago(hours=2), "warehouse_list", {**PLACE, "answer": "error"})
    ]
    assert (verdict.read_at, verdict.items, verdict.since, verdict.due_at) == (ago(4), (), None, None)
    assert (verdict.lock_id, verdict.pair, verdict.confirmed, verdict.remedy) == (
        None,
        (SKU, WAREHOUSE),
        False,
        "manual_review",
    )


def test_a_pair_that_was_never_listed_is_as_fresh_as_its_balance() -> None:
    verdict = of_pair(pair(list_state=ListState.ERROR, list_read_at=None, balance_read_at=ago(2)))

    assert verdict.read_at == ago(2)


def test_a_balance_of_which_it_could_not_be_told_shows_the_difference() -> None:
    assert told(of_pair(beyond(2, other_status_units=1, bracketed_at=READ))) == [difference()]
    assert told(of_pair(beyond(2, elsewhere=True, bracketed_at=READ))) == [difference()]


def test_a_list_of_more_than_is_reserved() -> None:
    verdict = only(case(LISTED, order(), pair(mismatch_units=-2, bracketed_at=READ)))

    assert told(verdict) == [row(), ("list_exceeds_reserved", READ, "balance", {**PLACE, "units": 2})]


def test_a_row_of_an_unknown_status_and_one_that_may_be_cleared() -> None:
    assert told(only(case(lock(item(status="Dispatched", read_at=READ))))) == [row(as_="Dispatched")]
    assert told(only(case(lock(item(acked=ago(11), read_at=READ)), order(), pair(masked=True)))) == [row()]


def test_a_difference_of_one_unit_is_a_difference() -> None:
    assert told(of_pair(beyond(1, bracketed_at=READ)))[0] == difference(1, 3)
