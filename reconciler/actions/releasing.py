"""An approver lets go of what a final "unknown" still holds."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from reconciler.actions import claims, people, texts
from reconciler.actions.errors import ActionRefused
from reconciler.audit import Actor
from reconciler.audit.record import record
from reconciler.models import Attempt, Outcome, Role, State


def release(attempt: Attempt, *, actor: Actor, reason: str) -> Attempt:
    """Frees the claims of a final "unknown"; its outcome stays as it is.

    Raises ActionForbidden without the approver's role, InvalidEntries for the reason, ActionRefused while
    the attempt is still being settled or when it holds nothing.
    """
    people.require(actor, attempt.account, Role.APPROVER)
    texts.require(reason=reason)
    try:
        _let_go(attempt, actor, texts.plain(reason))
    except ActionRefused as refusal:
        _record(attempt, actor, reason, Outcome.REFUSED, answer={"refused": refusal.code})
        raise
    attempt.refresh_from_db()
    return attempt


@transaction.atomic
def _let_go(attempt: Attempt, actor: Actor, reason: str) -> None:
    """The locked row lets one of two approvers at once find nothing left to release."""
    row = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if not row.claims.filter(released_at=None).exists():
        raise ActionRefused("nothing_to_release", attempt=attempt)
    if row.state != State.DONE:
        raise ActionRefused("still_settling", attempt=attempt)
    row.released_by, row.released_reason = actor.name, reason
    row.save(update_fields=["released_by", "released_reason"])
    claims.release(row)
    _record(row, actor, reason, row.outcome)


def _record(attempt: Attempt, actor: Actor, reason: str, outcome: str, **fields: Any) -> None:
    record(
        account=attempt.account.name,
        actor=actor,
        action="attempt.release",
        subject=attempt.subject,
        outcome=outcome,
        cause=attempt.cause,
        reason=reason,
        ticket=attempt.ticket,
        attempt_id=attempt.pk,
        **fields,
    )
