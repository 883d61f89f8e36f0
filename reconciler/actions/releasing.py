"""An approver lets go of what a final "unknown" still holds."""

from __future__ import annotations

from django.db import transaction

from reconciler.actions import claims, people, texts
from reconciler.actions.errors import ActionRefused
from reconciler.audit import Actor
from reconciler.audit.record import record
from reconciler.models import Attempt, Role, State


def release(attempt: Attempt, *, actor: Actor, reason: str) -> Attempt:
    """Frees the claims of a final "unknown"; its outcome stays as it is.

    Raises ActionForbidden without the approver's role, InvalidEntries for the reason, ActionRefused while
    the attempt is still being settled or when it holds nothing.
    """
    people.require(actor, attempt.account, Role.APPROVER)
    texts.require(reason=reason)
    with transaction.atomic():
        held = Attempt.objects.filter(pk=attempt.pk, claims__released_at=None, claims__isnull=False)
        if not held.filter(state=State.DONE).exists():
            raise ActionRefused("still_settling" if held.exists() else "nothing_to_release", attempt=attempt)
        attempt.released_by, attempt.released_reason = actor.name, reason.strip()
        attempt.save(update_fields=["released_by", "released_reason"])
        claims.release(attempt)
        record(
            account=attempt.account.name,
            actor=actor,
            action="attempt.release",
            subject=attempt.subject,
            outcome=attempt.outcome,
            cause=attempt.cause,
            reason=attempt.released_reason,
            ticket=attempt.ticket,
            attempt_id=attempt.pk,
        )
    attempt.refresh_from_db()
    return attempt
