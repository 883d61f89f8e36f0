# ruff: noqa: E501 - one sentence a line
"""Every sentence a finding says: its cause, what to do, its evidence, and why other causes do not apply."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reconciler.diagnosis.facts import Unreadable
from reconciler.diagnosis.verdicts import Cause, Reason, Remedy, Source

Text = str | Promise

TITLES: dict[str, Text] = {
    Cause.WORKFLOW_STUCK: _("VTEX flow hangs"),
    Cause.ORDER_CANCELED: _("Order canceled"),
    Cause.HANDLING_SKIPPED: _("Handling skipped"),
    Cause.COUNT_NOT_UPDATED: _("Not counted after shipping"),
    Cause.AUTHORIZATION_EXPIRED: _("Authorization expired"),
    Cause.ORDER_MISSING: _("Order missing"),
    Cause.LOCK_SUPERSEDED: _("Replaced by another reservation"),
    Cause.CANCEL_INCOMPLETE: _("Cancel incomplete"),
    Cause.BALANCE_MISMATCH: _("Reserved does not add up"),
    Cause.HANDLING_OVERDUE: _("Handling overdue"),
    Cause.HANDLING_ABANDONED: _("Handling abandoned"),
    Cause.COULD_NOT_TELL: _("Could not tell"),
}

EXPLANATIONS: dict[str, Text] = {
    Cause.WORKFLOW_STUCK: _(
        "VTEX's own flow of this order hangs in a step that it should pass through by itself."
    ),
    Cause.ORDER_CANCELED: _("The order is canceled or replaced, but its reservation still holds stock."),
    Cause.HANDLING_SKIPPED: _(
        "The order was invoiced, but its reservation was never acknowledged: it never expires, and no count clears it."
    ),
    Cause.COUNT_NOT_UPDATED: _(
        "The order was handled and invoiced, but no count came since: the shipped units are still in the total."
    ),
    Cause.AUTHORIZATION_EXPIRED: _("The time to pay is over, but the reservation was never released."),
    Cause.ORDER_MISSING: _("No order of this store carries this reservation."),
    Cause.LOCK_SUPERSEDED: _("The order of this name now holds its stock with another reservation."),
    Cause.CANCEL_INCOMPLETE: _(
        "VTEX says that this reservation is canceled, yet still counts its units as reserved."
    ),
    Cause.BALANCE_MISMATCH: _("VTEX counts other units as reserved than its reservations hold."),
    Cause.HANDLING_OVERDUE: _("The order has been ready for handling for too long: nobody has started it."),
    Cause.HANDLING_ABANDONED: _("Handling was started long ago, and no invoice ever came."),
    Cause.COULD_NOT_TELL: _("What VTEX shows is not enough to judge this. It is in no total."),
}

TOO_EARLY = _(
    "Too early to tell: this often settles by itself, and counts only if a later read still shows it."
)

REMEDIES: dict[str, Text] = {
    Remedy.TICKET: _("Open a ticket with VTEX; the ticket pack holds what they will ask for."),
    Remedy.CANCEL_RESERVATION: _(
        "Cancel this reservation, after answering whether its units are still in the total."
    ),
    Remedy.UPDATE_COUNT: _("Count the shelf and enter the number: that releases what was acknowledged."),
    Remedy.COUNT_THEN_CANCEL: _(
        "Make sure that the total is right, with a count if need be, then cancel this reservation."
    ),
    Remedy.ACKNOWLEDGE_THEN_COUNT: _("Acknowledge this reservation, then enter a count: that releases it."),
    Remedy.WAIT: _("Wait: the order is not finished, and VTEX may still release it."),
    Remedy.MANUAL_REVIEW: _("Look at it in VTEX before doing anything."),
    Remedy.START_HANDLING: _("Start handling, if nobody else will: then ship and invoice."),
}

REASONS: dict[str, Text] = {
    Reason.UNKNOWN_STATUS: _("VTEX lists this reservation under a status that we do not know."),
    Reason.LIST_EXCEEDS_RESERVED: _(
        "VTEX lists more units here than it counts as reserved, so its list shows more than holds."
    ),
    Reason.PARTLY_ACKNOWLEDGED: _("Only some rows of this reservation are acknowledged."),
    Reason.LIST_UNREADABLE: _("VTEX answers an error for the reservations of this pair: unknown, not none."),
    Reason.TOO_MANY_RESERVATIONS: _("VTEX refuses to list this pair: it has too many active reservations."),
    Reason.UNLISTED_ELSEWHERE: _(
        "A reservation listed elsewhere may hold these units without being listed here."
    ),
    Reason.UNKNOWN_STATUS_UNITS: _("Rows of an unknown status may account for the difference."),
    Reason.LISTS_SHOW_CLEARED: _(
        "The lists of this store show reservations that a count has cleared, and a canceled one may hide behind it."
    ),
    Reason.CANCEL_NOT_PROVEN: _(
        "VTEX says that the reservation is canceled, but a count may have cleared it as well."
    ),
    Reason.DIFFERENCE_OLDER: _(
        "The same difference was there before this reservation was canceled: it may be of something else."
    ),
    Unreadable.NOT_SYNCED: _("Its order was not read yet."),
    Unreadable.FORBIDDEN: _("The key of this store may not read its order."),
    Unreadable.TOO_OLD: _("It is older than the two years of orders that VTEX shows."),
    Unreadable.TOO_YOUNG: _("No order was found, but it is too young to call the order missing."),
    Unreadable.OUTSIDE_BACKFILL: _("No order was found, but the orders of its days are not all mirrored."),
    Unreadable.LOOKUP_INCOMPLETE: _("No order was found, but not every way to find it has been tried."),
    Unreadable.CONFLICTING: _("What VTEX says of its order contradicts itself."),
    Unreadable.UNLINKED: _("An order of that name exists, but does not say which reservation it holds."),
    Unreadable.ERROR: _("VTEX answered an error when its order was read."),
}

EVIDENCE: dict[str, Text] = {
    "order_status": _("Order %(order)s is %(status)s."),
    "order_final_since": _("It has been %(status)s since then."),
    "in_status_since": _("It has been at %(status)s since then."),
    "workflow_in_error": _("VTEX marks its flow as failed beyond automatic retry."),
    "instance_step": _("Its %(instance)s flow stands at %(step)s."),
    "instance_in_error": _("Its %(instance)s flow stands at %(step)s, in error."),
    "item_listed": _("%(quantity)s × %(sku)s in %(warehouse)s, listed as %(status)s."),
    "item_acknowledged": _("Acknowledged: %(sku)s in %(warehouse)s."),
    "item_not_acknowledged": _("Not acknowledged: %(sku)s in %(warehouse)s."),
    "item_partly_acknowledged": _("Only partly acknowledged: %(sku)s in %(warehouse)s."),
    "handling_in_history": _("Its history shows handling, yet the reservation was not acknowledged."),
    "no_handling_in_history": _("No step start-handling or handling in its history."),
    "history_not_read": _("Its history could not be read, or is older than its last change."),
    "total_fell": _(
        "The total of %(sku)s in %(warehouse)s was seen to fall by %(units)s, from %(before)s to %(after)s."
    ),
    "total_did_not_fall": _("The total of %(sku)s in %(warehouse)s was not seen to fall: it is %(total)s."),
    "total_not_watched": _(
        "Whether the total of %(sku)s in %(warehouse)s fell is not known: it was not watched then."
    ),
    "confirmation_expired": _("Its time to be confirmed ended."),
    "order_looked_up": _("Asked for order %(id)s: %(answer)s."),
    "reserved": _("Reserved."),
    "backfill_covers": _(
        "All orders within %(days)s days of it are mirrored, incomplete ones included; none carries it."
    ),
    "order_carries_another_lock": _("The items of order %(order)s carry %(lock)s."),
    "by_id_status": _("Read by its id, its status is %(status)s: canceled."),
    "in_no_list": _("No list of its pairs shows it."),
    "reserved_beyond_list": _(
        "%(sku)s in %(warehouse)s: %(reserved)s reserved, %(units)s more than its list holds."
    ),
    "reserved_negative": _("%(sku)s in %(warehouse)s: %(reserved)s reserved, below zero."),
    "candidates": _("Canceled reservations that could explain it: %(count)s."),
    "list_exceeds_reserved": _("%(sku)s in %(warehouse)s: the list holds %(units)s more than is reserved."),
    "list_not_readable": _("The list of %(sku)s in %(warehouse)s could not be read: %(answer)s."),
}

NEAR_MISSES: dict[str, Text] = {
    "not_invoiced": _("Not that: the order is not invoiced."),
    "not_canceled": _("Not that: the order is not canceled."),
    "still_listed": _("Not that: the reservation is still listed."),
    "not_listed": _("Not that: the reservation is not listed."),
    "needs_acknowledgement": _("Not that: it needs an acknowledgement."),
    "was_acknowledged": _("Not that: the reservation was acknowledged."),
    "confirmed_never_expires": _("Not that: a confirmed reservation never expires."),
    "never_confirmed": _("Not that: the reservation was never confirmed."),
    "no_order_of_that_name": _("Not that: there is no order of that name."),
    "order_of_that_name_exists": _("Not that: an order of that name exists."),
    "one_candidate_explains_it": _("Not that: one canceled reservation explains the whole difference."),
    "no_single_candidate": _("Not that: no single canceled reservation explains the difference."),
    "waits_for_the_seller": _("Not that: this status waits for the seller, not for VTEX."),
    "vtex_moves_it_by_itself": _("Not that: VTEX moves this step by itself."),
    "flow_not_finished": _("Not that: VTEX's flow has not finished."),
}

SOURCES: dict[str, Text] = {
    Source.ORDER_DETAIL: _("order detail"),
    Source.ORDER_DOCUMENT: _("order document"),
    Source.ORDER_FEED: _("order feed"),
    Source.ORDER_LOOKUP: _("order lookup"),
    Source.WAREHOUSE_LIST: _("warehouse list"),
    Source.RESERVATION: _("reservation by id"),
    Source.BALANCE: _("balance"),
    Source.MIRROR: _("mirror"),
}

KNOWN_ISSUES: dict[str, tuple[str, ...]] = {
    Cause.WORKFLOW_STUCK: ("KI-1218606", "KI-1218615", "KI-1198719", "KI-1242813"),
    Cause.CANCEL_INCOMPLETE: ("KI-1220722",),
    Cause.BALANCE_MISMATCH: ("KI-991735",),
    Cause.HANDLING_OVERDUE: ("KI-1218606",),
    Reason.TOO_MANY_RESERVATIONS: ("KI-296066",),
}
"""VTEX's known-issue numbers, for the ticket. Handling skipped is known too, without a number: its entry was archived."""


def title(cause: str) -> str:
    return _say(TITLES, cause)


def explanation(cause: str) -> str:
    """The cause in one breath."""
    return _say(EXPLANATIONS, cause)


def too_early() -> str:
    """Instead of the explanation, until the finding is confirmed."""
    return str(TOO_EARLY)


def remedy(code: str) -> str:
    """What to do, as one instruction."""
    return _say(REMEDIES, code)


def reason(code: str) -> str:
    """Why it could not be told; empty for other causes."""
    return _say(REASONS, code) if code else ""


def source(code: str) -> str:
    return _say(SOURCES, code)


def evidence(piece: Mapping[str, Any]) -> str:
    """The sentence of one entry of `Finding.evidence`; null parameters read as "—"."""
    params = {key: "—" if value is None else value for key, value in piece.items()}
    return _say(EVIDENCE, str(piece["kind"])) % params


def near_miss(piece: Mapping[str, Any]) -> str:
    """The sentence of one entry of `Finding.not_causes`, after the title of its cause."""
    return _say(NEAR_MISSES, str(piece["kind"]))


def known_issues(cause: str, reason_code: str = "") -> tuple[str, ...]:
    return KNOWN_ISSUES.get(cause, ()) + KNOWN_ISSUES.get(reason_code, ())


def _say(sentences: Mapping[str, Text], code: str) -> str:
    """The sentence in the language of the request; an unknown code says itself rather than failing a page."""
    found = sentences.get(code)
    return str(found) if found is not None else code
