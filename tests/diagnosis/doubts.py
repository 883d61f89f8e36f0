# ruff: noqa: E501 - a situation is read across
"""What VTEX leaves open: lists that may show too much or too little, and differences with several explanations."""

from __future__ import annotations

from dataclasses import replace

from reconciler.diagnosis.facts import ListState, NotReadable, Phantom, Unreadable

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
)
from .situations import ACKED, AUTHORIZED, balance, by, healthy, wrong

MISMATCH, MISMATCH_PENDING = "balance_mismatch ticket stuck", "balance_mismatch ticket pending"
INCOMPLETE = "cancel_incomplete cancel_reservation stuck"
OTHER = "00-v70000001lux-01"
LATER = "00-v79999999lux-01"
BOTH = ((SKU, WAREHOUSE), 2), ((OTHER_SKU, WAREHOUSE), 3)
IN_BOTH = Phantom(LOCK, BOTH, True, ago(20), ago(5))
TWO_LINES = phantom_lock(line(), line(OTHER_SKU, 3))
CANCELED = order("canceled")
BOUGHT_LATER = phantom(reserved_at=ago(2), canceled_at=ago(1))
"""Of a customer who bought and canceled after the difference was there."""


def here(says: str) -> str:
    return f"{SKU}@{WAREHOUSE} {says}"


SITUATIONS = [
    *by("F5.1 F5.5 F9 KI-1220722",  # a difference that was there before
        balance("three days left over, of two units; a reservation of two was bought and canceled since: not of it",
                beyond(2, BOUGHT_LATER), MISMATCH),
        wrong("the reservation that was bought and canceled since is in order",
              case(phantom_lock(reserved_at=ago(2), canceled_at=ago(1)), CANCELED, beyond(2, BOUGHT_LATER)), here(MISMATCH)),
        wrong("left over before it was canceled, but not before it was bought: it may never have been listed",
              case(phantom_lock(canceled_at=ago(1)), CANCELED, beyond(2, phantom(canceled_at=ago(1)))), "could_not_tell:difference_older"),
        wrong("left over since the very second of the cancel",
              case(phantom_lock(canceled_at=ago(3)), CANCELED, beyond(2, phantom(canceled_at=ago(3)))), INCOMPLETE),
        wrong("bought ten minutes after the difference was read, to the second: the clocks may differ so much",
              case(phantom_lock(canceled_at=ago(2.5)), CANCELED,
                   beyond(2, phantom(reserved_at=ago(3, minutes=-10), canceled_at=ago(2.5)))), "could_not_tell:difference_older"),
        balance("bought eleven minutes after the difference was read: not of it",
                beyond(2, phantom(reserved_at=ago(3, minutes=-11), canceled_at=ago(2.5))), MISMATCH),
        wrong("two canceled reservations of two units; the one bought since explains nothing, the other does",
              case(phantom_lock(), CANCELED, beyond(2, phantom(), phantom(LATER, reserved_at=ago(2), canceled_at=ago(1)))), INCOMPLETE),
        balance("a balance that had drifted by three before it was first sold; five bought, three canceled since",
                beyond(3, phantom(LATER, 3, reserved_at=ago(2), canceled_at=ago(1))), MISMATCH),
        balance("drifted by three, and a half canceled reservation of two: the difference is of five",
                beyond(5, phantom()), MISMATCH),
        wrong("a candidate that has no dates: nothing says that it came later, nor that it was canceled",
              case(phantom_lock(canceled_at=None), CANCELED, beyond(2, phantom(reserved_at=None, canceled_at=None, credible=False))),
              "could_not_tell:cancel_not_proven"),
        wrong("a difference whose beginning is not known",
              case(phantom_lock(), CANCELED, replace(beyond(2, phantom()), mismatch_since=None)), "cancel_incomplete cancel_reservation pending"),
    ),
    *by("F5.1 F9 KI-1220722 U4",  # cancels that VTEX did not finish
        *[healthy(f"code {code}, nowhere listed, nothing left over", case(phantom_lock(by_id_status=code), CANCELED, pair()))
          for code in (0, 1, 2, 3, 4, 5)],
        *[wrong(f"code {code}, nowhere listed, and as many left over", case(phantom_lock(by_id_status=code), CANCELED, beyond(2)), here(MISMATCH))
          for code in (0, 1, 2, 4, 5)],
        wrong("both its pairs have just its units left over, two and three", case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(3, IN_BOTH, sku=OTHER_SKU)),
              INCOMPLETE),
        wrong("of its two pairs one has another number left over",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(4, IN_BOTH, sku=OTHER_SKU)),
              here(MISMATCH), f"{OTHER_SKU}@{WAREHOUSE} {MISMATCH}"),
        wrong("of its two pairs one was never read between two equal balances",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(3, IN_BOTH, sku=OTHER_SKU, bracketed_at=None)), here(MISMATCH)),
        wrong("of its two pairs the mirror has one alone",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH)), here(MISMATCH)),
        wrong("of its two pairs one has another candidate besides",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(3, IN_BOTH, phantom(OTHER, 3, sku=OTHER_SKU), sku=OTHER_SKU)),
              here(MISMATCH), f"{OTHER_SKU}@{WAREHOUSE} {MISMATCH}"),
        wrong("in one of its two pairs the difference is older than the cancel",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(3, IN_BOTH, sku=OTHER_SKU, since=ago(6))), "could_not_tell:difference_older"),
        wrong("in one of its two pairs rows of an unknown status may explain it",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(3, IN_BOTH, sku=OTHER_SKU, other_status_units=1)),
              "could_not_tell:unknown_status_units"),
        wrong("in one of its two pairs a lock listed elsewhere may explain it",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(3, IN_BOTH, sku=OTHER_SKU, elsewhere=True)),
              "could_not_tell:unlisted_elsewhere"),
        wrong("one of its two pairs was read twice, the other once",
              case(TWO_LINES, CANCELED, beyond(2, IN_BOTH), beyond(3, IN_BOTH, sku=OTHER_SKU, since=NOW)),
              "cancel_incomplete cancel_reservation pending"),
        healthy("not this reservation but another explains the difference", case(phantom_lock(), CANCELED, beyond(2, phantom(OTHER)))),
        wrong("a candidate of no units is none", case(phantom_lock(line(quantity=0)), CANCELED, beyond(2, phantom(units=0))), here(MISMATCH)),
        healthy("a candidate of no units, and nothing left over", case(phantom_lock(line(quantity=0)), CANCELED, pair(phantoms=(phantom(units=0),)))),
        wrong("one unit, half canceled", case(phantom_lock(line(quantity=1)), CANCELED, beyond(1, phantom(units=1))), INCOMPLETE),
        wrong("a candidate that asked for nothing known", case(phantom_lock(), CANCELED, beyond(2, Phantom(LOCK, ()))), here(MISMATCH)),
        wrong("half canceled, its order is not readable: the numbers speak for themselves",
              case(phantom_lock(), NotReadable(Unreadable.FORBIDDEN), beyond(2, phantom())), INCOMPLETE),
        wrong("listed in one pair, half canceled by id: the list decides",
              case(lock(item(), requested=(line(),), by_id_status=3, canceled_at=ago(5)), CANCELED, beyond(2, phantom())),
              "order_canceled cancel_reservation stuck"),
    ),
    *by("F5.4 F6.1 U1 U3",  # lists that show what counts have cleared
        wrong("a list that shows cleared rows: the partly acknowledged one may be such",
              case(lock(item(partly_acknowledged=True)), order(), pair(masked=True)), "could_not_tell:lists_show_cleared"),
        wrong("a list that shows cleared rows, of a canceled order: the acknowledged one may be such",
              case(lock(ACKED), CANCELED, pair(masked=True)), "could_not_tell:lists_show_cleared"),
        wrong("a list that shows cleared rows: what was never acknowledged is not one, of a canceled order",
              case(None, CANCELED, pair(masked=True)), "order_canceled cancel_reservation stuck"),
        wrong("half canceled over two pairs, the one in a list that shows cleared rows, the other not mirrored",
              case(TWO_LINES, CANCELED, pair(masked=True, phantoms=(IN_BOTH,))), "could_not_tell:lists_show_cleared"),
        wrong("two SKUs, one in a list that shows cleared rows",
              case(lock(ACKED, item(OTHER_SKU, acked=ago(11))), order(), pair(masked=True), pair(OTHER_SKU)),
              "count_not_updated update_count stuck", "could_not_tell:lists_show_cleared"),
        wrong("an open order whose row exceeds what is reserved", case(None, order("handling"), pair(mismatch_units=-1)),
              "handling_abandoned manual_review pending", "could_not_tell:list_exceeds_reserved"),
        wrong("expired, in a list that shows more than is reserved",
              case(lock(AUTHORIZED, maximum_confirmation_at=ago(5)), order("payment-pending"), pair(mismatch_units=-1)),
              "could_not_tell:list_exceeds_reserved"),
        wrong("a list of more than is reserved, but the balance moved meanwhile",
              case(None, order(), pair(mismatch_units=-1, bracketed_at=None)), "handling_skipped count_then_cancel pending"),
        healthy("a row of no units under an unknown status", case(lock(item(quantity=0, status="Dispatched")))),
        healthy("a supply lot under an unknown status", case(lock(item(status="Dispatched", supply_lot=True)))),
        healthy("gone, its last status unknown", case(lock(item(status="Dispatched", listed=False)))),
        wrong("two SKUs under unknown statuses are told of once",
              case(lock(item(status="Dispatched"), item(OTHER_SKU, status="Cleared"))), "could_not_tell:unknown_status"),
    ),
    *by("F5.4 F6.1 KI-296066 KI-991735 KI-388176",  # balances that cannot be read, or make no sense
        balance("a difference of one unit", beyond(1), MISMATCH),
        balance("too many reservations to list, nothing reserved", pair(list_state=ListState.TOO_MANY, reserved=0)),
        balance("the key may not list, nothing reserved", pair(list_state=ListState.FORBIDDEN, reserved=0)),
        balance("cannot be listed, and reserved is negative", pair(list_state=ListState.ERROR, reserved=-2, mismatch_since=ago(3)), MISMATCH),
        balance("cannot be listed now, one unit reserved", pair(list_state=ListState.ERROR, reserved=1), "could_not_tell:list_unreadable"),
        balance("cannot be listed now; the difference read before is no news",
                beyond(2, list_state=ListState.ERROR), "could_not_tell:list_unreadable"),
        balance("cannot be listed, and nothing is reserved any more: the difference read before is over",
                replace(beyond(2, list_state=ListState.ERROR), reserved=0)),
        balance("an unlimited pair that cannot be listed", pair(unlimited=True, list_state=ListState.ERROR)),
        balance("an unlimited pair of negative reserved", pair(unlimited=True, reserved=-2)),
        balance("reserved and list are both nothing", pair(reserved=0)),
        balance("changed while it was listed; the difference read before stands", beyond(2, list_state=ListState.UNSTABLE), MISMATCH),
        balance("a difference and one row of an unknown status", beyond(2, other_status_units=1), "could_not_tell:unknown_status_units"),
        balance("no difference, and rows of an unknown status", pair(other_status_units=2)),
        balance("no difference, and a lock listed elsewhere that asked for units here", pair(elsewhere=True)),
        balance("rows of an unknown status and a lock listed elsewhere", beyond(2, other_status_units=1, elsewhere=True),
                "could_not_tell:unknown_status_units"),
        balance("left over since a time not known", replace(beyond(2), mismatch_since=None), MISMATCH_PENDING),
        balance("negative since a time not known, last read between two equal balances three days ago",
                pair(reserved=-1, mismatch_since=None, bracketed_at=ago(3)), MISMATCH_PENDING),
    ),
]  # fmt: skip
