"""Items that a finished order, or an authorization that ran out, still holds (F5.2)."""

from __future__ import annotations

from datetime import datetime

from reconciler.diagnosis.cases import LockCase
from reconciler.diagnosis.facts import (
    AUTHORIZED,
    CANCELED,
    CONFIRMED,
    HANDLING_STEPS,
    INVOICED,
    Found,
    ItemFact,
    OrderFacts,
)
from reconciler.diagnosis.rules.claims import (
    Claim,
    acknowledgement_evidence,
    could_not_tell,
    fact,
    listed_evidence,
    status_evidence,
)
from reconciler.diagnosis.rules.times import finished_at
from reconciler.diagnosis.verdicts import Cause, Evidence, NearMiss, Reason, Source


def order_canceled(case: LockCase, order: OrderFacts, item: ItemFact) -> Claim | None:
    """The order is canceled or replaced and the item is still listed."""
    if order.status not in CANCELED:
        return None
    since = finished_at(order, order.canceled_at)
    if item.acknowledged_at is not None:
        since = max(since, item.acknowledged_at)
    return Claim(
        Cause.ORDER_CANCELED,
        item,
        since,
        since + case.graces.stuck,
        (
            status_evidence(order),
            fact("order_final_since", since, Source.ORDER_DETAIL, status=order.status),
            listed_evidence(item),
            acknowledgement_evidence(item),
            total_evidence(case, item),
        ),
        (
            NearMiss(Cause.HANDLING_SKIPPED, "not_invoiced"),
            NearMiss(Cause.COUNT_NOT_UPDATED, "not_invoiced"),
            NearMiss(Cause.CANCEL_INCOMPLETE, "still_listed"),
        ),
    )


def invoiced_and_held(case: LockCase, order: OrderFacts, item: ItemFact) -> Claim | None:
    """The order is invoiced: `handling_skipped` or `count_not_updated`, told apart by the acknowledgement."""
    if order.status != INVOICED:
        return None
    if item.partly_acknowledged:
        return could_not_tell(
            item, Reason.PARTLY_ACKNOWLEDGED, listed_evidence(item), acknowledgement_evidence(item)
        )
    if item.acknowledged_at is not None:
        return _count_not_updated(case, order, item, item.acknowledged_at)
    return _handling_skipped(case, order, item) if item.status == CONFIRMED else None


def _handling_skipped(case: LockCase, order: OrderFacts, item: ItemFact) -> Claim:
    since = finished_at(order, order.invoiced_at)
    return Claim(
        Cause.HANDLING_SKIPPED,
        item,
        since,
        since + case.graces.stuck,
        (
            status_evidence(order),
            fact("order_final_since", since, Source.ORDER_DETAIL, status=order.status),
            handling_evidence(order),
            listed_evidence(item),
            acknowledgement_evidence(item),
            total_evidence(case, item),
        ),
        (
            NearMiss(Cause.COUNT_NOT_UPDATED, "needs_acknowledgement"),
            NearMiss(Cause.AUTHORIZATION_EXPIRED, "confirmed_never_expires"),
            NearMiss(Cause.ORDER_CANCELED, "not_canceled"),
        ),
    )


def _count_not_updated(case: LockCase, order: OrderFacts, item: ItemFact, acknowledged_at: datetime) -> Claim:
    since = max(finished_at(order, order.invoiced_at), acknowledged_at)
    return Claim(
        Cause.COUNT_NOT_UPDATED,
        item,
        since,
        since + case.graces.stuck,
        (
            status_evidence(order),
            fact("order_final_since", since, Source.ORDER_DETAIL, status=order.status),
            listed_evidence(item),
            acknowledgement_evidence(item),
            total_evidence(case, item),
        ),
        (
            NearMiss(Cause.HANDLING_SKIPPED, "was_acknowledged"),
            NearMiss(Cause.ORDER_CANCELED, "not_canceled"),
        ),
    )


def authorization_expired(case: LockCase, item: ItemFact) -> Claim | None:
    """Authorized, read as such after its maximum confirmation. A Confirmed one never expires (F5.2)."""
    expiry = case.reservation.maximum_confirmation_at
    if item.status != AUTHORIZED or expiry is None or item.read_at < expiry or _confirmed_since(case, item):
        return None
    evidence: tuple[Evidence, ...] = (
        fact("confirmation_expired", expiry, Source.WAREHOUSE_LIST),
        listed_evidence(item),
    )
    if isinstance(case.order, Found):
        evidence = (status_evidence(case.order.order), *evidence)
    return Claim(
        Cause.AUTHORIZATION_EXPIRED,
        item,
        expiry,
        expiry + case.graces.stuck,
        evidence,
        (
            NearMiss(Cause.HANDLING_SKIPPED, "never_confirmed"),
            NearMiss(Cause.ORDER_CANCELED, "not_canceled"),
        ),
    )


def _confirmed_since(case: LockCase, item: ItemFact) -> bool:
    """The by-id read came after the list and no longer says Authorized (code 1)."""
    lock = case.reservation
    if lock.by_id_status in (None, 1) or lock.by_id_read_at is None:
        return False
    return lock.by_id_read_at > item.read_at


def handling_evidence(order: OrderFacts) -> Evidence:
    """Whether the history shows handling: evidence for `handling_skipped`, never a condition."""
    times = [step.at for step in order.history if step.step in HANDLING_STEPS]
    if times:
        return fact("handling_in_history", max(times), Source.ORDER_DOCUMENT)
    if not order.history_is_current:
        return fact("history_not_read", order.history_read_at, Source.ORDER_DOCUMENT)
    return fact("no_handling_in_history", order.history_read_at, Source.ORDER_DOCUMENT)


def total_evidence(case: LockCase, item: ItemFact) -> Evidence:
    """Whether the mirror saw the total fall since the units were reserved (F6.7), or was not watched."""
    pair = case.pairs.get(item.pair)
    start = case.reservation.confirmed_at or case.reservation.reserved_at or item.first_seen_at
    place = {"sku": item.sku, "warehouse": item.warehouse}
    if pair is None:
        return fact("total_not_watched", None, Source.MIRROR, **place)
    falls = [change for change in pair.changes if change.at >= start and change.after < change.before]
    if falls:
        last = max(falls, key=lambda change: change.at)
        units = sum(change.before - change.after for change in falls)
        return fact(
            "total_fell",
            last.at,
            Source.MIRROR,
            before=falls[0].before,
            after=last.after,
            units=units,
            **place,
        )
    watched = pair.watched_since is not None and pair.watched_since <= start
    kind = "total_did_not_fall" if watched else "total_not_watched"
    return fact(kind, pair.watched_since, Source.MIRROR, total=pair.total, **place)


def fell_by(case: LockCase, item: ItemFact) -> int:
    """By how many units the total was seen to fall since the units were reserved."""
    params = dict(total_evidence(case, item).params)
    return int(params.get("units") or 0)
