# ruff: noqa: E501 - one sentence a line
"""What a finding means to a store, how sure it is, and what nobody knows about it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reconciler.diagnosis.verdicts import Cause, Reason
from reconciler.diagnosis.wording import Text, _say


class Confidence(StrEnum):
    """How sure a finding is, the surest first."""

    CERTAIN = "certain"
    NEARLY = "nearly"
    INFERRED = "inferred"
    PENDING = "pending"
    NONE = "none"


MEANINGS: dict[str, Text] = {
    Cause.WORKFLOW_STUCK: _(
        "Nobody at the store can move it on, and what it holds stays held until VTEX repairs it."
    ),
    Cause.ORDER_CANCELED: _("Nobody waits for these units any more, and nobody else can buy them."),
    Cause.HANDLING_SKIPPED: _("These units stay off sale until somebody acts."),
    Cause.COUNT_NOT_UPDATED: _(
        "Canceling it could offer units that are gone: only a count of the shelf clears it."
    ),
    Cause.AUTHORIZATION_EXPIRED: _(
        "VTEX should have let go of these units by itself; until it does, nobody can buy them."
    ),
    Cause.ORDER_MISSING: _(
        "Nobody seems to wait for these units, but that is known only from finding nobody."
    ),
    Cause.LOCK_SUPERSEDED: _("The old one may hold units for the same customer a second time."),
    Cause.CANCEL_INCOMPLETE: _("These units are kept off sale for nobody."),
    Cause.BALANCE_MISMATCH: _(
        "What VTEX offers for sale here is wrong, and no single reservation explains it."
    ),
    Cause.HANDLING_OVERDUE: _("A customer waits for these units: this is a late order, not stuck stock."),
    Cause.HANDLING_ABANDONED: _("What it holds stays held, and VTEX does not know whether it was shipped."),
    Cause.COULD_NOT_TELL: _("It may be fine or stuck, so nothing should be canceled because of it."),
}
"""What it means for the store, after `wording.EXPLANATIONS` said what happened."""

AFTER_HANDLING = _("Handling had begun, so VTEX keeps these units reserved until a count comes.")
"""What a canceled order means once its reservation was acknowledged (F5.2)."""
LEFT_OR_BACK = _("Whether the goods left the warehouse, or came back to it.")

TO_DO: dict[str, Text] = {
    Cause.ORDER_CANCELED: _("cancel the reservation, or count where it was acknowledged"),
    Cause.HANDLING_SKIPPED: _("make sure of the total, then cancel the reservation"),
    Cause.COUNT_NOT_UPDATED: _("count the shelf"),
    Cause.AUTHORIZATION_EXPIRED: _("wait, or cancel where the order is finished"),
    Cause.ORDER_MISSING: _("look at it in VTEX, then cancel"),
    Cause.LOCK_SUPERSEDED: _("look at it in VTEX, then cancel"),
    Cause.CANCEL_INCOMPLETE: _("cancel it once more"),
}
"""For a line in a list: what a stuck cause asks of somebody."""

LEVELS: dict[str, Text] = {
    Confidence.CERTAIN: pgettext_lazy("confidence", "certain"),
    Confidence.NEARLY: pgettext_lazy("confidence", "as good as certain"),
    Confidence.INFERRED: pgettext_lazy("confidence", "very likely"),
    Confidence.PENDING: pgettext_lazy("confidence", "not certain yet"),
    Confidence.NONE: pgettext_lazy("confidence", "not known"),
}

CONFIDENT: dict[str, Confidence] = {
    Cause.ORDER_MISSING: Confidence.NEARLY,
    Cause.CANCEL_INCOMPLETE: Confidence.INFERRED,
    Cause.COULD_NOT_TELL: Confidence.NONE,
}
"""Causes that are not plainly read from VTEX."""

_BOTH_READ = _(
    "VTEX itself shows both the order and the reservation like this, and was asked again after the time in which it usually settles."
)
WHY_SURE: dict[str, Text] = {
    Cause.WORKFLOW_STUCK: _(
        "VTEX itself shows the flow standing there, and was asked again after the time in which it usually goes on."
    ),
    Cause.ORDER_CANCELED: _BOTH_READ,
    Cause.HANDLING_SKIPPED: _BOTH_READ,
    Cause.COUNT_NOT_UPDATED: _BOTH_READ,
    Cause.AUTHORIZATION_EXPIRED: _("Its time is over, and it was still listed when VTEX was asked later."),
    Cause.ORDER_MISSING: _(
        "Every way to find its order came back empty, and all orders of its days are mirrored. That proves it by absence, not by a document."
    ),
    Cause.LOCK_SUPERSEDED: _("The order itself names the other reservation."),
    Cause.CANCEL_INCOMPLETE: _(
        "VTEX does not list what it counts here. This is inferred: it is the only canceled reservation that explains the whole difference, and it did so on two reads."
    ),
    Cause.BALANCE_MISMATCH: _(
        "The numbers were read twice, with some time between. Which reservation is behind the difference is not known."
    ),
    Cause.HANDLING_OVERDUE: _("VTEX itself shows the order at that status, read after its time was up."),
    Cause.HANDLING_ABANDONED: _("VTEX itself shows the order at that status, read after its time was up."),
    Cause.COULD_NOT_TELL: _("It is in no total, no list of stuck reservations and no alert."),
}
WHY_PENDING = _("It waits for one more read after the time in which such things usually settle.")

UNKNOWN_OF_CAUSE: dict[str, Text] = {
    Cause.WORKFLOW_STUCK: _("What keeps VTEX's flow from going on."),
    Cause.ORDER_CANCELED: _("Why VTEX did not release it together with the order."),
    Cause.COUNT_NOT_UPDATED: _("How many units stand on the shelf."),
    Cause.AUTHORIZATION_EXPIRED: _("Whether VTEX will still release it by itself."),
    Cause.ORDER_MISSING: _("Who made the reservation: some connectors make them without an order."),
    Cause.LOCK_SUPERSEDED: _("Why the order got another reservation, and whether VTEX will drop this one."),
    Cause.CANCEL_INCOMPLETE: _("What exactly VTEX counts as reserved: it gives a number without a list."),
    Cause.BALANCE_MISMATCH: _("What exactly VTEX counts as reserved: it gives a number without a list."),
    Cause.HANDLING_OVERDUE: _("Whether somebody has begun to pack it without telling VTEX."),
    Cause.HANDLING_ABANDONED: _("Whether it was shipped."),
}

UNKNOWN_OF_EVIDENCE: dict[str, Text] = {
    "total_fell": _("What the total fell for: a count carries no reason."),
    "total_did_not_fall": _("Whether the units have left the shelf: VTEX does not say."),
    "total_not_watched": _("Whether the units were taken off the total: it was not watched then."),
    "no_handling_in_history": _("Which system invoiced without starting handling."),
    "handling_in_history": _("Why VTEX did not acknowledge it when handling began."),
    "history_not_read": _("Which steps the order took."),
}
"""What a piece of evidence leaves open."""

_COMPARE = _("Compare the shelf with the total; if units are missing from sale, open a ticket with VTEX.")
ADVICE: dict[str, Text] = {
    Reason.LISTS_SHOW_CLEARED: _COMPARE,
    Reason.CANCEL_NOT_PROVEN: _COMPARE,
    Reason.DIFFERENCE_OLDER: _COMPARE,
    Reason.UNKNOWN_STATUS: _("Look at the reservation in VTEX, and tell us the status that it names."),
    Reason.LIST_EXCEEDS_RESERVED: _("Read the pair again later; if it stays so, open a ticket with VTEX."),
    Reason.PARTLY_ACKNOWLEDGED: _(
        "Count the shelf: that clears the acknowledged part, and the rest can then be told."
    ),
    Reason.LIST_UNREADABLE: _(
        "Read the pair again later. If the key may not read it, give it “Logistics viewer” in VTEX; if VTEX keeps failing, open a ticket."
    ),
    Reason.TOO_MANY_RESERVATIONS: _(
        "Count the shelf: that clears what was acknowledged, and VTEX may then list the rest again."
    ),
    Reason.UNLISTED_ELSEWHERE: _("Look first at the reservations of the same order in other warehouses."),
    Reason.UNKNOWN_STATUS_UNITS: _("Look at the reservations of this pair in VTEX."),
    "not_synced": _("Wait for the sync, or read the order now on its page."),
    "forbidden": _(
        "Give the app key the permission “View order” in VTEX; “manage.py check_vtex” tells what else is missing."
    ),
    "too_old": _(
        "VTEX shows orders of two years only: look it up in your own records before canceling anything."
    ),
    "too_young": _("Wait: its order may still appear."),
    "outside_backfill": _("Let the sync read the orders of its days: a longer backfill does that."),
    "lookup_incomplete": _("Wait for the next look-up, or look the reservation up now on its page."),
    "conflicting": _("Look at the order in VTEX: its items name different reservations."),
    "unlinked": _("Look at the order in VTEX: another account may fulfil it."),
    "error": _("Read the order again later; if VTEX keeps failing, open a ticket with it."),
}
"""For each reason why it could not be told: what to do about it."""

ELSE_ADVICE = _("Look at it in VTEX, and read it again later.")


def means(cause: str, kinds: Collection[str] = ()) -> str:
    """For the store. `kinds`: of the evidence."""
    if _handled_then_canceled(cause, kinds):
        return str(AFTER_HANDLING)
    return _say(MEANINGS, cause) if cause in MEANINGS else ""


def to_do(cause: str) -> str:
    return _say(TO_DO, cause) if cause in TO_DO else ""


def confidence(cause: str, *, due: bool) -> tuple[str, str]:
    """The level in a word, and why. `due`: confirmed by a read after its time."""
    if not due:
        return str(LEVELS[Confidence.PENDING]), str(WHY_PENDING)
    level = CONFIDENT.get(cause, Confidence.CERTAIN)
    return str(LEVELS[level]), _say(WHY_SURE, cause) if cause in WHY_SURE else ""


def unknowns(cause: str, kinds: Collection[str]) -> list[str]:
    """What is not known: of the cause itself, then what the evidence leaves open, each once."""
    of_cause = UNKNOWN_OF_CAUSE.get(cause)
    if _handled_then_canceled(cause, kinds):
        of_cause = LEFT_OR_BACK
    of_evidence = (UNKNOWN_OF_EVIDENCE[kind] for kind in kinds if kind in UNKNOWN_OF_EVIDENCE)
    return list(dict.fromkeys(str(text) for text in (of_cause, *of_evidence) if text))


def _handled_then_canceled(cause: str, kinds: Collection[str]) -> bool:
    return cause == Cause.ORDER_CANCELED and "item_acknowledged" in kinds


def advice(reason: str) -> str:
    """What to do about a reason why it could not be told."""
    return _say(ADVICE, reason) if reason in ADVICE else str(ELSE_ADVICE)
