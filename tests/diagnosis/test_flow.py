# ruff: noqa: E501 - a situation is read across
"""What lists show, orders that hang or wait, and cancels that VTEX did not finish."""

from __future__ import annotations

import pytest

from reconciler.diagnosis.facts import Phantom
from reconciler.diagnosis.rules import diagnose_lock

from .builders import (
    LOCK,
    NOW,
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
    shown,
    standing,
    walked,
)
from .situations import ACKED, AUTHORIZED, EXPIRED, Situation, healthy, wrong

IN_BOTH = Phantom(LOCK, (((SKU, WAREHOUSE), 2), ((OTHER_SKU, WAREHOUSE), 2)))
OPEN = ["waiting-for-authorization", "payment-pending", "payment-approved", "authorize-fulfillment", "window-to-cancel",
        "cancellation-requested", "request-cancel", "invoice-after-cancellation-deny", "order-accepted", "",
        "a-status-of-tomorrow"]  # fmt: skip


SITUATIONS = [
    # --- what the list shows (U1) ---
    *[
        wrong(f"listed as {status!r}", case(lock(item(status=status))), "could_not_tell:unknown_status")
        for status in ("Canceled_Manually", "Canceled_AuthorizationExpired", "Dispatched", "Acknowledged",
                       "confirmed", "")
    ],
    wrong("an unknown status of an order that is open",
          case(lock(item(status="Dispatched")), order("payment-approved")), "could_not_tell:unknown_status"),
    wrong("the list shows more than is reserved",
          case(None, order(), pair(mismatch_units=-2)), "could_not_tell:list_exceeds_reserved"),
    wrong("the list shows more than is reserved, and the item is acknowledged",
          case(lock(ACKED), order(), pair(mismatch_units=-1)), "could_not_tell:list_exceeds_reserved"),
    wrong("the list of one of its two pairs shows more than is reserved",
          case(lock(item(), item(OTHER_SKU)), order(), pair(), pair(OTHER_SKU, mismatch_units=-1)),
          "handling_skipped count_then_cancel stuck", "could_not_tell:list_exceeds_reserved"),
    wrong("reserved holds more than the list: no reason to doubt the row",
          case(None, order(), beyond(3)), "handling_skipped count_then_cancel stuck"),
    # --- nothing to say ---
    healthy("an unlimited pair", case(None, order(), pair(unlimited=True))),
    healthy("a supply lot", case(lock(item(supply_lot=True)))),
    healthy("a row of no units", case(lock(item(quantity=0)))),
    healthy("unlimited, and listed under an unknown status",
            case(lock(item(status="Dispatched")), order(), pair(unlimited=True))),
    wrong("one pair unlimited, the other not",
          case(lock(item(), item(OTHER_SKU)), order(), pair(unlimited=True), pair(OTHER_SKU)),
          "handling_skipped count_then_cancel stuck"),
    *[healthy(f"an open order at {status!r}", case(of=order(status))) for status in OPEN],
    # --- VTEX's flow hangs ---
    *[
        wrong(f"at {status} for ten days", case(of=order(status)), "workflow_stuck ticket stuck")
        for status in ("start-handling", "cancel", "invoice", "order-created")
    ],
    wrong("at start-handling for a minute",
          case(of=order("start-handling", last_change_at=ago(minutes=1))), "workflow_stuck ticket pending"),
    wrong("at start-handling for ten days, when the order was read nine and a half days ago",
          case(of=order("start-handling", read_at=ago(9.5))), "workflow_stuck ticket pending"),
    wrong("Marketplace canceled, Fulfillment still at cancel (KI-1198719)",
          case(of=walked("canceled", ("cancel", ago(10)),
                         instances=(standing("Marketplace", "canceled", ago(10)), standing("Fulfillment", "cancel", ago(10))))),
          "workflow_stuck ticket stuck"),
    wrong("the document that showed cancel is older than the order's last change",
          case(of=order("canceled", history_read_at=ago(11),
                        instances=(standing("Fulfillment", "cancel", ago(12), read_at=ago(11)),))),
          "order_canceled cancel_reservation stuck"),
    wrong("in error beyond automatic retry",
          case(of=order("payment-approved", workflow_in_error=True)), "workflow_stuck ticket stuck"),
    wrong("an error of an hour ago",
          case(of=order("payment-approved", workflow_in_error=True, last_change_at=ago(hours=1))),
          "workflow_stuck ticket pending"),
    wrong("invoiced and in error: VTEX first",
          case(of=order(workflow_in_error=True)), "workflow_stuck ticket stuck"),
    wrong("hangs, and its reservation expired (KI-1218606)",
          case(lock(item(listed=False), by_id_status=4), order("start-handling")), "workflow_stuck ticket stuck"),
    wrong("hangs, and one row cannot be judged",
          case(lock(item(), item(OTHER_SKU, status="Dispatched")), order("start-handling")),
          "workflow_stuck ticket stuck", "could_not_tell:unknown_status"),
    wrong("hangs, and no row can be judged",
          case(lock(item(status="Dispatched")), order("start-handling")),
          "workflow_stuck ticket stuck", "could_not_tell:unknown_status"),
    healthy("hangs, but everything it asked for is unlimited",
            case(lock(requested=(line(),)), order("start-handling"), pair(unlimited=True))),
    # --- handling overdue, handling abandoned ---
    wrong("ready for handling for three days",
          case(of=order("ready-for-handling", last_change_at=ago(3))), "handling_overdue start_handling stuck"),
    wrong("ready for handling for three days, but still authorised",
          case(lock(AUTHORIZED, by_id_status=1), order("ready-for-handling", last_change_at=ago(3))),
          "handling_overdue ticket stuck"),
    wrong("ready for handling for three days, and no list shows it",
          case(lock(item(listed=False)), order("ready-for-handling", last_change_at=ago(3))),
          "handling_overdue ticket stuck"),
    wrong("ready for handling, listed as confirmed, expired by id (KI-1218606)",
          case(lock(item(), by_id_status=4), order("ready-for-handling", last_change_at=ago(3))),
          "handling_overdue ticket stuck"),
    wrong("ready for handling since yesterday",
          case(of=order("ready-for-handling", last_change_at=ago(1))), "handling_overdue start_handling pending"),
    wrong("ready for handling again since yesterday, after a denied cancel",
          case(of=walked("ready-for-handling", ("ready-for-handling", ago(6)), ("cancellation-requested", ago(3)),
                         ("ready-for-handling", ago(1)))),
          "handling_overdue start_handling pending"),
    wrong("ready for handling for three days; its last change was a note",
          case(of=walked("ready-for-handling", ("window-to-cancel", ago(4)), ("ready-for-handling", ago(3)),
                         last_change_at=ago(hours=1))),
          "handling_overdue start_handling stuck"),
    wrong("ready for handling for three days when read a day and a half ago",
          case(of=order("ready-for-handling", last_change_at=ago(3), read_at=ago(1.5))),
          "handling_overdue start_handling pending"),
    wrong("in handling for three weeks",
          case(lock(ACKED), order("handling", last_change_at=ago(21))), "handling_abandoned manual_review stuck"),
    wrong("in handling, then ready for invoicing, three weeks together",
          case(lock(ACKED), walked("ready-for-invoicing", ("handling", ago(21)), ("ready-for-invoicing", ago(7)))),
          "handling_abandoned manual_review stuck"),
    wrong("in handling for ten days", case(lock(ACKED), order("handling")), "handling_abandoned manual_review pending"),
    wrong("in handling for three weeks and counted",
          case(lock(item(listed=False, acked=ago(20))), order("handling", last_change_at=ago(21))),
          "handling_abandoned manual_review stuck"),
    wrong("ready for handling for three days, and no row can be judged",
          case(lock(item(status="Dispatched")), order("ready-for-handling", last_change_at=ago(3))),
          "handling_overdue ticket stuck", "could_not_tell:unknown_status"),
    wrong("ready for handling and expired: the reservation first",
          case(EXPIRED, order("ready-for-handling")), "authorization_expired wait stuck"),
    # --- cancel incomplete ---
    wrong("canceled by id, listed nowhere, and exactly its units are left over (KI-1220722)",
          case(phantom_lock(), order("canceled"), beyond(2, phantom())), "cancel_incomplete cancel_reservation stuck"),
    wrong("the difference was read for the first time five minutes ago",
          case(phantom_lock(), order("canceled"), beyond(2, phantom(), since=ago(minutes=5))),
          "cancel_incomplete cancel_reservation pending"),
    wrong("canceled an hour ago",
          case(phantom_lock(canceled_at=ago(hours=1)), order("canceled"), beyond(2, phantom())),
          "cancel_incomplete cancel_reservation pending"),
    healthy("status 5 is another matter",
            case(phantom_lock(by_id_status=5), order("canceled"), beyond(2, phantom("00-other")))),
    healthy("another number is left over", case(phantom_lock(), order("canceled"), beyond(1, phantom()))),
    healthy("two candidates", case(phantom_lock(), order("canceled"), beyond(2, phantom(), phantom("00-x", 2)))),
    healthy("nothing is left over", case(phantom_lock(), order("canceled"), pair())),
    healthy("its second pair has nothing left over",
            case(phantom_lock(line(), line(OTHER_SKU)), order("canceled"), beyond(2, IN_BOTH),
                 pair(OTHER_SKU, phantoms=(IN_BOTH,)))),
    wrong("both its pairs have its units left over",
          case(phantom_lock(line(), line(OTHER_SKU)), order("canceled"), beyond(2, IN_BOTH),
               beyond(2, IN_BOTH, sku=OTHER_SKU)),
          "cancel_incomplete cancel_reservation stuck"),
    healthy("left over in an unlimited pair",
            case(phantom_lock(), order("canceled"), beyond(2, phantom(), unlimited=True))),
    wrong("it may have been cleared by a count instead (U3)",
          case(phantom_lock(), order(), beyond(2, phantom(credible=False))), "could_not_tell:cancel_not_proven"),
    wrong("rows of an unknown status may explain it as well (U1)",
          case(phantom_lock(), order("canceled"), beyond(2, phantom(), other_status_units=1)),
          "could_not_tell:unknown_status_units"),
    wrong("a lock listed elsewhere may explain it as well (U12)",
          case(phantom_lock(), order("canceled"), beyond(2, phantom(), elsewhere=True)),
          "could_not_tell:unlisted_elsewhere"),
    wrong("its order hangs at cancel: VTEX first",
          case(phantom_lock(), order("cancel"), beyond(2, phantom())), "workflow_stuck ticket stuck"),
]  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.says)
def test_each_situation_has_its_cause_or_none(situation: Situation) -> None:
    assert shown(diagnose_lock(situation.case, NOW)) == situation.expect
