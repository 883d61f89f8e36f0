"""Locks whose order is gone, carries another lock, or cannot be read: three different things."""

from __future__ import annotations

from datetime import datetime

from reconciler.diagnosis.cases import LockCase
from reconciler.diagnosis.facts import (
    BACKFILL_MARGIN,
    TWO_YEARS,
    Found,
    ItemFact,
    NotFound,
    NotReadable,
    Renamed,
    Unreadable,
)
from reconciler.diagnosis.rules.claims import Claim, could_not_tell, fact, listed_evidence, status_evidence
from reconciler.diagnosis.rules.times import latest
from reconciler.diagnosis.verdicts import Cause, Evidence, NearMiss, Source

_REFUSED = frozenset({"401", "403"})
_GONE = "404"


def unreadable(case: LockCase) -> Unreadable | None:
    """Why nothing certain is known of the order; None when it was found, renamed or is missing."""
    match case.order:
        case Found():
            return None
        case NotReadable(reason=reason):
            return reason
        case Renamed(order=order):
            if not order.lock_ids:
                return Unreadable.UNLINKED
            return None if all(line.lock_id for line in order.lines) else Unreadable.CONFLICTING
        case NotFound() as lookup:
            return _doubt(case, lookup)


def order_unreadable(case: LockCase, item: ItemFact) -> Claim | None:
    """Unreadable is counted as "could not tell", never as stuck."""
    reason = unreadable(case)
    if reason is None:
        return None
    return could_not_tell(item, reason, *lookup_evidence(case), listed_evidence(item))


def order_missing(case: LockCase, item: ItemFact) -> Claim | None:
    """No order carries the lock. After `order_unreadable`: all that makes a 404 a proof holds."""
    reserved = case.reservation.reserved_at
    if not isinstance(case.order, NotFound) or reserved is None:
        return None
    return Claim(
        Cause.ORDER_MISSING,
        item,
        reserved,
        reserved + max(case.graces.missing_order, case.graces.stuck),
        (
            *lookup_evidence(case),
            fact("reserved", reserved, Source.WAREHOUSE_LIST),
            fact("backfill_covers", None, Source.MIRROR, days=BACKFILL_MARGIN.days),
            listed_evidence(item),
        ),
        (NearMiss(Cause.LOCK_SUPERSEDED, "no_order_of_that_name"),),
    )


def lock_superseded(case: LockCase, item: ItemFact) -> Claim | None:
    """The order of that name carries another lock id (F3.1): after `order_unreadable`."""
    if not isinstance(case.order, Renamed):
        return None
    order = case.order.order
    successor = case.order.successor_reserved_at or order.last_change_at
    since = latest(case.reservation.reserved_at, successor) or item.first_seen_at
    due = since + case.graces.stuck
    return Claim(
        Cause.LOCK_SUPERSEDED,
        item,
        since,
        due,
        (
            status_evidence(order),
            fact(
                "order_carries_another_lock", order.read_at, Source.ORDER_DETAIL,
                order=order.order_id, lock=", ".join(sorted(order.lock_ids)),
            ),
            listed_evidence(item),
        ),
        (NearMiss(Cause.ORDER_MISSING, "order_of_that_name_exists"),),
        proven=order.finished or order.read_at >= due,
    )  # fmt: skip


def lookup_evidence(case: LockCase) -> tuple[Evidence, ...]:
    """What was asked to find the order, and what was answered."""
    if not isinstance(case.order, NotFound | NotReadable):
        return ()
    at = case.order.looked_at
    return tuple(
        fact("order_looked_up", at, Source.ORDER_LOOKUP, id=tried.key, answer=tried.answer)
        for tried in case.order.tried
    )


def _doubt(case: LockCase, lookup: NotFound) -> Unreadable | None:
    """The first condition of `order_missing` that does not hold."""
    answers = {tried.key: tried.answer for tried in lookup.tried}
    reserved = case.reservation.reserved_at
    if lookup.looked_at is None or not answers:
        return Unreadable.NOT_SYNCED
    if not _REFUSED.isdisjoint(answers.values()):
        return Unreadable.FORBIDDEN
    if reserved is None or any(answers.get(key) != _GONE for key in _names(case.reservation.lock_id)):
        return Unreadable.LOOKUP_INCOMPLETE
    if lookup.looked_at - reserved >= TWO_YEARS:
        return Unreadable.TOO_OLD
    if lookup.looked_at - reserved < case.graces.missing_order:
        return Unreadable.TOO_YOUNG
    start, end = reserved - BACKFILL_MARGIN, reserved + BACKFILL_MARGIN
    if not _covers(lookup.covered, start, end):
        return Unreadable.OUTSIDE_BACKFILL
    if any(created is None or start <= created <= end for created in lookup.unread_orders):
        return Unreadable.LOOKUP_INCOMPLETE
    return None


def _names(lock_id: str) -> tuple[str, ...]:
    """The order ids a lock may stand for: itself, and without the "00-" of the store's own seller (F3.1)."""
    return lock_id, lock_id.removeprefix("00-")


def _covers(spans: tuple[tuple[datetime, datetime], ...], start: datetime, end: datetime) -> bool:
    reached = start
    for opens, closes in sorted(spans):
        if opens > reached:
            break
        reached = max(reached, closes)
    return reached >= end
