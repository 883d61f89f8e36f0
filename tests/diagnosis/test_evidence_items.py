"""How the rows of one lock are put together, and what is known of their totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from reconciler.diagnosis.facts import (
    Renamed,
    TotalChange,
)
from reconciler.diagnosis.verdicts import Source, ValueKind

from .builders import (
    NOW,
    OTHER_SKU,
    SKU,
    ago,
    case,
    item,
    lock,
    not_found,
    order,
    pair,
)
from .evidence import (
    LISTED,
    PLACE,
    READ,
    Fact,
    no_fall,
    only,
    row,
    told,
)
from .situations import ACKED, CARRIES_SECOND, EXPIRED


def test_rows_of_one_lock_share_the_facts_about_its_order() -> None:
    verdict = only(case(lock(item(read_at=READ), item(OTHER_SKU, 3, read_at=READ))))

    assert [each[0] for each in told(verdict)].count("order_status") == 1
    assert [each for each in told(verdict) if each[0] == "item_listed"] == [row(), row(OTHER_SKU, 3)]
    assert len(verdict.near_misses) == 3


def test_a_verdict_is_as_early_as_its_earliest_row_and_as_fresh_as_its_oldest_read() -> None:
    rows = item(acked=ago(9), read_at=READ), item(OTHER_SKU, acked=ago(5))
    verdict = only(case(lock(*rows)))

    assert (verdict.since, verdict.due_at, verdict.read_at) == (ago(9), ago(7.5), READ)


def test_only_rows_that_are_confirmed_date_the_verdict() -> None:
    fresh, early = item(OTHER_SKU, acked=ago(5)), item(acked=ago(9), read_at=ago(8))
    verdict = only(case(lock(early, fresh), order(), pair(bracketed_at=ago(8)), pair(OTHER_SKU)))

    assert (verdict.since, verdict.due_at, verdict.read_at, verdict.units) == (ago(5), ago(3.5), NOW, 2)
    assert [each.confirmed for each in verdict.items] == [False, True]


def test_a_row_that_was_not_read_since_shows_when_it_was_listed() -> None:
    [held] = only(case(lock(item(read_at=READ)), order(), pair(bracketed_at=None))).items
    [older] = only(case(lock(item()), order(), pair(bracketed_at=READ))).items

    assert (held.read_at, held.confirmed, held.since, held.due_at) == (READ, False, ago(10), ago(8.5))
    assert older.read_at == READ


def fell(*changes: TotalChange, **fields: Any) -> Fact:
    verdict = only(case(lock(item(read_at=READ), **fields), order(), pair(changes=changes)))
    return next(each for each in told(verdict) if each[0].startswith("total_"))


def test_falls_of_the_total_are_summed_from_the_first_to_the_last() -> None:
    falls = TotalChange(ago(9), 9, 7), TotalChange(ago(8), 7, 8), TotalChange(ago(6), 8, 5)

    assert fell(*falls) == ("total_fell", ago(6), "mirror", {**PLACE, "before": 9, "after": 5, "units": 5})


def test_a_fall_counts_from_the_moment_of_the_confirmation_on() -> None:
    then = ago(19.9)

    assert fell(TotalChange(then, 5, 3))[0] == "total_fell"
    assert fell(TotalChange(then - timedelta(seconds=1), 5, 3))[0] == "total_did_not_fall"


def test_without_a_confirmation_a_fall_counts_from_the_reservation_or_the_first_sight_on() -> None:
    early = TotalChange(ago(19.95), 5, 3)

    assert fell(early, confirmed_at=None)[0] == "total_fell"
    assert fell(early, confirmed_at=None, reserved_at=None)[0] == "total_fell"
    assert fell(TotalChange(ago(20.5), 5, 3), confirmed_at=None, reserved_at=ago(21))[0] == "total_fell"


def test_a_total_is_watched_when_its_pair_was_seen_by_then() -> None:
    def watched(since: datetime | None) -> Fact:
        verdict = only(case(LISTED, order(), pair(watched_since=since)))
        return next(each for each in told(verdict) if each[0].startswith("total_"))

    assert watched(ago(19.9)) == no_fall(since=ago(19.9))
    assert watched(ago(19.8)) == no_fall("total_not_watched", ago(19.8))
    assert watched(None) == ("total_not_watched", None, "mirror", {**PLACE, "total": 5})


def test_a_total_of_a_pair_without_a_balance_was_not_watched() -> None:
    facts = told(only(case(LISTED, order(), pair(OTHER_SKU))))

    assert ("total_not_watched", None, "mirror", PLACE) in facts


def test_units_are_held_when_the_total_fell_by_all_of_them_in_each_pair() -> None:
    rows = lock(item(), item(OTHER_SKU, 3))
    fall = TotalChange(ago(8), 5, 3)

    assert only(case(rows, order(), pair(changes=(fall,)), pair(OTHER_SKU))).value_kind == ValueKind.TO_CHECK
    assert (
        only(
            case(rows, order(), pair(changes=(fall,)), pair(OTHER_SKU, changes=(replace(fall, after=2),)))
        ).value_kind
        == "held"
    )


def test_an_authorization_that_ran_out_is_held_unless_its_order_was_invoiced() -> None:
    assert [str(only(case(EXPIRED, of)).value_kind) for of in (not_found(), order(), order("handling"))] == [
        "held", "to_check", "held",
    ]  # fmt: skip


def test_a_replaced_reservation_is_to_be_checked() -> None:
    assert only(case(of=Renamed(order(lines=CARRIES_SECOND)))).value_kind == ValueKind.TO_CHECK


def test_one_unit_is_not_held_for_nothing_until_the_total_fell_by_one() -> None:
    one = lock(item(quantity=1))

    assert only(case(one, order())).value_kind == "to_check"
    assert only(case(one, order(), pair(changes=(TotalChange(ago(8), 5, 4),)))).value_kind == "held"


def test_a_total_that_was_seen_the_same_did_not_fall() -> None:
    assert fell(TotalChange(ago(8), 5, 5))[0] == "total_did_not_fall"


def test_a_canceled_order_is_to_be_checked_when_any_of_its_rows_was_acknowledged() -> None:
    assert only(case(lock(ACKED, item(OTHER_SKU)), order("canceled"))).value_kind == "to_check"
    assert only(case(lock(ACKED))).value_kind == "at_risk"


def test_rows_come_in_the_order_of_their_pairs_and_facts_in_that_of_their_names() -> None:
    verdict = only(case(lock(item(OTHER_SKU), item())))

    assert [each.sku for each in verdict.items] == [SKU, OTHER_SKU]
    assert all(list(each.params) == sorted(each.params) for each in verdict.evidence)


def test_the_codes_that_files_and_rows_keep_stay_as_they_are() -> None:
    assert [str(kind) for kind in ValueKind] == ["held", "at_risk", "to_check", "none"]
    assert [str(source) for source in Source] == [
        "order_detail", "order_document", "order_feed", "order_lookup", "warehouse_list", "reservation",
        "balance", "mirror",
    ]  # fmt: skip
