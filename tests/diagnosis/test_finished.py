# ruff: noqa: E501 - a situation is read across
"""Reservations that finished orders, or authorizations that ran out, still hold; and their healthy look-alikes."""

from __future__ import annotations

import pytest

from reconciler.diagnosis.rules import diagnose_lock

from .builders import NOW, OTHER_SKU, ago, case, item, lock, not_found, order, pair, shown, walked
from .situations import ACKED, AUTHORIZED, EXPIRED, Situation, healthy, wrong

SITUATIONS = [
    # --- handling skipped ---
    wrong("invoiced, confirmed, never acknowledged", case(), "handling_skipped count_then_cancel stuck"),
    wrong("the same where an acknowledge was proven",
          case(acknowledge_proven=True), "handling_skipped acknowledge_then_count stuck"),
    wrong("invoiced an hour ago: the grace runs",
          case(of=order(invoiced_at=ago(hours=1))), "handling_skipped count_then_cancel pending"),
    wrong("due, but its pair was last read before that",
          case(lock(item(read_at=ago(9))), order(), pair(bracketed_at=ago(9))),
          "handling_skipped count_then_cancel pending"),
    wrong("due and read since, but only between two different balances",
          case(None, order(), pair(bracketed_at=ago(9))), "handling_skipped count_then_cancel pending"),
    wrong("due and read since, but never between two equal balances",
          case(None, order(), pair(bracketed_at=None)), "handling_skipped count_then_cancel pending"),
    wrong("listed for the first time after the last bracketed read",
          case(lock(item(first_seen_at=ago(hours=1))), order(), pair(bracketed_at=ago(hours=2))),
          "handling_skipped count_then_cancel pending"),
    wrong("its history shows handling all the same",
          case(of=walked("invoiced", ("handling", ago(12)), ("invoiced", ago(10)))),
          "handling_skipped count_then_cancel stuck"),
    wrong("one Marketplace step hides nothing",
          case(of=walked("invoiced", ("payment-approved", ago(12)), ("invoiced", ago(10)), instance="Marketplace")),
          "handling_skipped count_then_cancel stuck"),
    healthy("invoiced, and no list shows it any more", case(lock(item(listed=False)))),
    healthy("partly invoiced: there is an invoice date, but the order is open",
            case(of=order("payment-approved", invoiced_at=ago(10)))),
    wrong("the last of two invoices came an hour ago",
          case(of=walked("invoiced", ("handling", ago(4)), ("invoiced", ago(hours=1)), invoiced_at=ago(3))),
          "handling_skipped count_then_cancel pending"),
    wrong("invoiced with a clock that runs ahead", case(of=order(invoiced_at=ago(-1))),
          "handling_skipped count_then_cancel pending"),
    healthy("invoiced while only authorised, not expired yet", case(lock(AUTHORIZED, maximum_confirmation_at=ago(-2)))),
    # --- not counted after shipping ---
    wrong("acknowledged, invoiced, no count", case(lock(ACKED)), "count_not_updated update_count stuck"),
    wrong("acknowledged an hour ago by hand, invoiced long ago",
          case(lock(item(acked=ago(hours=1)))), "count_not_updated update_count pending"),
    wrong("invoiced this afternoon, the nightly count is still to come",
          case(lock(ACKED), order(invoiced_at=ago(hours=20))), "count_not_updated update_count pending"),
    wrong("acknowledged as of its confirmation (U5)",
          case(lock(item(acked=ago(19.9)))), "count_not_updated update_count stuck"),
    healthy("acknowledged and counted: gone", case(lock(item(acked=ago(11), listed=False)))),
    wrong("acknowledged, in handling since yesterday",
          case(lock(ACKED), order("handling", last_change_at=ago(1))), "handling_abandoned manual_review pending"),
    wrong("only some rows are acknowledged",
          case(lock(item(partly_acknowledged=True))), "could_not_tell:partly_acknowledged"),
    wrong("two SKUs, one acknowledged", case(lock(ACKED, item(OTHER_SKU))),
          "handling_skipped count_then_cancel stuck", "count_not_updated update_count stuck"),
    # --- order canceled ---
    wrong("canceled, never acknowledged", case(of=order("canceled")), "order_canceled cancel_reservation stuck"),
    wrong("replaced, never acknowledged", case(of=order("replaced")), "order_canceled cancel_reservation stuck"),
    wrong("canceled after handling began", case(lock(ACKED), order("canceled")), "order_canceled update_count stuck"),
    wrong("canceled, partly acknowledged",
          case(lock(item(partly_acknowledged=True)), order("canceled")), "order_canceled update_count stuck"),
    wrong("canceled, one of two SKUs acknowledged",
          case(lock(ACKED, item(OTHER_SKU)), order("canceled")), "order_canceled update_count stuck"),
    wrong("canceled while still authorised", case(EXPIRED, order("canceled")), "order_canceled cancel_reservation stuck"),
    wrong("canceled an hour ago",
          case(of=order("canceled", canceled_at=ago(hours=1), last_change_at=ago(hours=1))),
          "order_canceled cancel_reservation pending"),
    wrong("its cancel was asked for days ago and took effect an hour ago",
          case(of=order("canceled", canceled_at=ago(4), last_change_at=ago(hours=1))),
          "order_canceled cancel_reservation pending"),
    wrong("canceled, fell back to cancel, and canceled again an hour ago (KI-1242813)",
          case(of=walked("canceled", ("canceled", ago(4)), ("cancel", ago(hours=2)), ("canceled", ago(hours=1)))),
          "order_canceled cancel_reservation pending"),
    healthy("a cancel is only requested", case(of=order("cancellation-requested"))),
    healthy("canceled and released", case(lock(item(listed=False), by_id_status=5), order("canceled"))),
    healthy("canceled, cleared by a count before", case(lock(item(acked=ago(12), listed=False)), order("canceled"))),
    # --- authorization expired ---
    wrong("authorised, its time is over, order unpaid",
          case(EXPIRED, order("payment-pending")), "authorization_expired wait stuck"),
    wrong("authorised, its time is over, order invoiced",
          case(EXPIRED, order()), "authorization_expired cancel_reservation stuck"),
    wrong("an incomplete order without a status", case(EXPIRED, order("")), "authorization_expired wait stuck"),
    wrong("expired yesterday",
          case(lock(AUTHORIZED, maximum_confirmation_at=ago(1), by_id_status=1), order("payment-pending")),
          "authorization_expired wait pending"),
    healthy("still has time to pay",
            case(lock(AUTHORIZED, maximum_confirmation_at=ago(-3)), order("payment-pending"))),
    healthy("no date to expire at", case(lock(AUTHORIZED), order("payment-pending"))),
    healthy("confirmed: the date has no meaning any more",
            case(lock(item(), maximum_confirmation_at=ago(5)), order("payment-approved"))),
    healthy("was read last before it expired",
            case(lock(item(status="Authorized", read_at=ago(6)), maximum_confirmation_at=ago(5)),
                 order("payment-pending"), pair(bracketed_at=ago(6)))),
    healthy("confirmed since the list was read, says the read by id",
            case(lock(item(status="Authorized", read_at=ago(1)), maximum_confirmation_at=ago(5), by_id_status=2),
                 order("payment-approved"), pair(bracketed_at=ago(1)))),
    wrong("expired with its order missing", case(EXPIRED, not_found()), "authorization_expired wait stuck"),
]  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.says)
def test_each_situation_has_its_cause_or_none(situation: Situation) -> None:
    assert shown(diagnose_lock(situation.case, NOW)) == situation.expect
