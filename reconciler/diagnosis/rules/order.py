"""Orders that hang, wait or were forgotten on their way. What decides is the read of the order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconciler.diagnosis.cases import Graces
from reconciler.diagnosis.facts import IN_HANDLING, READY_FOR_HANDLING, TRANSIENT, Instance, OrderFacts
from reconciler.diagnosis.rules.claims import fact, status_evidence
from reconciler.diagnosis.rules.times import entered
from reconciler.diagnosis.verdicts import Cause, Evidence, NearMiss, Source


@dataclass(frozen=True, slots=True)
class OrderClaim:
    """A cause on a whole order; `read_at` is the read of the order (or its document) that decides."""

    cause: Cause
    since: datetime
    due_at: datetime
    read_at: datetime
    evidence: tuple[Evidence, ...]
    near_misses: tuple[NearMiss, ...] = ()

    def confirmed(self, now: datetime) -> bool:
        return self.due_at <= self.read_at and self.due_at <= now


def workflow_stuck(order: OrderFacts, graces: Graces) -> OrderClaim | None:
    """A transient status of the order or of a workflow instance, or an error VTEX cannot retry (F3.5)."""
    claims = [
        *_transient_status(order, graces),
        *_transient_instances(order, graces),
        *_in_error(order, graces),
    ]
    return min(claims, key=lambda claim: (claim.due_at > claim.read_at, claim.since), default=None)


def handling_overdue(order: OrderFacts, graces: Graces) -> OrderClaim | None:
    """Ready for handling, and nobody starts."""
    if order.status != READY_FOR_HANDLING:
        return None
    since = entered(order, frozenset({READY_FOR_HANDLING}))
    return OrderClaim(
        Cause.HANDLING_OVERDUE,
        since,
        since + graces.handling,
        order.read_at,
        (status_evidence(order), fact("in_status_since", since, Source.ORDER_DETAIL, status=order.status)),
        (
            NearMiss(Cause.HANDLING_SKIPPED, "not_invoiced"),
            NearMiss(Cause.WORKFLOW_STUCK, "waits_for_the_seller"),
        ),
    )


def handling_abandoned(order: OrderFacts, graces: Graces) -> OrderClaim | None:
    """Handling was started and no invoice ever came."""
    if order.status not in IN_HANDLING:
        return None
    since = entered(order, IN_HANDLING)
    return OrderClaim(
        Cause.HANDLING_ABANDONED,
        since,
        since + graces.abandoned,
        order.read_at,
        (status_evidence(order), fact("in_status_since", since, Source.ORDER_DETAIL, status=order.status)),
        (
            NearMiss(Cause.COUNT_NOT_UPDATED, "not_invoiced"),
            NearMiss(Cause.WORKFLOW_STUCK, "waits_for_the_seller"),
        ),
    )


def _transient_status(order: OrderFacts, graces: Graces) -> list[OrderClaim]:
    if order.status not in TRANSIENT:
        return []
    since = entered(order, frozenset({order.status}))
    evidence = fact("in_status_since", since, Source.ORDER_DETAIL, status=order.status)
    return [_workflow_claim(since, order.read_at, graces, status_evidence(order), evidence)]


def _transient_instances(order: OrderFacts, graces: Graces) -> list[OrderClaim]:
    """Only while the document is younger than the order's last change; an older one may be overtaken."""
    if not order.history_is_current:
        return []
    return [
        _workflow_claim(
            instance.last_change_at or order.last_change_at or instance.read_at,
            instance.read_at,
            graces,
            status_evidence(order),
            instance_evidence(instance),
        )
        for instance in order.instances
        if instance.step in TRANSIENT
    ]


def _in_error(order: OrderFacts, graces: Graces) -> list[OrderClaim]:
    if not order.workflow_in_error:
        return []
    since = order.last_change_at or order.first_seen_at
    evidence = fact("workflow_in_error", order.read_at, Source.ORDER_DETAIL)
    steps = tuple(instance_evidence(instance) for instance in order.instances if instance.in_error)
    return [_workflow_claim(since, order.read_at, graces, status_evidence(order), evidence, *steps)]


def _workflow_claim(since: datetime, read_at: datetime, graces: Graces, *evidence: Evidence) -> OrderClaim:
    return OrderClaim(
        Cause.WORKFLOW_STUCK,
        since,
        since + graces.workflow,
        read_at,
        evidence,
        (
            NearMiss(Cause.ORDER_CANCELED, "flow_not_finished"),
            NearMiss(Cause.HANDLING_OVERDUE, "vtex_moves_it_by_itself"),
        ),
    )


def instance_evidence(instance: Instance) -> Evidence:
    kind = "instance_in_error" if instance.in_error else "instance_step"
    return fact(
        kind, instance.last_change_at or instance.read_at, Source.ORDER_DOCUMENT,
        instance=instance.name, step=instance.step or None,
    )  # fmt: skip
