"""Whether an action is open: one predicate for the button, the preview, the POST and the re-read."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from reconciler.actions.facts import LockFacts, OrderFacts, PairFacts, pair_of, readable, subjects
from reconciler.actions.types import ALLOWED, Guard, refuse
from reconciler.diagnosis.facts import (
    ABORTED_COMMITTED,
    BY_ID_CONFIRMED,
    CANCELED,
    CONFIRMED,
    FINISHED,
    HOLDING,
    INVOICED,
    READY_FOR_HANDLING,
)
from reconciler.models import Cause, OrderLookup, StockBalance, Verb, VtexAccount

CANCEL_CAUSES = (
    Cause.ORDER_CANCELED, Cause.HANDLING_SKIPPED, Cause.AUTHORIZATION_EXPIRED, Cause.ORDER_MISSING,
    Cause.LOCK_SUPERSEDED, Cause.CANCEL_INCOMPLETE,
)  # fmt: skip
"""Causes whose remedy is a cancel, in order of precedence (design section 6)."""
TYPED_CAUSES = (Cause.ORDER_MISSING, Cause.LOCK_SUPERSEDED)
NO_CAUSES = (Cause.BALANCE_MISMATCH,)
NOT_CANCELED = (0, 1, 2)


def store(account: VtexAccount) -> Guard:
    """Whether this store takes actions at all."""
    configured = settings.STORES.get(account.name)
    if configured is None or not configured.actions:
        return refuse("actions_off")
    if account.actions_paused_at:
        return refuse("actions_paused", by=account.actions_paused_by)
    return ALLOWED


def cancel(facts: LockFacts) -> Guard:
    """A cause whose remedy is a cancel, every item listed, none acknowledged; or `cancel_incomplete`."""
    cause = cancel_cause(facts)
    if doubt := _doubt(facts):
        return doubt
    if not cause:
        return _no_cause(facts, "cause_not_cancel")
    if cause == Cause.AUTHORIZATION_EXPIRED and not _finished(facts):
        return refuse("order_open")
    if cause == Cause.CANCEL_INCOMPLETE:
        return _incomplete(facts)
    return _whole_and_untouched(facts)


def acknowledge(facts: LockFacts) -> Guard:
    """Only where handling was skipped; every item Confirmed, listed, and not acknowledged."""
    if doubt := _doubt(facts):
        return doubt
    if not has_cause(facts, Cause.HANDLING_SKIPPED):
        return _no_cause(facts, "cause_not_acknowledge")
    if not all(item.status == CONFIRMED for item in facts.items):
        return refuse("not_confirmed", lock_id=facts.reservation.lock_id)
    return _whole_and_untouched(facts)


def start_handling(facts: OrderFacts) -> Guard:
    """Status ready-for-handling, and every reservation of the order Confirmed and listed."""
    final = facts.step("Marketplace") in FINISHED and facts.step("Fulfillment") == READY_FOR_HANDLING
    if final and not facts.order.account.final_start_handling_allowed:
        return refuse("final_marketplace")
    if not final and facts.order.status != READY_FOR_HANDLING:
        return refuse("not_ready_for_handling", status=facts.order.status)
    if not facts.lock_ids:
        return refuse("no_lock")
    known = {lock.reservation.lock_id: lock for lock in facts.locks}
    for lock_id in facts.lock_ids:
        if lock_id not in known:
            return refuse("lock_unreadable")
        guard = _confirmed_and_listed(known[lock_id])
        if not guard.allowed:
            return guard
    return ALLOWED


def count(facts: PairFacts) -> Guard:
    """Any pair that is not unlimited, if its list can be read: it says who is acknowledged."""
    if facts.balance.unlimited:
        return refuse("unlimited")
    if not readable(facts.balance):
        return refuse("pair_unreadable", pairs=subjects([facts.pair]))
    return ALLOWED


def cancel_cause(facts: LockFacts) -> str:
    """The first open cause that a cancel may remedy, "" without one."""
    return next((cause for cause in CANCEL_CAUSES if has_cause(facts, cause)), "")


def has_cause(facts: LockFacts, cause: str) -> bool:
    """Whether the finding is open and the facts at hand still bear it out, whoever wrote it last."""
    return any(finding.cause == cause for finding in facts.findings) and _fits(facts, cause)


def _fits(facts: LockFacts, cause: str) -> bool:
    reservation, order = facts.reservation, facts.order
    proven = (
        order is not None and reservation.order_lookup == OrderLookup.FOUND and not reservation.superseded
    )
    match cause:
        case Cause.ORDER_CANCELED:
            return proven and order is not None and order.status in CANCELED
        case Cause.HANDLING_SKIPPED:
            return proven and order is not None and order.status == INVOICED
        case Cause.ORDER_MISSING:
            return order is None and reservation.order_lookup == OrderLookup.MISSING
        case Cause.LOCK_SUPERSEDED:
            return reservation.superseded
        case _:
            return True


def of(verb: Verb, facts: LockFacts | OrderFacts | PairFacts) -> Guard:
    """The predicate of a verb; the facts must be those of its subject."""
    if isinstance(facts, OrderFacts):
        return start_handling(facts)
    if isinstance(facts, PairFacts):
        return count(facts)
    return acknowledge(facts) if verb == Verb.ACKNOWLEDGE else cancel(facts)


def _doubt(facts: LockFacts) -> Guard | None:
    """Where an item could not be judged, or a list shows more than is reserved (U1), nothing is released."""
    if has_cause(facts, Cause.COULD_NOT_TELL):
        return refuse("could_not_tell")
    above = [
        pair
        for pair, balance in facts.balances.items()
        if balance.bracketed_at and balance.mismatch_units < 0
    ]
    return refuse("list_exceeds_reserved", pairs=subjects(above)) if above else None


def _no_cause(facts: LockFacts, other: str) -> Guard:
    if any(item.acknowledged_at or item.partly_acknowledged for item in facts.items):
        return _acknowledged(facts)
    causes = [finding.cause for finding in facts.findings if finding.cause not in NO_CAUSES]
    return refuse(other, causes=causes) if causes else refuse("no_cause")


def _whole_and_untouched(facts: LockFacts) -> Guard:
    """Every item listed and none acknowledged, so that nothing a count removed is released twice (F6.6)."""
    if unread := _unread(facts):
        return unread
    if not facts.items:
        return refuse("not_listed")
    if any(item.acknowledged_at or item.partly_acknowledged for item in facts.items):
        return _acknowledged(facts)
    other = next((item.status for item in facts.items if item.status not in HOLDING), None)
    if other is not None:
        return refuse("unknown_status", status=other)
    return _by_id(facts)


def _by_id(facts: LockFacts) -> Guard:
    reservation = facts.reservation
    if reservation.status_missing:
        return refuse("lock_unreadable")
    if reservation.status_read_at is None:
        return ALLOWED
    if reservation.status_code not in NOT_CANCELED:
        canceled = reservation.status_code in (3, 4, 5)
        return refuse("already_canceled") if canceled else refuse("unknown_status", status="?")
    if not facts.requested:
        return refuse("lock_unreadable")
    return ALLOWED if facts.requested == facts.listed else refuse("partly_gone")


def _unread(facts: LockFacts) -> Guard | None:
    """Whether a pair of the lock was not read whole, or VTEX did not name its warehouse."""
    unread = [pair for pair in facts.pairs if not readable(facts.balances.get(pair))]
    if not all(all(pair) for pair in unread):
        return refuse("lock_unreadable")
    return refuse("pair_unreadable", pairs=subjects(unread)) if unread else None


def _acknowledged(facts: LockFacts) -> Guard:
    touched = [pair_of(item) for item in facts.items if item.acknowledged_at or item.partly_acknowledged]
    return refuse("acknowledged", pairs=subjects(touched))


def _incomplete(facts: LockFacts) -> Guard:
    """Status exactly 3 and in no list, though the balance still counts it (KI-1220722)."""
    if not facts.pairs:
        return refuse("lock_unreadable")
    if unread := _unread(facts):
        return unread
    if facts.items or facts.reservation.status_code != ABORTED_COMMITTED:
        return refuse("cause_not_cancel")
    differences = [(facts.balances[pair], units) for pair, units in facts.requested.items()]
    if not all(balance.bracketed_at and balance.mismatch_units == units for balance, units in differences):
        return refuse("no_cause")
    return ALLOWED if all(_twice(balance) for balance, _ in differences) else refuse("could_not_tell")


def _twice(balance: StockBalance) -> bool:
    """Whether the same difference stood on two bracketed reads far enough apart, the last read being one."""
    first, last = balance.mismatch_since, balance.bracketed_at
    if first is None or last is None or last != balance.list_read_at:
        return False
    return last - first >= timedelta(minutes=settings.MISMATCH_CONFIRM_MINUTES)


def _confirmed_and_listed(facts: LockFacts) -> Guard:
    lock_id = facts.reservation.lock_id
    if unread := _unread(facts):
        return unread
    if not facts.items:
        return refuse("not_listed")
    confirmed = facts.reservation.status_code in (BY_ID_CONFIRMED, None)
    if not confirmed or any(item.status != CONFIRMED for item in facts.items):
        return refuse("not_confirmed", lock_id=lock_id)
    if facts.reservation.status_missing:
        return refuse("lock_unreadable")
    return ALLOWED


def _finished(facts: LockFacts) -> bool:
    return facts.order is not None and facts.order.status in FINISHED
