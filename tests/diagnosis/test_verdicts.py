"""What a verdict tells besides its cause: since when, until when, how much, and why."""

from __future__ import annotations

from datetime import timedelta

from reconciler.diagnosis.cases import Graces, LockCase
from reconciler.diagnosis.facts import EventSource, OrderLine, Renamed, Step, TotalChange
from reconciler.diagnosis.rules import diagnose_lock
from reconciler.diagnosis.verdicts import Cause, Remedy, ValueKind, Verdict

from .builders import (
    LOCK,
    NOW,
    ORDER,
    OTHER_SKU,
    ago,
    beyond,
    case,
    item,
    lock,
    not_found,
    order,
    pair,
    phantom,
    phantom_lock,
    walked,
)
from .situations import ACKED, CARRIES_SECOND, EXPIRED


def only(given: LockCase) -> Verdict:
    [verdict] = diagnose_lock(given, NOW)
    return verdict


def test_a_verdict_names_its_lock_its_order_and_its_items() -> None:
    verdict = only(case())

    assert (verdict.lock_id, verdict.order_id, verdict.order_status) == (LOCK, ORDER, "invoiced")
    assert [(each.sku, each.warehouse, each.quantity) for each in verdict.items] == [("0123", "cd_sp", 2)]


def test_handling_skipped_is_since_the_invoice_and_due_after_the_grace() -> None:
    verdict = only(case(graces=Graces(stuck=timedelta(hours=5))))

    assert (verdict.since, verdict.due_at) == (ago(10), ago(10) + timedelta(hours=5))


def test_not_counted_is_since_the_later_of_invoice_and_acknowledgement() -> None:
    assert only(case(lock(ACKED))).since == ago(10)
    assert only(case(lock(item(acked=ago(4))))).since == ago(4)


def test_the_step_in_the_document_beats_the_date_of_the_first_invoice() -> None:
    invoiced = walked("invoiced", ("invoice", ago(6)), ("invoiced", ago(5)), invoiced_at=ago(8))

    assert only(case(of=invoiced)).since == ago(5)


def test_without_a_document_the_first_sight_of_the_final_status_is_kept() -> None:
    seen = (Step("", "canceled", ago(8), EventSource.DETAIL, ago(8)),)
    canceled = order("canceled", canceled_at=None, last_change_at=ago(hours=1), history=seen)

    assert only(case(of=canceled)).since == ago(8)


def test_expired_is_since_the_maximum_confirmation() -> None:
    assert only(case(EXPIRED, order("payment-pending"))).since == ago(5)


def test_missing_is_since_the_reservation_and_due_when_it_is_old_enough() -> None:
    verdict = only(case(of=not_found()))

    assert (verdict.since, verdict.due_at) == (ago(20), ago(8))


def test_superseded_is_since_the_reservation_that_took_its_place() -> None:
    assert only(case(of=Renamed(order(lines=CARRIES_SECOND), ago(7)))).since == ago(7)


def test_cancel_incomplete_is_since_the_cancel() -> None:
    assert only(case(phantom_lock(), order("canceled"), beyond(2, phantom()))).since == ago(5)


def test_what_could_not_be_told_has_no_time_and_is_never_confirmed() -> None:
    verdict = only(case(lock(item(status="Dispatched"))))

    assert (verdict.since, verdict.due_at, verdict.confirmed) == (None, None, False)
    assert (verdict.remedy, verdict.value_kind) == (Remedy.MANUAL_REVIEW, ValueKind.NONE)


def test_only_the_pairs_that_were_read_again_are_spoken_of() -> None:
    stale = item(OTHER_SKU, 3, read_at=ago(9))
    verdict = only(case(lock(item(), stale), order(), pair(), pair(OTHER_SKU, bracketed_at=ago(9))))

    assert verdict.confirmed
    assert [each.sku for each in verdict.held] == ["0123"]
    assert (verdict.units, len(verdict.items)) == (2, 2)


def test_while_no_pair_was_read_again_all_are_to_be_confirmed() -> None:
    stale = ago(9)
    both = lock(item(read_at=stale), item(OTHER_SKU, 3, read_at=stale))
    verdict = only(case(both, order(), pair(bracketed_at=stale), pair(OTHER_SKU, bracketed_at=stale)))

    assert (verdict.confirmed, verdict.units) == (False, 5)


def kinds(verdict: Verdict) -> set[str]:
    return {piece.kind for piece in verdict.evidence}


def test_the_evidence_says_what_was_read_where_and_when() -> None:
    verdict = only(case())
    listed = next(piece for piece in verdict.evidence if piece.kind == "item_listed")

    assert (listed.at, listed.source) == (NOW, "warehouse_list")
    assert dict(listed.params) == {"sku": "0123", "warehouse": "cd_sp", "quantity": 2, "status": "Confirmed"}
    assert {"order_status", "order_final_since", "item_not_acknowledged"} <= kinds(verdict)


def test_a_history_that_was_not_read_proves_nothing_about_handling() -> None:
    assert "history_not_read" in kinds(only(case()))


def test_a_current_history_without_handling_is_said() -> None:
    read = walked("invoiced", ("ready-for-handling", ago(12)), ("invoiced", ago(10)))

    assert "no_handling_in_history" in kinds(only(case(of=read)))


def test_a_history_older_than_the_last_change_proves_nothing_about_handling() -> None:
    read = walked(
        "invoiced", ("ready-for-handling", ago(12)), history_read_at=ago(11), last_change_at=ago(10)
    )

    assert "history_not_read" in kinds(only(case(of=read)))


def fell(*changes: TotalChange) -> Verdict:
    return only(case(None, order(), pair(changes=changes)))


def test_a_total_that_fell_by_the_units_makes_them_held_for_nothing() -> None:
    verdict = fell(TotalChange(ago(8), 5, 3))

    assert "total_fell" in kinds(verdict)
    assert verdict.value_kind == ValueKind.HELD


def test_a_total_that_fell_by_less_leaves_them_to_be_checked() -> None:
    assert fell(TotalChange(ago(8), 5, 4)).value_kind == ValueKind.TO_CHECK


def test_a_total_that_fell_before_they_were_confirmed_says_nothing() -> None:
    verdict = fell(TotalChange(ago(30), 5, 3))

    assert "total_did_not_fall" in kinds(verdict)
    assert verdict.value_kind == ValueKind.TO_CHECK


def test_a_total_that_rose_did_not_fall() -> None:
    assert "total_did_not_fall" in kinds(fell(TotalChange(ago(8), 3, 5)))


def test_a_pair_first_seen_later_was_not_watched() -> None:
    assert "total_not_watched" in kinds(only(case(None, order(), pair(watched_since=ago(2)))))


def test_units_are_valued_by_what_is_known_of_them() -> None:
    canceled = order("canceled")

    assert only(case(lock(ACKED))).value_kind == ValueKind.AT_RISK
    assert only(case(of=canceled)).value_kind == ValueKind.HELD
    assert only(case(lock(ACKED), canceled)).value_kind == ValueKind.TO_CHECK
    assert only(case(EXPIRED, order("payment-pending"))).value_kind == ValueKind.HELD
    assert only(case(EXPIRED)).value_kind == ValueKind.TO_CHECK
    assert only(case(of=not_found())).value_kind == ValueKind.TO_CHECK


def test_the_near_misses_say_why_they_do_not_apply() -> None:
    misses = {miss.cause: miss.kind for miss in only(case()).near_misses}

    assert misses[Cause.COUNT_NOT_UPDATED] == "needs_acknowledgement"
    assert misses[Cause.AUTHORIZATION_EXPIRED] == "confirmed_never_expires"


def test_causes_come_in_the_order_of_the_table() -> None:
    causes = [verdict.cause for verdict in diagnose_lock(case(lock(ACKED, item(OTHER_SKU))), NOW)]

    assert causes == [Cause.HANDLING_SKIPPED, Cause.COUNT_NOT_UPDATED]


def test_an_order_of_two_locks_is_linked_by_each() -> None:
    lines = (OrderLine("0123", 2, LOCK), OrderLine("229", 1, "00-second"))

    assert only(case(of=order(lines=lines))).cause == Cause.HANDLING_SKIPPED
