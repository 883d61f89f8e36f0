# ruff: noqa: E501 - a situation is read across
"""What is wrong with a balance, whoever's reservations it is made of."""

from __future__ import annotations

from reconciler.diagnosis.facts import ListState

from .builders import NOW, ago, beyond, pair, phantom
from .situations import balance, by

WRONG = "balance_mismatch ticket stuck"
SITUATIONS = by(
    "F5.5 F6.1 F9 U1",
    balance("reserved and list agree", pair()),
    balance("units are left over that nobody explains", beyond(2), WRONG),
    balance("left over for five minutes", beyond(2, since=ago(minutes=5)), "balance_mismatch ticket pending"),
    balance("two canceled reservations could explain it", beyond(2, phantom(), phantom("00-x")), WRONG),
    balance("one canceled reservation of another number", beyond(3, phantom()), WRONG),
    balance("one canceled reservation explains it: the lock's finding", beyond(2, phantom())),
    balance("never read between two equal balances", beyond(2, bracketed_at=None)),
    balance("an unlimited pair that does not add up", beyond(2, unlimited=True)),
    balance("reserved is negative", pair(reserved=-1, mismatch_units=-1, mismatch_since=ago(3)), WRONG),
    balance("reserved is negative, seen once", pair(reserved=-1, mismatch_units=-1, mismatch_since=NOW),
     "balance_mismatch ticket pending"),
    balance("the list shows more than is reserved: the rows' matter, not the balance's", pair(mismatch_units=-1)),
    balance("rows of an unknown status may explain it", beyond(2, other_status_units=2),
     "could_not_tell:unknown_status_units"),
    balance("a lock listed elsewhere may explain it", beyond(2, elsewhere=True), "could_not_tell:unlisted_elsewhere"),
    balance("too many reservations to list", pair(list_state=ListState.TOO_MANY),
     "could_not_tell:too_many_reservations"),
    balance("the list answers an error", pair(list_state=ListState.ERROR), "could_not_tell:list_unreadable"),
    balance("the key may not list", pair(list_state=ListState.FORBIDDEN), "could_not_tell:list_unreadable"),
    balance("an error, but nothing is reserved", pair(list_state=ListState.ERROR, reserved=0)),
    balance("changed while it was listed: read again soon", pair(list_state=ListState.UNSTABLE)),
    balance("not listed yet", pair(list_state=ListState.NOT_READ)),
)  # fmt: skip
