"""Sending the write of an attempt, once, and what VTEX's answer means for its outcome (design section 7)."""

from __future__ import annotations

from typing import Any

from reconciler.actions import outcomes, reading
from reconciler.actions.facts import LockFacts, OrderFacts, PairFacts
from reconciler.actions.family import Effect, Family
from reconciler.models import Attempt, Outcome, State
from reconciler.vtex import VtexClient, errors
from reconciler.vtex.payloads import WriteAnswer

AnyFacts = LockFacts | OrderFacts | PairFacts


def send(family: Family[Any], client: VtexClient, attempt: Attempt, facts: AnyFacts) -> None:
    """Marks the attempt as sent, commits that, then sends. Afterwards it is done, or to be verified."""
    if not outcomes.mark_sending(attempt, family.request(facts, attempt)):
        _close_unsent(attempt)
        return
    try:
        answer = family.send(client, attempt, facts)
    except errors.VtexError as error:
        _failed(family, client, attempt, error)
    else:
        outcomes.mark_answered(attempt, _accepted(answer))


def _close_unsent(attempt: Attempt) -> None:
    """Paused meanwhile: refused. Anything else means that somebody closed or sent it already."""
    if attempt.state != State.REQUESTED:
        return
    attempt.account.refresh_from_db()
    if by := attempt.account.actions_paused_by:
        note = {"code": "actions_paused", "params": {"by": by}}
        outcomes.finish(attempt, Outcome.REFUSED, only=outcomes.NOT_STARTED, note=note)


def _failed(family: Family[Any], client: VtexClient, attempt: Attempt, error: errors.VtexError) -> None:
    answer = describe(error)
    if error.outcome_unknown or (error.status or 0) >= 500:
        outcomes.mark_answered(attempt, answer, outcome=Outcome.UNKNOWN)
    elif isinstance(error, errors.NotSent):
        outcomes.finish(attempt, Outcome.NOT_SENT, answer=answer, note={"code": "not_sent_by_client"})
    elif isinstance(error, errors.ConnectionLost | errors.Timeout):
        outcomes.finish(attempt, Outcome.NOT_SENT, answer=answer, note={"code": "never_connected"})
    elif isinstance(error, errors.NotReadyForHandling):
        _not_ready(family, client, attempt, answer)
    else:
        outcomes.finish(attempt, Outcome.FAILED, answer=answer)


def _not_ready(family: Family[Any], client: VtexClient, attempt: Attempt, answer: dict[str, Any]) -> None:
    """OMS003 (F3.6): the order may be in handling already; only reading it tells."""
    try:
        look = family.look(client, attempt)
    except reading.TROUBLE:
        outcomes.mark_answered(attempt, answer, outcome=Outcome.UNKNOWN)
        return
    if look.effect == Effect.SHOWN:
        outcomes.finish(
            attempt, Outcome.VERIFIED, answer=answer, after=look.after, note={"code": "already_so"}
        )
    else:
        outcomes.finish(attempt, Outcome.FAILED, answer=answer, after=look.after)


def _accepted(answer: WriteAnswer) -> dict[str, Any]:
    return {"status": answer.status, "operation_id": answer.operation_id}


def describe(error: Exception) -> dict[str, Any]:
    """VTEX's refusal for the record: status, code, operation id and the scrubbed message."""
    if not isinstance(error, errors.VtexError):
        return {"error": type(error).__name__}
    return {
        "error": type(error).__name__,
        "status": error.status,
        "code": error.code,
        "operation_id": error.operation_id,
        "message": error.message,
    }
