# ruff: noqa: E501 - one sentence a line
"""Every sentence an action says. Codes and params come from guards, refusals and attempts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reconciler.ids import parse_pair
from reconciler.models import Attempt, Outcome, Role, State, Verb

REFUSALS: dict[str, str | Promise] = {
    "actions_off": _("Actions are switched off for this store (VTEX_ACTIONS)."),
    "actions_paused": _("Actions on this store are paused by %(by)s."),
    "not_mirrored": _("VTEX or our mirror does not know it. Read it now, then try again."),
    "pair_unreadable": _("The reservations of %(pairs)s could not be read completely, so nothing may be concluded."),
    "lock_unreadable": _("VTEX does not show this reservation by its id, so nothing may be concluded."),
    "unknown_status": _("VTEX gives this reservation the status “%(status)s”, which we cannot judge."),
    "could_not_tell": _("What this reservation holds could not be told for sure, so nothing is released."),
    "list_exceeds_reserved": _("VTEX lists more units of %(pairs)s than it counts as reserved, so the list cannot be trusted there."),
    "no_cause": _("Nothing is known to be wrong with this reservation: it may be doing its job."),
    "cause_not_cancel": _("Cancelling is not the remedy here."),
    "cause_not_acknowledge": _("Acknowledging helps only where handling was skipped."),
    "acknowledged": _("Units of %(pairs)s are acknowledged already: a physical count releases them, not a cancel."),
    "partly_gone": _("Some items of this reservation are gone already. Cancelling now could drive the reserved number negative: open a VTEX ticket."),
    "not_listed": _("VTEX lists this reservation nowhere: it holds no stock."),
    "already_canceled": _("VTEX has canceled this reservation already."),
    "not_confirmed": _("The reservation %(lock_id)s is not confirmed."),
    "order_open": _("The order is not finished: it may still need these goods."),
    "not_ready_for_handling": _("The order is at “%(status)s”; handling can only be started at ready-for-handling."),
    "no_lock": _("No reservation of this order lives in this store."),
    "final_marketplace": _("The Marketplace side of this order is finished already. Whether VTEX still accepts this was never proven on this account."),
    "unlimited": _("This SKU is unlimited in this warehouse: a count means nothing here."),
    "role_missing": _("The role %(role)s is missing."),
    "claimed": _("%(by)s is at it already: %(verb)s %(subject)s, since %(since)s."),
    "facts_changed": _("VTEX has changed since the preview. Look at the new facts, then confirm anew."),
    "new_acknowledgement": _("A reservation was acknowledged since the preview. Answer for it too; what you entered is kept."),
    "entries_changed": _("The entries are not the ones that were previewed. Look at the new result, then confirm anew."),
    "token_expired": _("The preview is older than 15 minutes. Look at the facts as they are now, then confirm anew."),
    "token_invalid": _("This confirmation does not belong to this preview."),
    "count_first": _("The total of %(pairs)s may still include these units: enter a physical count there first, then come back."),
    "goods_to_leave": _("The goods are still to leave for this order, so the reservation of %(pairs)s does its job. Wait."),
    "unsure_after_count": _("As long as nobody knows whether the goods of %(pairs)s have to leave, the reservation stays."),
    "count_older_than_change": _("The total changed at %(at)s, after this count: sending it would undo that change. Count again."),
    "count_older_than_release": _("The reservation %(lock_id)s left the list at %(at)s, after this count: sending it would undo that. Count again."),
    "closed_before_sending": _("The attempt was closed before anything was sent."),
    "still_settling": _("VTEX is still being read to settle this attempt; only a final “unknown” can be released."),
    "nothing_to_release": _("This attempt holds nothing."),
}  # fmt: skip

NOTES: dict[str, str | Promise] = {
    **REFUSALS,
    "reread_failed": _("VTEX could not be read right before sending, so nothing was sent."),
    "not_sent_by_client": _("Our own limits kept the request back: nothing was sent."),
    "never_connected": _("VTEX could not be reached: nothing was sent."),
    "too_slow": _("Reading took too long, so nothing was sent."),
    "interrupted": _("The process ended before anything was sent."),
    "already_so": _("It was already so."),
    "locks_stayed": _("VTEX took the count but still lists: %(locks)s. Their findings stay open."),
    "also_gone": _("These reservations left the list too, though the preview did not name them: %(locks)s."),
    "nothing_to_change": _(
        "VTEX would ignore this number silently: nothing was sent, the check is recorded."
    ),
    "no_effect": _("VTEX accepted it, but two later reads show no effect."),
    "settled_after_24h": _("It could not be settled by reading within 24 hours."),
}

UNAVAILABLE: dict[str, str | Promise] = {
    "NotSent": _("VTEX is not asked right now: the request budget is used up or VTEX asked for a pause."),
    "Timeout": _("VTEX did not answer in time."),
    "ConnectionLost": _("VTEX could not be reached."),
    "Unauthorized": _("VTEX does not accept the key of this store."),
    "Forbidden": _("The key of this store may not read this in VTEX."),
    "RateLimited": _("VTEX asks for a pause: too many requests."),
    "NotFound": _("VTEX does not know it."),
    "StoreNotConfigured": _("The settings name no key for this store."),
}

CONFIRMATIONS: dict[str, str | Promise] = {
    "start_handling": _("From now on the next count from any source releases these units, and the ERP can no longer take this order up. Ship them and leave them out of the count."),
    "typed_lock": _("No order carries this reservation. Type its id to confirm."),
    "not_watched": _("The mirror did not watch this SKU when you counted. Is the count still right?"),
    "moves_by_half": _("This moves the total by more than half. Is the count right?"),
}  # fmt: skip

WARNINGS: dict[str, str | Promise] = {
    "acknowledge_unproven": _("No acknowledge was verified on this account yet; VTEX may not accept it."),
    "any_count_releases": _("From then on any count releases the units, also the ERP's. Enter a count next."),
    "also_releases_all": _("A cancel releases the whole reservation, in every warehouse."),
}

ENTRIES: dict[str, str | Promise] = {
    "reason_length": _("Say why, in 5 to 500 characters."),
    "ticket_length": _("At most 200 characters."),
    "personal": _("This looks like personal data (an e-mail address or a document number) and would be stored for good. Take it out, or confirm that it is none."),
    "confirm_tick": _("Tick to confirm."),
    "confirm_typed": _("Type %(text)s exactly."),
    "answer_needed": _("Answer for each SKU and warehouse: yes, no, or don't know."),
    "counted_whole": _("Enter the units as a whole number, 0 or more."),
    "counted_at_needed": _("Enter when the shelf was counted."),
    "counted_at_future": _("The count cannot lie in the future."),
    "to_ship_range": _("Enter a whole number from 0 to %(most)s, or leave it at “don't know”."),
    "to_ship_zero": _("The order is canceled: its units are for sale, so this is 0."),
    "picked_above_counted": _("More units are to leave (%(picked)s) than were counted."),
}  # fmt: skip


def refusal(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a guard or a refusal."""
    return _say(NOTES, code, params)


def entry(code: str, **params: Any) -> str:
    """The sentence beside a form field."""
    return _say(ENTRIES, code, params)


def confirmation(code: str) -> str:
    return _say(CONFIRMATIONS, code, None)


def warning(code: str) -> str:
    return _say(WARNINGS, code, None)


def unavailable(reason: str) -> str:
    return _say(UNAVAILABLE, reason if reason in UNAVAILABLE else "ConnectionLost", None)


def outcome(attempt: Attempt) -> str:
    """One sentence that says where the attempt stands, in the past tense once it is done."""
    if attempt.state != State.DONE:
        return _running(attempt)
    sentence = str(OUTCOMES[attempt.outcome])
    if attempt.outcome == Outcome.VERIFIED:
        sentence = str(VERIFIED[attempt.verb])
    note = attempt.note.get("code", "")
    said = [sentence]
    if note in NOTES:
        said.append(_say(NOTES, note, attempt.note.get("params")))
    if also := attempt.note.get("also_gone"):
        said.append(_say(NOTES, "also_gone", {"locks": also}))
    return " ".join(said)


OUTCOMES: dict[str, str | Promise] = {
    Outcome.VERIFIED: _("VTEX was read again: it is so."),
    Outcome.FAILED: _("VTEX refused. Nothing was changed."),
    Outcome.UNKNOWN: _("Nobody knows whether VTEX did it. Nothing is sent again."),
    Outcome.NOT_SENT: _("Nothing was sent to VTEX."),
    Outcome.NOT_APPLIED: _("VTEX did not do it."),
    Outcome.REFUSED: _("Refused; nothing was sent to VTEX."),
}

VERIFIED: dict[str, str | Promise] = {
    Verb.CANCEL: _("The reservation is canceled: VTEX was read again and lists it nowhere."),
    Verb.ACKNOWLEDGE: _("The reservation is acknowledged: VTEX was read again. Enter a count next."),
    Verb.START_HANDLING: _("Handling has started: VTEX was read again."),
    Verb.COUNT: _("The count is in: VTEX was read again."),
    Verb.CHECK: _("The check is recorded: the total was right."),
}


def _running(attempt: Attempt) -> str:
    if attempt.outcome == Outcome.UNKNOWN:
        return gettext("VTEX gave no clear answer. It is read again until we know; nothing is sent twice.")
    if attempt.state == State.VERIFYING:
        return gettext("VTEX accepted it. It is read again until it shows.")
    if attempt.state == State.SENDING:
        return gettext("The request is on its way to VTEX.")
    return gettext("Requested; nothing was sent yet.")


def _say(sentences: Mapping[str, str | Promise], code: str, params: Mapping[str, Any] | None) -> str:
    sentence = str(sentences.get(code, code))
    return sentence % {name: _shown(name, value) for name, value in params.items()} if params else sentence


def _shown(name: str, value: Any) -> str:
    if name == "role":
        return str(Role(value).label)
    if not isinstance(value, list | tuple):
        return str(value)
    return ", ".join(_pair(each) if name == "pairs" else str(each) for each in value)


def _pair(subject: str) -> str:
    sku_id, warehouse_id = parse_pair(subject)
    return gettext("SKU %(sku)s in %(warehouse)s") % {"sku": sku_id, "warehouse": warehouse_id}
