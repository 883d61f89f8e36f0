"""Going on with an attempt by reading alone: nothing here ever sends a write."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from reconciler.actions import families, outcomes, reading
from reconciler.actions.clients import client_for_action
from reconciler.actions.family import Effect, Look
from reconciler.models import Attempt, Outcome, State, VtexAccount

FINAL_AFTER = timedelta(hours=24)

log = structlog.get_logger(__name__)


def settle(attempt: Attempt, *, until: float = math.inf) -> Attempt:
    """Takes an attempt one step further, if there is one, and returns it as it then is. Never raises for
    VTEX.

    Safe to call at any time and by anyone at once: from a page that polls, from `settle`, after a restart.
    Nothing is read after `until`, in monotonic seconds.
    """
    attempt.refresh_from_db()
    if attempt.state == State.REQUESTED:
        _close_stale(attempt)
    elif attempt.state != State.DONE and not _in_flight(attempt) and _take_turn(attempt):
        _read(attempt, until)
    return attempt


def settle_due(account: VtexAccount | None = None) -> list[Attempt]:
    """Settles every open attempt, of one store or of all, oldest first."""
    open_attempts = Attempt.objects.unsettled().select_related("account").order_by("created_at", "pk")
    if account:
        open_attempts = open_attempts.filter(account=account)
    return [settle(attempt) for attempt in open_attempts]


def _close_stale(attempt: Attempt) -> None:
    """The process ended between the claim and the write: nothing was sent, and nothing will be."""
    if timezone.now() - attempt.created_at >= timedelta(seconds=settings.NOT_SENT_AFTER_SECONDS):
        note = {"code": "interrupted"}
        outcomes.finish(attempt, Outcome.NOT_SENT, only=outcomes.NOT_STARTED, note=note)


def _in_flight(attempt: Attempt) -> bool:
    """Whether the process that sends may still be waiting for VTEX's answer."""
    started = attempt.send_started_at
    patience = timedelta(seconds=settings.NOT_SENT_AFTER_SECONDS)
    return attempt.state == State.SENDING and started is not None and timezone.now() - started < patience


def _take_turn(attempt: Attempt) -> bool:
    """Whether this caller reads now: several pages may poll the same attempt."""
    now = timezone.now()
    rested = Q(checked_at=None) | Q(checked_at__lte=now - timedelta(seconds=settings.SETTLE_EVERY_SECONDS))
    return bool(_open(attempt).filter(rested).update(checked_at=now))


def _read(attempt: Attempt, until: float) -> None:
    """One verifying read; what cannot be settled for a day ends as unknown and keeps its claims."""
    if attempt.state == State.SENDING:
        outcomes.mark_answered(attempt, {}, outcome=Outcome.UNKNOWN)
    family = families.of(attempt.verb)
    try:
        with client_for_action(attempt.account, until) as client:
            judge(attempt, family.look(client, attempt))
            if attempt.outcome == Outcome.VERIFIED:
                family.refresh(client, attempt)
    except reading.TROUBLE as error:
        log.info("settling read failed", attempt=attempt.pk, error=type(error).__name__)
    attempt.refresh_from_db()
    started = attempt.send_started_at or attempt.created_at
    if attempt.state != State.DONE and timezone.now() - started >= FINAL_AFTER:
        outcomes.finish(attempt, Outcome.UNKNOWN, note={"code": "settled_after_24h"})


def _open(attempt: Attempt) -> QuerySet[Attempt]:
    return Attempt.objects.filter(outcomes.NOT_DONE, pk=attempt.pk)


def judge(attempt: Attempt, look: Look) -> None:
    """What a verifying read means for the attempt."""
    now = timezone.now()
    late = attempt.verify_deadline_at is None or now >= attempt.verify_deadline_at
    if look.effect == Effect.SHOWN or (look.effect == Effect.PARTLY and late):
        outcomes.finish(attempt, Outcome.VERIFIED, after=look.after, note=look.note)
    elif look.effect == Effect.ABSENT:
        _absent(attempt, look, now, late=late)
    else:
        _open(attempt).update(checked_at=now, no_effect_first_at=None, after=look.after)
        attempt.refresh_from_db()


def _absent(attempt: Attempt, look: Look, now: datetime, *, late: bool) -> None:
    """Not applied only after two reads in a row, far enough apart, both after the deadline."""
    if not late:
        _open(attempt).update(checked_at=now, after=look.after)
        attempt.refresh_from_db()
        return
    first = attempt.no_effect_first_at
    if first and now - first >= timedelta(seconds=settings.NOT_APPLIED_AFTER_SECONDS):
        outcomes.finish(attempt, Outcome.NOT_APPLIED, after=look.after, note={"code": "no_effect"})
        return
    _open(attempt).update(checked_at=now, no_effect_first_at=first or now, after=look.after)
    attempt.refresh_from_db()
