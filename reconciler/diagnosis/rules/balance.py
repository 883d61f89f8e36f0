"""What `reserved` counts although no list shows it (KI-1220722), and balances that do not add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.diagnosis.cases import LockCase, PairCase
from reconciler.diagnosis.facts import ABORTED_COMMITTED, CLOCKS_APART, Pair, PairFacts, Phantom
from reconciler.diagnosis.facts import ListState as Listing
from reconciler.diagnosis.rules.claims import fact, order_id_of, order_of
from reconciler.diagnosis.verdicts import (
    Cause,
    Evidence,
    HeldItem,
    NearMiss,
    Reason,
    Remedy,
    Source,
    ValueKind,
    Verdict,
)

_UNREADABLE_LISTS = {
    Listing.TOO_MANY: Reason.TOO_MANY_RESERVATIONS,
    Listing.ERROR: Reason.LIST_UNREADABLE,
    Listing.FORBIDDEN: Reason.LIST_UNREADABLE,
}


def explains(phantom: Phantom, pairs: Mapping[Pair, PairFacts]) -> bool:
    """Whether this one candidate, and no other, accounts for the difference of every pair it names."""
    return bool(phantom.quantities) and all(
        (pair := pairs.get(key)) is not None and _accounts_for(phantom, pair, units)
        for key, units in phantom.quantities
    )


def _accounts_for(phantom: Phantom, pair: PairFacts, units: int) -> bool:
    only = [candidate.lock_id for candidate in candidates(pair)] == [phantom.lock_id]
    return only and not pair.unlimited and pair.bracketed_at is not None and 0 < units == pair.mismatch_units


def candidates(pair: PairFacts) -> list[Phantom]:
    """The phantoms that may be behind the difference: not those reserved when it was there already."""
    began = pair.mismatch_since
    return [
        each
        for each in pair.phantoms
        if began is None or each.reserved_at is None or each.reserved_at <= began + CLOCKS_APART
    ]


def _doubt(phantom: Phantom, pairs: Mapping[Pair, PairFacts]) -> Reason | None:
    """What else may account for the difference that the candidate matches so well."""
    if not phantom.credible:
        return Reason.CANCEL_NOT_PROVEN
    own = [pairs[key] for key, _ in phantom.quantities]
    if any(_was_there_before(phantom, pair) for pair in own):
        return Reason.DIFFERENCE_OLDER
    if any(pair.other_status_units for pair in own):
        return Reason.UNKNOWN_STATUS_UNITS
    return Reason.UNLISTED_ELSEWHERE if any(pair.elsewhere for pair in own) else None


def _was_there_before(phantom: Phantom, pair: PairFacts) -> bool:
    """Whether the same difference was read before the cancel that should have left it."""
    began, canceled = pair.mismatch_since, phantom.canceled_at
    return began is not None and canceled is not None and began < canceled


def cancel_incomplete(case: LockCase, now: datetime) -> Verdict | None:
    """By-id status exactly 3, in no list, and the one explanation of a difference read twice.

    Where something else may explain the difference as well, it could not be told.
    """
    lock = case.reservation
    if lock.by_id_status != ABORTED_COMMITTED or lock.listed:
        return None
    phantom = _own_phantom(case)
    if phantom is None:
        return None
    masked = any((pair := case.pairs.get(key)) and pair.masked for key, _ in phantom.quantities)
    if not masked and not explains(phantom, case.pairs):
        return None
    doubt = Reason.LISTS_SHOW_CLEARED if masked else _doubt(phantom, case.pairs)
    verdict = _incomplete(case, phantom, now)
    return verdict if doubt is None else _undecided(verdict, doubt)


def _undecided(verdict: Verdict, doubt: Reason) -> Verdict:
    return replace(
        verdict,
        cause=Cause.COULD_NOT_TELL,
        remedy=Remedy.MANUAL_REVIEW,
        since=None,
        due_at=None,
        confirmed=False,
        near_misses=(),
        value_kind=ValueKind.NONE,
        reason=doubt,
    )


def _incomplete(case: LockCase, phantom: Phantom, now: datetime) -> Verdict:
    lock = case.reservation
    known = [(case.pairs[key], units) for key, units in phantom.quantities if key in case.pairs]
    items = tuple(_phantom_item(case, pair, units, now) for pair, units in known)
    order = order_of(case)
    return Verdict(
        cause=Cause.CANCEL_INCOMPLETE,
        remedy=Remedy.CANCEL_RESERVATION,
        lock_id=lock.lock_id,
        items=items,
        since=max((item.since for item in items if item.since), default=None),
        due_at=max((item.due_at for item in items if item.due_at), default=None),
        read_at=min(item.read_at for item in items),
        confirmed=all(item.confirmed for item in items),
        evidence=(
            fact("by_id_status", lock.by_id_read_at, Source.RESERVATION, status=lock.by_id_status),
            *(_difference(pair) for pair, _ in known),
            fact("in_no_list", min(item.read_at for item in items), Source.WAREHOUSE_LIST),
        ),
        near_misses=(
            NearMiss(Cause.BALANCE_MISMATCH, "one_candidate_explains_it"),
            NearMiss(Cause.ORDER_CANCELED, "not_listed"),
        ),
        value_kind=ValueKind.HELD,
        order_id=order_id_of(case),
        order_status=order.status if order else None,
    )


def _own_phantom(case: LockCase) -> Phantom | None:
    asked = [case.pairs[line.pair] for line in case.reservation.requested if line.pair in case.pairs]
    named = (phantom for pair in asked for phantom in pair.phantoms)
    return next((phantom for phantom in named if phantom.lock_id == case.reservation.lock_id), None)


def _phantom_item(case: LockCase, pair: PairFacts, units: int, now: datetime) -> HeldItem:
    first, last = pair.mismatch_since or now, pair.bracketed_at or pair.balance_read_at
    since = case.reservation.canceled_at or first
    due = max(since + case.graces.stuck, first + case.graces.mismatch)
    return HeldItem(pair.sku, pair.warehouse, units, since, due, last, due <= last and due <= now)


def diagnose_pair(case: PairCase, now: datetime) -> Verdict | None:
    """What is wrong with the balance itself; `lock_id` is None."""
    pair = case.pair
    if pair.unlimited:
        return None
    if pair.reserved >= 0 and pair.list_state in _UNREADABLE_LISTS:
        return _list_unreadable(pair) if pair.reserved else None
    if pair.reserved < 0:
        return _mismatch(case, now, pair.reserved)
    if pair.bracketed_at is None or pair.mismatch_units <= 0:
        return None
    if any(explains(phantom, case.pairs) for phantom in pair.phantoms):
        return None
    if pair.other_status_units > 0:
        return _could_not_tell(pair, Reason.UNKNOWN_STATUS_UNITS)
    if pair.elsewhere:
        return _could_not_tell(pair, Reason.UNLISTED_ELSEWHERE)
    return _mismatch(case, now, pair.mismatch_units)


def _mismatch(case: PairCase, now: datetime, units: int) -> Verdict:
    pair = case.pair
    since = pair.mismatch_since or pair.bracketed_at or pair.balance_read_at
    due = since + case.graces.mismatch
    read = pair.bracketed_at or pair.balance_read_at
    confirmed = pair.bracketed_at is not None and due <= read and due <= now
    suspects = fact("candidates", read, Source.RESERVATION, count=len(candidates(pair)))
    evidence = (_difference(pair), suspects) if units > 0 else (_negative(pair),)
    return Verdict(
        cause=Cause.BALANCE_MISMATCH,
        remedy=Remedy.TICKET,
        lock_id=None,
        items=(HeldItem(pair.sku, pair.warehouse, units, since, due, read, confirmed),),
        since=since,
        due_at=due,
        read_at=read,
        confirmed=confirmed,
        evidence=evidence,
        near_misses=(NearMiss(Cause.CANCEL_INCOMPLETE, "no_single_candidate"),),
        value_kind=ValueKind.TO_CHECK,
        pair=pair.pair,
    )


def _list_unreadable(pair: PairFacts) -> Verdict:
    evidence = fact(
        "list_not_readable", pair.list_tried_at, Source.WAREHOUSE_LIST,
        sku=pair.sku, warehouse=pair.warehouse, answer=pair.list_state,
    )  # fmt: skip
    return _could_not_tell(pair, _UNREADABLE_LISTS[pair.list_state], evidence)


def _could_not_tell(pair: PairFacts, reason: Reason, *evidence: Evidence) -> Verdict:
    return Verdict(
        cause=Cause.COULD_NOT_TELL,
        remedy=Remedy.MANUAL_REVIEW,
        lock_id=None,
        items=(),
        since=None,
        due_at=None,
        read_at=pair.list_read_at or pair.balance_read_at,
        confirmed=False,
        evidence=evidence or (_difference(pair),),
        reason=reason,
        pair=pair.pair,
    )


def _difference(pair: PairFacts) -> Evidence:
    return fact(
        "reserved_beyond_list", pair.bracketed_at, Source.BALANCE,
        sku=pair.sku, warehouse=pair.warehouse, units=pair.mismatch_units, reserved=pair.reserved,
    )  # fmt: skip


def _negative(pair: PairFacts) -> Evidence:
    return fact(
        "reserved_negative", pair.balance_read_at, Source.BALANCE,
        sku=pair.sku, warehouse=pair.warehouse, reserved=pair.reserved,
    )  # fmt: skip
