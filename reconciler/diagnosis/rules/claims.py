"""What one rule says of one item, before the items of a lock are put together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reconciler.diagnosis.cases import LockCase
from reconciler.diagnosis.facts import Found, ItemFact, NotReadable, OrderFacts, Renamed
from reconciler.diagnosis.rules.times import decisive_read
from reconciler.diagnosis.verdicts import (
    Cause,
    Evidence,
    HeldItem,
    NearMiss,
    Remedy,
    Scalar,
    Source,
    ValueKind,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A cause on one item. `due_at` None: nothing falls due (could not tell).

    `proven`: what the cause needs beside the read of its pair was read late enough, too.
    """

    cause: Cause
    item: ItemFact
    since: datetime | None = None
    due_at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    reason: str = ""
    proven: bool = True


def fact(kind: str, at: datetime | None, source: Source, **params: Scalar) -> Evidence:
    return Evidence(kind, at, source, tuple(sorted(params.items())))


def could_not_tell(item: ItemFact, reason: str, *evidence: Evidence) -> Claim:
    return Claim(Cause.COULD_NOT_TELL, item, evidence=evidence, reason=reason)


def listed_evidence(item: ItemFact) -> Evidence:
    return fact(
        "item_listed", item.read_at, Source.WAREHOUSE_LIST,
        sku=item.sku, warehouse=item.warehouse, quantity=item.quantity, status=item.status,
    )  # fmt: skip


def acknowledgement_evidence(item: ItemFact) -> Evidence:
    place = {"sku": item.sku, "warehouse": item.warehouse}
    if item.acknowledged_at is not None:
        return fact("item_acknowledged", item.acknowledged_at, Source.WAREHOUSE_LIST, **place)
    kind = "item_partly_acknowledged" if item.partly_acknowledged else "item_not_acknowledged"
    return fact(kind, item.read_at, Source.WAREHOUSE_LIST, **place)


def status_evidence(order: OrderFacts) -> Evidence:
    return fact(
        "order_status", order.read_at, Source.ORDER_DETAIL, order=order.order_id, status=order.status or None
    )


def held_item(case: LockCase, claim: Claim, now: datetime) -> HeldItem:
    """The claim's item with its own deciding read (design section 6: its pair, read at or after `due_at`)."""
    item, read = claim.item, decisive_read(claim.item, case.pairs.get(claim.item.pair))
    due = claim.due_at
    confirmed = claim.proven and read is not None and due is not None and due <= read and due <= now
    return HeldItem(
        item.sku, item.warehouse, item.quantity, claim.since, due, read or item.read_at, confirmed
    )


def verdict_of(
    case: LockCase, claims: list[Claim], remedy: Remedy, value_kind: ValueKind, now: datetime
) -> Verdict:
    """One verdict for all items of the lock that have the same cause."""
    items = tuple(held_item(case, claim, now) for claim in claims)
    speaking = [item for item in items if item.confirmed] or list(items)
    order = order_of(case)
    return Verdict(
        cause=claims[0].cause,
        remedy=remedy,
        lock_id=case.reservation.lock_id,
        items=items,
        since=min((item.since for item in speaking if item.since), default=None),
        due_at=min((item.due_at for item in speaking if item.due_at), default=None),
        read_at=min(item.read_at for item in speaking),
        confirmed=any(item.confirmed for item in items),
        evidence=once(piece for claim in claims for piece in claim.evidence),
        near_misses=tuple(dict.fromkeys(miss for claim in claims for miss in claim.near_misses)),
        value_kind=value_kind,
        reason=claims[0].reason,
        order_id=order_id_of(case),
        order_status=order.status if order else None,
    )


def once(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The evidence without repetitions: items of one lock share the facts about its order."""
    return tuple(dict.fromkeys(evidence))


def order_of(case: LockCase) -> OrderFacts | None:
    """The order to show beside the lock: its own, or the one of its name."""
    return case.order.order if isinstance(case.order, Found | Renamed) else None


def order_id_of(case: LockCase) -> str | None:
    if isinstance(case.order, NotReadable):
        return case.order.order_id
    order = order_of(case)
    return order.order_id if order else None
