"""The steps of an attempt that change its state: each one conditional update, so that nothing happens
twice.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from reconciler.actions import claims, trail
from reconciler.models import Attempt, Outcome, State, Verb, VtexAccount

NOT_STARTED = Q(state=State.REQUESTED, send_started_at=None)
NOT_DONE = ~Q(state=State.DONE)


def mark_sending(attempt: Attempt, sent: dict[str, Any]) -> bool:
    """Whether the write may be sent now, committed before it is. False: closed, paused, or sent already."""
    now = timezone.now()
    # Not `account__actions_paused_at`: a join would hide the state of the row behind a subquery that
    # PostgreSQL does not look at anew after waiting for whoever is just closing it.
    going_on = VtexAccount.objects.filter(actions_paused_at=None)
    changed = Attempt.objects.filter(NOT_STARTED, pk=attempt.pk, account__in=going_on).update(
        state=State.SENDING,
        send_started_at=now,
        verify_deadline_at=now + timedelta(seconds=settings.VERIFY_DEADLINE_SECONDS),
        sent=sent,
    )
    attempt.refresh_from_db()
    return bool(changed)


def mark_answered(attempt: Attempt, answer: dict[str, Any], *, outcome: str = "") -> None:
    """VTEX took it (outcome "") or nobody knows (unknown): from here on reading decides."""
    Attempt.objects.filter(NOT_DONE, pk=attempt.pk).update(
        state=State.VERIFYING, outcome=outcome, answer=answer, answered_at=timezone.now()
    )
    attempt.refresh_from_db()


def finish(attempt: Attempt, outcome: Outcome, *, only: Q = NOT_DONE, **values: Any) -> bool:
    """Closes the attempt, writes its outcome to the trail and releases its claims, all or nothing.

    Whether it was this call that closed it; a final "unknown" keeps its claims until an approver releases it.
    """
    with transaction.atomic():
        changed = Attempt.objects.filter(only, pk=attempt.pk).update(
            state=State.DONE, outcome=outcome, finished_at=timezone.now(), **values
        )
        attempt.refresh_from_db()
        if changed:
            trail.finished(attempt)
            if outcome != Outcome.UNKNOWN:
                claims.release(attempt)
            if outcome == Outcome.VERIFIED and attempt.verb == Verb.ACKNOWLEDGE:
                _note_proof(attempt)
    return bool(changed)


def _note_proof(attempt: Attempt) -> None:
    """An acknowledge was seen to work on this account (U5)."""
    first = VtexAccount.objects.filter(pk=attempt.account_id, acknowledge_proven_at=None)
    first.update(acknowledge_proven_at=attempt.finished_at)
