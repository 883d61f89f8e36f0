"""Start handling: one order, and the reservations its lines name (F3.6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reconciler.actions import facts as mirror
from reconciler.actions import material, previews, reading
from reconciler.actions.facts import OrderFacts, subjects
from reconciler.actions.family import Effect, Family, Look
from reconciler.actions.types import PairPreview, Preview
from reconciler.diagnosis.facts import FINISHED, HANDLING_STEPS, IN_HANDLING, READY_FOR_HANDLING
from reconciler.models import Attempt, Cause, Finding, Verb, VtexAccount
from reconciler.sync.orders import read_order
from reconciler.vtex import VtexClient
from reconciler.vtex.payloads import WriteAnswer

AFTER_HANDLING = ("invoice", "invoiced")
"""Statuses that follow handling, and that can also be reached without it (F3.3)."""


class StartHandling(Family[OrderFacts]):
    verb = Verb.START_HANDLING

    def mirrored(self, account: VtexAccount, subject: str) -> OrderFacts | None:
        return mirror.of_order(account, subject)

    def live(
        self, account: VtexAccount, client: VtexClient, subject: str, attempt: Attempt | None = None
    ) -> OrderFacts | None:
        return reading.order(account, client, subject, attempt)

    def material(self, facts: OrderFacts) -> material.Material:
        return material.of_order(facts)

    def resources(self, facts: OrderFacts) -> list[str]:
        pairs = sorted({pair for lock in facts.locks for pair in lock.pairs})
        return [
            f"order:{facts.order.order_id}",
            *(f"lock:{lock_id}" for lock_id in facts.lock_ids),
            *(f"pair:{subject}" for subject in subjects(pairs)),
        ]

    def preview(
        self, account: VtexAccount, facts: OrderFacts, *, read_at: datetime, entries: Mapping[str, str]
    ) -> Preview:
        open_findings = Finding.objects.open().filter(account=account, order=facts.order)
        overdue = open_findings.filter(cause=Cause.HANDLING_OVERDUE).exists()
        return Preview(
            verb=self.verb,
            subject=facts.order.order_id,
            guard=self.guard(account, facts),
            read_at=read_at,
            cause=Cause.HANDLING_OVERDUE if overdue else "",
            order=facts.order,
            reservation=facts.locks[0].reservation if len(facts.locks) == 1 else None,
            pairs=_pairs(facts),
            confirm_needed=True,
            confirm_codes=("start_handling",),
            entries=dict(entries),
        )

    def accept(
        self,
        account: VtexAccount,
        facts: OrderFacts,
        preview: Preview,
        entries: Mapping[str, str],
        confirm: str,
    ) -> dict[str, str]:
        previews.require_confirm(preview.confirm_needed, preview.confirm_text, confirm)
        return {"confirm": "yes"}

    def snapshot(self, facts: OrderFacts) -> dict[str, Any]:
        return {
            "order_status": facts.order.status,
            "instances": {flow.instance: flow.current_step for flow in facts.workflows},
            "locks": {lock.reservation.lock_id: lock.reservation.status_code for lock in facts.locks},
            "pairs": {
                pair.subject: {
                    "total": pair.total_before,
                    "reserved": pair.reserved_before,
                    "available": pair.available_before,
                }
                for pair in _pairs(facts)
            },
        }

    def request(self, facts: OrderFacts, attempt: Attempt) -> dict[str, Any]:
        return {"method": "POST", "action": "start-handling", "order_id": attempt.subject}

    def send(self, client: VtexClient, attempt: Attempt, facts: OrderFacts) -> WriteAnswer:
        return client.start_handling(attempt.subject)

    def look(self, client: VtexClient, attempt: Attempt) -> Look:
        read = read_order(attempt.account, client, attempt.subject)
        facts = mirror.of_order(attempt.account, attempt.subject)
        if not read.ok or facts is None:
            return Look(Effect.UNCLEAR, {})
        return Look(_effect(facts, attempt), self.snapshot(facts))

    def refresh(self, client: VtexClient, attempt: Attempt) -> None:
        """The lists, where the reservation is acknowledged now."""
        reading.order(attempt.account, client, attempt.subject, attempt)


def _pairs(facts: OrderFacts) -> tuple[PairPreview, ...]:
    """Nothing is released now: the next count of each pair will do that."""
    return tuple(pair for lock in facts.locks for pair in previews.lock_pairs(lock, freed={}))


def _effect(facts: OrderFacts, attempt: Attempt) -> Effect:
    """By the order's status; where Marketplace was final already (U7), by the Fulfillment instance."""
    final = attempt.before.get("instances", {}).get("Marketplace") in FINISHED
    status = facts.step("Fulfillment") if final else facts.order.status
    if status in IN_HANDLING:
        return Effect.SHOWN
    if status in AFTER_HANDLING and facts.order.events.filter(step__in=HANDLING_STEPS).exists():
        return Effect.SHOWN
    return Effect.ABSENT if status == READY_FOR_HANDLING else Effect.UNCLEAR
