"""Cancel and acknowledge: what happens to one whole lock, in every SKU and warehouse (F5.3)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from reconciler.actions import facts as mirror
from reconciler.actions import guards, material, previews, questions, reading
from reconciler.actions.facts import LockFacts, Pair, subjects
from reconciler.actions.family import Effect, Family, Look
from reconciler.actions.types import Preview
from reconciler.ids import pair_subject
from reconciler.models import Attempt, Cause, Verb, VtexAccount
from reconciler.sync.orders import read_order
from reconciler.sync.reservations import read_reservation
from reconciler.sync.stock import PairRead
from reconciler.vtex import VtexClient
from reconciler.vtex.payloads import WriteAnswer

CANCELED_CODES = (3, 4, 5)


class LockFamily(Family[LockFacts]):
    """What cancel and acknowledge share: facts, claims, the question, and which pairs to look at."""

    def mirrored(self, account: VtexAccount, subject: str) -> LockFacts | None:
        return mirror.of_lock(account, subject)

    def live(
        self, account: VtexAccount, client: VtexClient, subject: str, attempt: Attempt | None = None
    ) -> LockFacts | None:
        return reading.lock(account, client, subject, attempt)

    def material(self, facts: LockFacts) -> material.Material:
        return material.of_lock(facts)

    def resources(self, facts: LockFacts) -> list[str]:
        order = [f"order:{facts.order.order_id}"] if facts.order else []
        return [
            f"lock:{facts.reservation.lock_id}",
            *order,
            *(f"pair:{subject}" for subject in subjects(facts.pairs)),
        ]

    def freed(self, facts: LockFacts) -> dict[Pair, int]:
        """Units by pair that the action itself takes out of what is reserved."""
        return {}

    def cause(self, facts: LockFacts) -> str:
        return guards.cancel_cause(facts)

    def preview(
        self, account: VtexAccount, facts: LockFacts, *, read_at: datetime, entries: Mapping[str, str]
    ) -> Preview:
        cause = self.cause(facts)
        return Preview(
            verb=self.verb,
            subject=facts.reservation.lock_id,
            guard=self.guard(account, facts),
            read_at=read_at,
            cause=cause,
            reservation=facts.reservation,
            order=facts.order,
            pairs=previews.lock_pairs(facts, freed=self.freed(facts)),
            question_needed=True,
            warnings=self.warnings(account, facts),
            entries=dict(entries),
        )

    def warnings(self, account: VtexAccount, facts: LockFacts) -> tuple[str, ...]:
        return ()

    def accept(
        self,
        account: VtexAccount,
        facts: LockFacts,
        preview: Preview,
        entries: Mapping[str, str],
        confirm: str,
    ) -> dict[str, str]:
        given = questions.answers(preview.pairs, entries)
        previews.require_confirm(preview.confirm_needed, preview.confirm_text, confirm)
        since = min((finding.since for finding in facts.findings if finding.since), default=None)
        questions.require_no(account, preview.pairs, given, since=since)
        return given

    def snapshot(self, facts: LockFacts) -> dict[str, Any]:
        return {
            "lock_status": facts.reservation.status_code,
            "order_id": facts.order.order_id if facts.order else None,
            "order_status": facts.order.status if facts.order else None,
            "items": [previews.item_facts(item) for item in facts.items],
            "pairs": {
                pair_subject(*pair): previews.balance_facts(balance)
                for pair, balance in facts.balances.items()
            },
        }

    def refresh(self, client: VtexClient, attempt: Attempt) -> None:
        order_id = attempt.before.get("order_id")
        if order_id:
            read_order(attempt.account, client, order_id)

    def look(self, client: VtexClient, attempt: Attempt) -> Look:
        """Only a lock that was read by id, and in full lists of all its pairs, tells anything."""
        facts, pairs = self._read(client, attempt)
        if facts is None:
            return Look(Effect.UNCLEAR, {})
        after = self.snapshot(facts)
        if not pairs or not all(pair.ok for pair in pairs):
            return Look(Effect.UNCLEAR, after)
        return Look(self.effect(facts, pairs, attempt), after)

    @abstractmethod
    def effect(self, facts: LockFacts, pairs: list[PairRead], attempt: Attempt) -> Effect:
        """What reads that tell something say of the verb."""

    def _read(self, client: VtexClient, attempt: Attempt) -> tuple[LockFacts | None, list[PairRead]]:
        """By id, then every pair it was in; None for what VTEX does not show by id."""
        read = read_reservation(attempt.account, client, attempt.subject)
        if read.reason:
            raise reading.UnreadError(read.reason)
        known = mirror.of_lock(attempt.account, attempt.subject)
        before = {(item["sku"], item["warehouse"]) for item in attempt.before.get("items", [])}
        wanted = before | set(known.pairs if known else ())
        pairs = reading.pairs(attempt.account, client, sorted(wanted), attempt)
        return mirror.of_lock(attempt.account, attempt.subject), list(pairs.values())


class Cancel(LockFamily):
    verb = Verb.CANCEL

    def freed(self, facts: LockFacts) -> dict[Pair, int]:
        """All its units; of an incomplete cancel those that the balance still counts."""
        return facts.requested if self.cause(facts) == Cause.CANCEL_INCOMPLETE else facts.listed

    def preview(
        self, account: VtexAccount, facts: LockFacts, *, read_at: datetime, entries: Mapping[str, str]
    ) -> Preview:
        plain = super().preview(account, facts, read_at=read_at, entries=entries)
        if plain.cause not in guards.TYPED_CAUSES:
            return plain
        return replace(
            plain,
            confirm_needed=True,
            confirm_text=facts.reservation.lock_id,
            confirm_codes=("typed_lock",),
        )

    def warnings(self, account: VtexAccount, facts: LockFacts) -> tuple[str, ...]:
        return ("also_releases_all",) if len(facts.pairs) > 1 else ()

    def request(self, facts: LockFacts, attempt: Attempt) -> dict[str, Any]:
        return {"method": "POST", "action": "cancel", "lock_id": attempt.subject}

    def send(self, client: VtexClient, attempt: Attempt, facts: LockFacts) -> WriteAnswer:
        return client.cancel_reservation(attempt.subject)

    def effect(self, facts: LockFacts, pairs: list[PairRead], attempt: Attempt) -> Effect:
        if attempt.cause == Cause.CANCEL_INCOMPLETE:
            return _difference(facts, pairs)
        return _canceled(facts, attempt)


class Acknowledge(LockFamily):
    verb = Verb.ACKNOWLEDGE

    def cause(self, facts: LockFacts) -> str:
        return Cause.HANDLING_SKIPPED if guards.has_cause(facts, Cause.HANDLING_SKIPPED) else ""

    def warnings(self, account: VtexAccount, facts: LockFacts) -> tuple[str, ...]:
        unproven = () if account.acknowledge_proven_at else ("acknowledge_unproven",)
        return ("any_count_releases", *unproven)

    def request(self, facts: LockFacts, attempt: Attempt) -> dict[str, Any]:
        return {"method": "POST", "action": "acknowledge", "lock_id": attempt.subject}

    def send(self, client: VtexClient, attempt: Attempt, facts: LockFacts) -> WriteAnswer:
        return client.acknowledge_reservation(attempt.subject)

    def effect(self, facts: LockFacts, pairs: list[PairRead], attempt: Attempt) -> Effect:
        return _acknowledged(facts, attempt)


def _canceled(facts: LockFacts, attempt: Attempt) -> Effect:
    """By-id status and absence from every list; never reserved or available."""
    canceled = facts.reservation.status_code in CANCELED_CODES
    if canceled and not facts.items:
        return Effect.SHOWN
    untouched = facts.reservation.status_code == attempt.before.get("lock_status")
    return Effect.ABSENT if untouched and _all_listed(facts, attempt) else Effect.UNCLEAR


def _difference(facts: LockFacts, pairs: list[PairRead]) -> Effect:
    """KI-1220722: only the difference between the balance and a list read beside it can tell."""
    if not all(pair.bracketed for pair in pairs):
        return Effect.UNCLEAR
    beyond = {pair: balance.mismatch_units for pair, balance in facts.balances.items()}
    if not any(beyond.values()):
        return Effect.SHOWN
    return Effect.ABSENT if beyond == facts.requested else Effect.UNCLEAR


def _acknowledged(facts: LockFacts, attempt: Attempt) -> Effect:
    """An acknowledgement date on every item that was there; an item that went meanwhile proves nothing."""
    if not _all_listed(facts, attempt):
        return Effect.UNCLEAR
    dated = [item.acknowledged_at is not None for item in facts.items]
    if all(dated):
        return Effect.SHOWN
    partly = any(dated) or any(item.partly_acknowledged for item in facts.items)
    return Effect.UNCLEAR if partly else Effect.ABSENT


def _all_listed(facts: LockFacts, attempt: Attempt) -> bool:
    before = {(item["sku"], item["warehouse"], item["quantity"]) for item in attempt.before.get("items", [])}
    return bool(before) and before == {
        (item.sku_id, item.warehouse_id, item.quantity) for item in facts.items
    }
