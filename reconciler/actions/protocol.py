"""The one protocol for every verb (design section 7): preview, then act."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reconciler.actions import (
    carry,
    claims,
    families,
    material,
    people,
    promised,
    reading,
    settling,
    texts,
    tokens,
    trail,
)
from reconciler.actions.clients import client_for_preview
from reconciler.actions.errors import ActionForbidden, ActionRefused, InvalidEntries
from reconciler.actions.family import Family
from reconciler.actions.types import Guard, Preview, refuse
from reconciler.audit import Actor
from reconciler.models import (
    Attempt,
    Order,
    Reservation,
    Role,
    State,
    StockBalance,
    Verb,
    VtexAccount,
)


def preview(
    verb: Verb,
    account: VtexAccount,
    subject: str,
    *,
    actor: Actor,
    entries: Mapping[str, str] | None = None,
) -> Preview:
    """Step 1: reads the subject live and says what the action would do; with a token when it is open.

    Raises VtexUnavailable, and InvalidEntries for entries of a count that make no sense.
    """
    family = families.of(verb)
    read_at = timezone.now()
    try:
        with client_for_preview(account) as client:
            facts = family.live(account, client, subject)
    except reading.TROUBLE as error:
        raise reading.unavailable(error) from error
    if facts is None:
        return Preview(verb=verb, subject=subject, guard=refuse("not_mirrored"), read_at=read_at)
    try:
        shown = family.preview(account, facts, read_at=read_at, entries=entries or {})
    except InvalidEntries as invalid:
        _give_token(invalid, family, account, facts, actor)
        raise
    return promised.with_token(family, account, facts, shown, actor)


def guard_from_mirror(verb: Verb, account: VtexAccount, row: Reservation | Order | StockBalance) -> Guard:
    """Whether the button shows: the predicate of the POST, over the mirror. `row` is the subject's."""
    family = families.of(verb)
    facts = family.mirrored(account, families.subject_of(row))
    return family.guard(account, facts) if facts else refuse("not_mirrored")


def act(
    verb: Verb,
    account: VtexAccount,
    subject: str,
    *,
    actor: Actor,
    token: str,
    reason: str,
    ticket: str = "",
    entries: Mapping[str, str],
    confirm: str = "",
) -> Attempt:
    """Steps 2 to 8. The same token gives the first attempt again; after the claim only the attempt tells of
    VTEX.

    Raises ActionForbidden, InvalidEntries, and ActionRefused (also on the record of the audit trail).
    """
    started = time.monotonic()
    account.refresh_from_db()
    try:
        people.require(actor, account, Role.OPERATOR)
        if first := _first_of(token, account, actor):
            return first
        said = Said(token, texts.plain(reason), texts.plain(ticket), entries, confirm)
        attempt, is_new = _claim(families.of(verb), verb, account, subject, actor, said)
    except ActionForbidden as error:
        missing = ActionRefused("role_missing", {"role": error.role})
        trail.refused(verb, account, subject, missing, actor=actor)
        raise
    except ActionRefused as refusal:
        trail.refused(
            verb, account, subject, refusal, actor=actor, reason=reason, ticket=ticket, entries=entries
        )
        raise
    if is_new:
        carry.out(families.of(verb), attempt, actor, started)
    return attempt


@dataclass(frozen=True)
class Said:
    """What the form carried."""

    token: str
    reason: str
    ticket: str
    entries: Mapping[str, str]
    confirm: str


def _first_of(token: str, account: VtexAccount, actor: Actor) -> Attempt | None:
    """The attempt this token was already used for; nobody else's."""
    used = Attempt.objects.filter(token_digest=tokens.digest(token), account=account)
    first = used.select_related("account").first()
    return first if first and first.user_id == actor.user_id else None


def _claim(
    family: Family[Any], verb: Verb, account: VtexAccount, subject: str, actor: Actor, said: Said
) -> tuple[Attempt, bool]:
    """Steps 2 to 4 over the mirror: the attempt, and whether this call made it."""
    facts = family.mirrored(account, subject)
    shown: Preview | None = None
    try:
        if facts is not None:
            shown = family.preview(account, facts, read_at=timezone.now(), entries=said.entries)
        texts.require(
            reason=said.reason, ticket=said.ticket, personal_ok=bool(said.entries.get("personal_ok"))
        )
        if shown is None:
            raise ActionRefused("not_mirrored")
        promise = tokens.read(said.token, actor=actor, account=account, verb=verb, subject=subject)
        if not shown.guard.allowed:
            raise ActionRefused(shown.guard.code, shown.guard.params)
        if promise.material != material.digest(family.material(facts)):
            raise ActionRefused(family.changed(facts, said.entries))
        entries = family.accept(account, facts, shown, said.entries, said.confirm)
        if promise.entries != family.bound_entries(shown):
            raise ActionRefused("entries_changed")
        attempt = _attempt(family, facts, shown, account, actor, said, entries)
        return _take(attempt, family.resources(facts))
    except (ActionRefused, InvalidEntries) as refusal:
        refusal.preview = refusal.preview or shown
        _give_token(refusal, family, account, facts, actor)
        raise


def _give_token(
    error: ActionRefused | InvalidEntries,
    family: Family[Any],
    account: VtexAccount,
    facts: Any,
    actor: Actor,
) -> None:
    """So that the form can be drawn anew over the same facts, and confirmed."""
    if error.preview:
        error.preview = promised.with_token(family, account, facts, error.preview, actor)


def _attempt(
    family: Family[Any],
    facts: Any,
    shown: Preview,
    account: VtexAccount,
    actor: Actor,
    said: Said,
    entries: dict[str, str],
) -> Attempt:
    return Attempt(
        account=account,
        verb=Verb.CHECK if shown.is_check else shown.verb,
        subject=shown.subject,
        token_digest=tokens.digest(said.token),
        user_id=actor.user_id,
        actor=actor.name[:150],
        role=actor.role[:60],
        ip=actor.ip,
        request_id=actor.request_id[:64],
        cause=shown.cause,
        reason=said.reason,
        ticket=said.ticket,
        entries=entries,
        material=family.material(facts),
        before=family.snapshot(facts),
        expected=promised.expected(shown),
        created_at=timezone.now(),
    )


def _take(attempt: Attempt, resources: list[str]) -> tuple[Attempt, bool]:
    """Claims; where a dead attempt stands in the way, it is settled first, once."""
    try:
        taken = claims.take(attempt, resources)
    except ActionRefused as refusal:
        holder = Attempt.objects.select_related("account").get(pk=refusal.params["attempt"])
        if settling.settle(holder, until=carry.last_start(time.monotonic())).state != State.DONE:
            raise
        taken = claims.take(attempt, resources)
    return taken, taken is attempt
