"""What a verdict on a lock rests on, and why the nearest other causes do not apply."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diagnosis.facts import (
    EventSource,
    NotReadable,
    Renamed,
    Step,
    Tried,
    Unreadable,
)
from reconciler.diagnosis.verdicts import ValueKind

from .builders import (
    LOCK,
    NOW,
    ORDER,
    SKU,
    WAREHOUSE,
    ago,
    case,
    item,
    lock,
    not_found,
    order,
    standing,
    walked,
)
from .evidence import (
    LISTED,
    PLACE,
    READ,
    final,
    misses,
    no_fall,
    not_acknowledged,
    only,
    row,
    standing_since,
    status,
    told,
)
from .situations import ACKED, CARRIES_SECOND, EXPIRED, SECOND


def test_a_canceled_order() -> None:
    verdict = only(case(LISTED, order("canceled")))

    assert told(verdict) == [
        status("canceled"), final("canceled", ago(10)), row(), not_acknowledged(), no_fall(),
    ]  # fmt: skip
    assert misses(verdict) == [
        ("handling_skipped", "not_invoiced"), ("count_not_updated", "not_invoiced"),
        ("cancel_incomplete", "still_listed"),
    ]  # fmt: skip
    assert (verdict.since, verdict.due_at, verdict.read_at) == (ago(10), ago(8.5), READ)
    assert (verdict.lock_id, verdict.order_id, verdict.order_status, verdict.pair) == (
        LOCK,
        ORDER,
        "canceled",
        None,
    )


def test_handling_that_was_skipped() -> None:
    verdict = only(case(LISTED, order(history_read_at=ago(2), last_change_at=ago(3))))

    assert told(verdict) == [
        status("invoiced"), final("invoiced", ago(10)),
        ("no_handling_in_history", ago(2), "order_document", {}),
        row(), not_acknowledged(), no_fall(),
    ]  # fmt: skip
    assert misses(verdict) == [
        ("count_not_updated", "needs_acknowledgement"), ("authorization_expired", "confirmed_never_expires"),
        ("order_canceled", "not_canceled"),
    ]  # fmt: skip
    assert verdict.read_at == READ


def test_handling_in_the_history_is_dated_by_its_last_step() -> None:
    steps = (("start-handling", ago(13)), ("handling", ago(12)), ("invoiced", ago(10)))

    assert ("handling_in_history", ago(12), "order_document", {}) in told(
        only(case(LISTED, walked("invoiced", *steps)))
    )


def test_a_history_that_is_older_than_the_order_says_when_it_was_read() -> None:
    old = order(history_read_at=ago(11))

    assert ("history_not_read", ago(11), "order_document", {}) in told(only(case(LISTED, old)))


def test_a_count_that_did_not_come() -> None:
    verdict = only(case(lock(item(acked=ago(11), read_at=READ))))

    assert told(verdict) == [
        status("invoiced"), final("invoiced", ago(10)), row(),
        ("item_acknowledged", ago(11), "warehouse_list", PLACE), no_fall(),
    ]  # fmt: skip
    assert misses(verdict) == [("handling_skipped", "was_acknowledged"), ("order_canceled", "not_canceled")]


def test_rows_of_which_only_some_were_acknowledged() -> None:
    verdict = only(case(lock(item(partly_acknowledged=True, read_at=READ))))

    assert told(verdict) == [row(), ("item_partly_acknowledged", READ, "warehouse_list", PLACE)]
    assert (verdict.order_id, verdict.order_status) == (ORDER, "invoiced")
    assert (verdict.read_at, verdict.near_misses, verdict.value_kind) == (READ, (), ValueKind.NONE)


def test_an_authorization_that_ran_out() -> None:
    verdict = only(case(EXPIRED, order("payment-pending")))

    assert told(verdict) == [
        status("payment-pending"), ("confirmation_expired", ago(5), "warehouse_list", {}),
        row(as_="Authorized", at=NOW),
    ]  # fmt: skip
    assert misses(verdict) == [("handling_skipped", "never_confirmed"), ("order_canceled", "not_canceled")]


def test_an_authorization_that_ran_out_without_a_known_order() -> None:
    verdict = only(case(EXPIRED, not_found()))

    assert told(verdict) == [
        ("confirmation_expired", ago(5), "warehouse_list", {}),
        row(as_="Authorized", at=NOW),
    ]
    assert (verdict.order_id, verdict.order_status) == (None, None)


def test_an_order_that_is_missing() -> None:
    verdict = only(case(LISTED, not_found(looked_at=ago(hours=2))))

    assert told(verdict) == [
        ("order_looked_up", ago(hours=2), "order_lookup", {"id": LOCK, "answer": "404"}),
        ("order_looked_up", ago(hours=2), "order_lookup", {"id": ORDER, "answer": "404"}),
        ("reserved", ago(20), "warehouse_list", {}),
        ("backfill_covers", None, "mirror", {"days": 2}),
        row(),
    ]  # fmt: skip
    assert misses(verdict) == [("lock_superseded", "no_order_of_that_name")]


def test_an_order_that_cannot_be_read() -> None:
    asked = (Tried(LOCK, "404"), Tried(ORDER, "403"))
    verdict = only(case(LISTED, NotReadable(Unreadable.FORBIDDEN, ORDER, asked, ago(hours=2))))

    assert told(verdict) == [
        ("order_looked_up", ago(hours=2), "order_lookup", {"id": LOCK, "answer": "404"}),
        ("order_looked_up", ago(hours=2), "order_lookup", {"id": ORDER, "answer": "403"}),
        row(),
    ]  # fmt: skip
    assert (verdict.order_id, verdict.order_status) == (ORDER, None)


def test_an_order_that_says_nothing_of_its_reservation_was_not_looked_up() -> None:
    assert told(only(case(LISTED, Renamed(order(lines=()))))) == [row()]


def test_a_reservation_that_another_replaced() -> None:
    verdict = only(
        case(
            LISTED,
            Renamed(order(lines=(*CARRIES_SECOND, replace(CARRIES_SECOND[0], lock_id="00-a"))), ago(7)),
        )
    )

    assert told(verdict) == [
        status("invoiced"),
        ("order_carries_another_lock", NOW, "order_detail", {"order": ORDER, "lock": f"00-a, {SECOND}"}),
        row(),
    ]  # fmt: skip
    assert misses(verdict) == [("order_missing", "order_of_that_name_exists")]
    assert (verdict.order_id, verdict.order_status) == (ORDER, "invoiced")
    assert (verdict.since, verdict.due_at) == (ago(7), ago(5.5))


def test_an_order_that_hangs() -> None:
    verdict = only(case(LISTED, order("cancel")))

    assert told(verdict) == [status("cancel"), standing_since("cancel", ago(10)), row()]
    assert misses(verdict) == [
        ("order_canceled", "flow_not_finished"),
        ("handling_overdue", "vtex_moves_it_by_itself"),
    ]
    assert (verdict.since, verdict.due_at, verdict.read_at) == (ago(10), ago(9), NOW)
    assert (verdict.lock_id, verdict.order_id, verdict.order_status) == (LOCK, ORDER, "cancel")
    [held] = verdict.items
    assert (held.sku, held.warehouse, held.quantity) == (SKU, WAREHOUSE, 2)
    assert (held.since, held.due_at, held.read_at, held.confirmed) == (ago(10), ago(9), NOW, True)
    assert (verdict.value_kind, verdict.reason) == (ValueKind.NONE, "")


def test_the_instance_that_hangs() -> None:
    flows = (
        standing("Marketplace", "canceled", ago(10)),
        standing("Fulfillment", "cancel", ago(9), read_at=ago(1)),
    )
    verdict = only(case(LISTED, order("canceled", history_read_at=ago(1), instances=flows)))

    step = ("instance_step", ago(9), "order_document", {"instance": "Fulfillment", "step": "cancel"})
    assert told(verdict) == [status("canceled"), step, row()]
    assert (verdict.since, verdict.read_at) == (ago(9), ago(1))


def test_an_instance_without_a_date_is_dated_by_the_order_and_shown_as_of_its_read() -> None:
    flows = (standing("Fulfillment", "cancel", None, read_at=ago(1)),)
    dated = only(case(LISTED, order("canceled", history_read_at=ago(1), instances=flows)))
    undated = only(
        case(LISTED, order("canceled", history_read_at=ago(1), last_change_at=None, instances=flows))
    )

    assert [dated.since, undated.since] == [ago(10), ago(1)]
    assert ("instance_step", ago(1), "order_document", {"instance": "Fulfillment", "step": "cancel"}) in told(
        dated
    )


def test_a_flow_in_error_names_the_instances_in_error() -> None:
    flows = (
        standing("Marketplace", "payment-approved", ago(9)),
        standing("Fulfillment", "", ago(10), in_error=True),
    )
    verdict = only(case(LISTED, order("payment-approved", workflow_in_error=True, instances=flows)))

    assert told(verdict) == [
        status("payment-approved"), ("workflow_in_error", NOW, "order_detail", {}),
        ("instance_in_error", ago(10), "order_document", {"instance": "Fulfillment", "step": None}), row(),
    ]  # fmt: skip


def test_an_order_without_a_status_says_so() -> None:
    verdict = only(case(EXPIRED, order("")))

    assert ("order_status", NOW, "order_detail", {"order": ORDER, "status": None}) in told(verdict)


def test_handling_that_nobody_starts() -> None:
    verdict = only(case(LISTED, order("ready-for-handling", last_change_at=ago(3))))

    assert told(verdict) == [
        status("ready-for-handling"),
        standing_since("ready-for-handling", ago(3)),
        row(),
    ]
    assert misses(verdict) == [
        ("handling_skipped", "not_invoiced"),
        ("workflow_stuck", "waits_for_the_seller"),
    ]


def test_handling_that_nobody_finishes() -> None:
    verdict = only(case(lock(ACKED), order("handling", last_change_at=ago(21))))

    assert told(verdict) == [status("handling"), standing_since("handling", ago(21)), row(at=NOW)]
    assert misses(verdict) == [
        ("count_not_updated", "not_invoiced"),
        ("workflow_stuck", "waits_for_the_seller"),
    ]


def test_first_sight_of_a_status_counts_only_for_that_status() -> None:
    seen = (
        Step("", "payment-approved", ago(9), EventSource.DETAIL, ago(9)),
        Step("", "ready-for-handling", ago(3), EventSource.DETAIL, ago(3)),
        Step("", "ready-for-handling", ago(2), EventSource.DETAIL, ago(2)),
        Step("", "ready-for-handling", ago(1), EventSource.DETAIL, None),
    )
    waiting = order("ready-for-handling", last_change_at=None, history=seen)

    assert only(case(of=waiting)).since == ago(3)
