"""Steps 5 to 8 of a claimed attempt: re-read, send once, verify. VTEX's trouble ends in the attempt, not
in errors.
"""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.utils import timezone

from reconciler.actions import claims, clients, outcomes, promised, reading, sending, settling
from reconciler.actions.errors import ActionRefused, InvalidEntries
from reconciler.actions.family import Family
from reconciler.actions.types import Guard, Preview, refuse
from reconciler.audit import Actor
from reconciler.models import Attempt, Outcome, State, Verb
from reconciler.vtex import VtexClient

POST_SECONDS = 20.0
"""A POST answers within this; what is not settled by then goes on by reading."""
SEND_WITHIN_SECONDS = 10.0
"""A re-read slower than this leaves no time to send and verify."""


def last_start(started: float) -> float:
    """When the last request of a POST may start, so that also one that never ends leaves it in time."""
    return started + POST_SECONDS - 2 * clients.READ_SECONDS


def out(family: Family[Any], attempt: Attempt, actor: Actor, started: float) -> None:
    """Takes the attempt as far as it goes; `started` is the monotonic time of the POST.

    Raises ActionRefused when the facts are no longer those that were confirmed.
    """
    try:
        with clients.client_for_action(attempt.account, last_start(started)) as client:
            facts = family.live(attempt.account, client, attempt.subject)
            if changed := _changed(family, attempt, facts):
                _refuse(family, attempt, facts, changed, actor)
            _send(family, client, attempt, facts, started)
            _verify(family, client, attempt, started)
    except reading.TROUBLE as error:
        answer, note = sending.describe(error), {"code": "reread_failed"}
        outcomes.finish(attempt, Outcome.NOT_SENT, only=outcomes.NOT_STARTED, answer=answer, note=note)


def _changed(family: Family[Any], attempt: Attempt, facts: Any) -> Guard | None:
    """Why the live facts forbid what was confirmed; None when they do not."""
    if facts is None:
        return refuse("not_mirrored")
    if family.material(facts) != attempt.material:
        return refuse(family.changed(facts, attempt.entries))
    guard = family.guard(attempt.account, facts)
    if not guard.allowed:
        return guard
    return None if claims.covers(attempt, family.resources(facts)) else refuse("facts_changed")


def _refuse(family: Family[Any], attempt: Attempt, facts: Any, guard: Guard, actor: Actor) -> None:
    note = {"code": guard.code, "params": dict(guard.params)}
    if outcomes.finish(attempt, Outcome.REFUSED, only=outcomes.NOT_STARTED, note=note):
        shown = _shown_anew(family, attempt, facts, actor)
        raise ActionRefused(guard.code, guard.params, shown, attempt)


def _shown_anew(family: Family[Any], attempt: Attempt, facts: Any, actor: Actor) -> Preview | None:
    """The new facts with the entries kept, and a token to confirm them by."""
    if facts is None:
        return None
    account = attempt.account
    try:
        shown = family.preview(account, facts, read_at=timezone.now(), entries=attempt.entries)
    except InvalidEntries as invalid:
        return invalid.preview
    return promised.with_token(family, account, facts, shown, actor)


def _send(family: Family[Any], client: VtexClient, attempt: Attempt, facts: Any, started: float) -> None:
    only = outcomes.NOT_STARTED
    before = family.snapshot(facts)
    Attempt.objects.filter(only, pk=attempt.pk).update(before=before)
    attempt.before = before
    if attempt.verb == Verb.CHECK:
        note = {"code": "nothing_to_change"}
        outcomes.finish(attempt, Outcome.VERIFIED, only=only, after=before, note=note)
    elif time.monotonic() - started > SEND_WITHIN_SECONDS:
        outcomes.finish(attempt, Outcome.NOT_SENT, only=only, note={"code": "too_slow"})
    else:
        sending.send(family, client, attempt, facts)


def _verify(family: Family[Any], client: VtexClient, attempt: Attempt, started: float) -> None:
    """Reads again with short delays; what is still open then is settled by later reads."""
    for delay in settings.VERIFY_DELAYS:
        if attempt.state != State.VERIFYING or time.monotonic() + delay > last_start(started):
            break
        time.sleep(delay)
        _look(family, client, attempt)
    if attempt.outcome == Outcome.VERIFIED:
        family.refresh(client, attempt)


def _look(family: Family[Any], client: VtexClient, attempt: Attempt) -> None:
    try:
        settling.judge(attempt, family.look(client, attempt))
    except reading.TROUBLE:
        attempt.refresh_from_db()
