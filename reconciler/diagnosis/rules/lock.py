"""The precedence of design section 6: one cause an item at most, one verdict for each lock and cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from reconciler.diagnosis.cases import LockCase
from reconciler.diagnosis.facts import (
    BY_ID_CONFIRMED,
    CONFIRMED,
    HOLDING,
    INVOICED,
    Found,
    ItemFact,
    OrderFacts,
)
from reconciler.diagnosis.rules.balance import cancel_incomplete
from reconciler.diagnosis.rules.claims import Claim, could_not_tell, fact, listed_evidence, once, verdict_of
from reconciler.diagnosis.rules.holding import (
    authorization_expired,
    fell_by,
    invoiced_and_held,
    order_canceled,
)
from reconciler.diagnosis.rules.missing import lock_superseded, order_missing, order_unreadable
from reconciler.diagnosis.rules.order import (
    OrderClaim,
    handling_abandoned,
    handling_overdue,
    workflow_stuck,
)
from reconciler.diagnosis.verdicts import Cause, HeldItem, Reason, Remedy, Source, ValueKind, Verdict


def diagnose_lock(case: LockCase, now: datetime) -> tuple[Verdict, ...]:
    """Everything wrong with one lock, in order of precedence; empty when it is healthy."""
    listed = sorted(case.reservation.listed, key=lambda item: item.pair)
    items = [item for item in listed if _counts(case, item)]
    doubtful = [claim for item in items if (claim := _doubtful(case, item))]
    trusted = [item for item in items if item not in [claim.item for claim in doubtful]]
    order = case.order.order if isinstance(case.order, Found) else None
    hanging = workflow_stuck(order, case.graces) if order else None
    if order and hanging and _concerns_order(case, [*trusted, *doubtful]):
        return _sorted([_order_verdict(case, order, hanging, trusted, now), *_by_cause(case, doubtful, now)])
    claims = [claim for item in trusted if (claim := _cause_of(case, item))]
    verdicts = _by_cause(case, [*claims, *doubtful], now)
    incomplete = cancel_incomplete(case, now)
    if incomplete:
        verdicts.append(incomplete)
    healthy = [item for item in trusted if item not in [claim.item for claim in claims]]
    waiting = _waiting(order, case) if order and not incomplete else None
    if order and waiting and _concerns_order(case, [*healthy, *doubtful]):
        verdicts.append(_order_verdict(case, order, waiting, healthy, now))
    return _sorted(verdicts)


def _counts(case: LockCase, item: ItemFact) -> bool:
    """Items of unlimited pairs and of supply lots give no findings."""
    pair = case.pairs.get(item.pair)
    return item.quantity != 0 and not item.supply_lot and not (pair and pair.unlimited)


def _concerns_order(case: LockCase, rows: Sequence[ItemFact | Claim]) -> bool:
    """Whether an order-wide cause may speak: for rows without their own cause, or when nothing is listed.

    A lock that asked only for unlimited pairs or supply lots is none of our business.
    """
    if case.reservation.listed:
        return bool(rows)
    lines = case.reservation.requested
    return not lines or any(
        not line.supply_lot and not ((pair := case.pairs.get(line.pair)) and pair.unlimited) for line in lines
    )


def _doubtful(case: LockCase, item: ItemFact) -> Claim | None:
    """What makes the row itself untrustworthy, whatever its order says (U1)."""
    if item.status not in HOLDING:
        return could_not_tell(item, Reason.UNKNOWN_STATUS, listed_evidence(item))
    pair = case.pairs.get(item.pair)
    if pair and pair.masked and item.touched_by_handling:
        return could_not_tell(item, Reason.LISTS_SHOW_CLEARED, listed_evidence(item))
    if pair and pair.list_exceeds_reserved:
        exceeds = fact(
            "list_exceeds_reserved", pair.bracketed_at, Source.BALANCE,
            sku=pair.sku, warehouse=pair.warehouse, units=-pair.mismatch_units,
        )  # fmt: skip
        return could_not_tell(item, Reason.LIST_EXCEEDS_RESERVED, listed_evidence(item), exceeds)
    return None


def _cause_of(case: LockCase, item: ItemFact) -> Claim | None:
    """The first cause of the table that applies to this item."""
    if isinstance(case.order, Found):
        order = case.order.order
        return (
            order_canceled(case, order, item)
            or invoiced_and_held(case, order, item)
            or authorization_expired(case, item)
        )
    return (
        order_unreadable(case, item)
        or authorization_expired(case, item)
        or order_missing(case, item)
        or lock_superseded(case, item)
    )


def _waiting(order: OrderFacts, case: LockCase) -> OrderClaim | None:
    return handling_overdue(order, case.graces) or handling_abandoned(order, case.graces)


def _by_cause(case: LockCase, claims: list[Claim], now: datetime) -> list[Verdict]:
    groups: dict[Cause, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.cause, []).append(claim)
    return [
        verdict_of(case, group, remedy_of(case, group), value_of(case, group), now)
        for group in groups.values()
    ]


def remedy_of(case: LockCase, claims: list[Claim]) -> Remedy:
    """The remedy as a function of the cause (design section 9)."""
    match claims[0].cause:
        case Cause.ORDER_CANCELED:
            handled = any(claim.item.touched_by_handling for claim in claims)
            return Remedy.UPDATE_COUNT if handled else Remedy.CANCEL_RESERVATION
        case Cause.HANDLING_SKIPPED:
            return Remedy.ACKNOWLEDGE_THEN_COUNT if case.acknowledge_proven else Remedy.COUNT_THEN_CANCEL
        case Cause.COUNT_NOT_UPDATED:
            return Remedy.UPDATE_COUNT
        case Cause.AUTHORIZATION_EXPIRED:
            finished = isinstance(case.order, Found) and case.order.order.finished
            return Remedy.CANCEL_RESERVATION if finished else Remedy.WAIT
        case _:
            return Remedy.MANUAL_REVIEW


def value_of(case: LockCase, claims: list[Claim]) -> ValueKind:
    """Held is what was seen to be held for nothing; what may have left, or may be due, is to be checked."""
    match claims[0].cause:
        case Cause.ORDER_CANCELED:
            handled = any(claim.item.touched_by_handling for claim in claims)
            return ValueKind.TO_CHECK if handled else ValueKind.HELD
        case Cause.HANDLING_SKIPPED:
            seen = all(fell_by(case, claim.item) >= claim.item.quantity for claim in claims)
            return ValueKind.HELD if seen else ValueKind.TO_CHECK
        case Cause.COUNT_NOT_UPDATED:
            return ValueKind.AT_RISK
        case Cause.AUTHORIZATION_EXPIRED:
            left = isinstance(case.order, Found) and case.order.order.status == INVOICED
            return ValueKind.TO_CHECK if left else ValueKind.HELD
        case Cause.COULD_NOT_TELL:
            return ValueKind.NONE
        case _:
            return ValueKind.TO_CHECK


def _order_verdict(
    case: LockCase, order: OrderFacts, claim: OrderClaim, items: list[ItemFact], now: datetime
) -> Verdict:
    confirmed = claim.confirmed(now)
    return Verdict(
        cause=claim.cause,
        remedy=_order_remedy(case, claim.cause, items),
        lock_id=case.reservation.lock_id,
        items=tuple(
            HeldItem(
                item.sku, item.warehouse, item.quantity, claim.since, claim.due_at, claim.read_at, confirmed
            )
            for item in items
        ),
        since=claim.since,
        due_at=claim.due_at,
        read_at=claim.read_at,
        confirmed=confirmed,
        evidence=once((*claim.evidence, *(listed_evidence(item) for item in items))),
        near_misses=claim.near_misses,
        order_id=order.order_id,
        order_status=order.status,
    )


def _order_remedy(case: LockCase, cause: Cause, items: list[ItemFact]) -> Remedy:
    if cause is Cause.HANDLING_ABANDONED:
        return Remedy.MANUAL_REVIEW
    if cause is Cause.HANDLING_OVERDUE and _is_confirmed(case, items):
        return Remedy.START_HANDLING
    return Remedy.TICKET


def _is_confirmed(case: LockCase, items: list[ItemFact]) -> bool:
    """Confirmed and listed: an expired or half-gone lock would hang in start-handling (KI-1218606)."""
    listed = bool(items) and all(item.status == CONFIRMED for item in case.reservation.listed)
    return listed and case.reservation.by_id_status in (None, BY_ID_CONFIRMED)


def _sorted(verdicts: list[Verdict]) -> tuple[Verdict, ...]:
    order = list(Cause)
    return tuple(sorted(verdicts, key=lambda verdict: order.index(verdict.cause)))
