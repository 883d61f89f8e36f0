"""What an action writes to the audit trail: "requested", and one entry with the outcome, tied by the
attempt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.actions.errors import ActionRefused
from reconciler.audit import Actor
from reconciler.audit.record import record
from reconciler.audit.sentences import REQUESTED
from reconciler.models import Attempt, Outcome, Verb, VtexAccount

FIELDS = ("still_in_total:", "to_ship:", "counted")


def actor_of(attempt: Attempt) -> Actor:
    """Who asked for it, as copied when he did."""
    return Actor(
        name=attempt.actor,
        role=attempt.role,
        ip=attempt.ip,
        request_id=attempt.request_id,
        user_id=attempt.user_id,
    )


def requested(attempt: Attempt) -> None:
    _record(attempt, REQUESTED, sent={"entries": attempt.entries, "expected": attempt.expected})


def finished(attempt: Attempt) -> None:
    answer = dict(attempt.answer or {})
    if attempt.note:
        answer["note"] = attempt.note
    _record(attempt, attempt.outcome, after=attempt.after, sent=attempt.sent, answer=answer or None)


def refused(
    verb: Verb,
    account: VtexAccount,
    subject: str,
    refusal: ActionRefused,
    *,
    actor: Actor,
    reason: str = "",
    ticket: str = "",
    entries: Mapping[str, str] | None = None,
) -> None:
    """A try that came to no attempt."""
    record(
        account=account.name,
        actor=actor,
        action=verb,
        subject=subject,
        outcome=Outcome.REFUSED,
        reason=reason,
        ticket=ticket,
        sent={"entries": _known(entries or {})},
        answer={"refused": refusal.code, **refusal.params},
    )


def _known(entries: Mapping[str, str]) -> dict[str, str]:
    """The fields of our own forms; nothing else a request may carry is stored for good."""
    return {name: value[:40] for name, value in entries.items() if name.startswith(FIELDS)}


def _record(attempt: Attempt, outcome: str, **fields: Any) -> None:
    record(
        account=attempt.account.name,
        actor=actor_of(attempt),
        action=attempt.verb,
        subject=attempt.subject,
        outcome=outcome,
        cause=attempt.cause,
        reason=attempt.reason,
        ticket=attempt.ticket,
        before=attempt.before,
        attempt_id=attempt.pk,
        **fields,
    )
