"""The feed, and the hook, that we made for the feed key of a store: looked at, made anew, removed (F4).

There is one of each an app key. Whoever reads a feed takes its events from all others who use that key, and
making a hook replaces what is there. So what we did not make ourselves is shown, and never read, committed or
changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from reconciler.audit.actor import SYSTEM, Actor
from reconciler.audit.body import clean
from reconciler.audit.record import record
from reconciler.audit.sentences import REQUESTED
from reconciler.models import EventSource, FeedConfig, Outcome, VtexAccount
from reconciler.sync import feed_key
from reconciler.sync.events import STATUSES
from reconciler.vtex import VtexClient, errors, payloads

State = FeedConfig.State
BY_STATUS = "FromWorkflow"
LOOK_EVERY = timedelta(minutes=1)
SAID_ONCE_IN = timedelta(hours=1)
"""What VTEX does not let us make is not recorded again and again."""
MOST_SHOWN = 100

Write = Callable[[VtexClient], payloads.WriteAnswer]


class ForeignError(Exception):
    """The key has one that is not ours."""


@dataclass(frozen=True)
class Seen:
    """What VTEX says there is; `url` of a hook alone, the others of a feed alone."""

    filter: payloads.EventFilter | None
    url: str = ""
    quantity: int | None = None
    oldest_seconds: float | None = None


@dataclass(frozen=True)
class EventConfig:
    """One of the two kinds, and what is done to it.

    read    what VTEX has; raises NotFound where it has none
    making  what makes it: the statuses, for that address; may refuse before anything is sent
    needs_address  VTEX posts to an address, which a person gives first; the secret that goes with it is never
            told again, so whoever configures it sends it each time
    """

    kind: EventSource
    read: Callable[[VtexClient], Seen]
    making: Callable[[VtexAccount, str], Write]
    delete: Write
    needs_address: bool = False

    def row_of(self, account: VtexAccount) -> FeedConfig:
        """What we know of it for the present key. Of another key nothing is known."""
        digest, key = feed_key.digest_of(account), {"account": account, "kind": self.kind}
        row = FeedConfig.objects.filter(**key).first()
        if row is None:
            FeedConfig.objects.bulk_create([FeedConfig(**key, key_digest=digest)], ignore_conflicts=True)
            row = FeedConfig.objects.get(**key)
        if digest and row.key_digest != digest:
            fresh = FeedConfig(pk=row.pk, **key, key_digest=digest)
            fresh.save(force_update=True)
            return fresh
        return row

    def look(self, account: VtexAccount, client: VtexClient) -> FeedConfig:
        """Reads it and notes what it is; changes nothing at VTEX. Raises a VtexError, unless the key may
        not.
        """
        row, now = self.row_of(account), timezone.now()
        try:
            seen = self.read(client)
        except errors.NotFound:
            nothing: dict[str, Any] = {"seen": {}, "quantity": None, "oldest_seconds": None, "error": ""}
            return note(row, state=State.NONE, seen_at=now, **nothing)
        except (errors.Unauthorized, errors.Forbidden) as error:
            return note(row, state=State.REFUSED, seen_at=now, quantity=None, error=clean(str(error), 200))
        asked = seen.filter or payloads.EventFilter()
        ours = (
            bool(row.made) and fingerprint(asked.type, asked.status, asked.expression, seen.url) == row.made
        )
        return note(
            row,
            seen_at=now,
            state=State.OURS if ours else State.FOREIGN,
            seen=_shown(asked, seen.url),
            quantity=seen.quantity,
            oldest_seconds=seen.oldest_seconds,
            error="",
        )

    def ensure(self, account: VtexAccount, client: VtexClient) -> FeedConfig:
        """Looks, and makes anew what VTEX dropped, or what is ours and asks for other changes than we want
        now.
        """
        row = self.look(account, client)
        row.refresh_from_db(fields=["removed_at"])  # a person may have removed it while VTEX was asked
        wanted = row.removed_at is None and (row.url or not self.needs_address)
        if wanted and (row.state == State.NONE or _is_outdated(row)):
            return self._make(account, row, client, SYSTEM, row.url)
        return row

    def configure(self, account: VtexAccount, client: VtexClient, actor: Actor, url: str = "") -> bool:
        """As a person asks for it, also after `remove`; whether anything had to be done. Raises ForeignError,
        and a VtexError for what VTEX has against it, such as an address that did not answer (BadRequest).
        """
        row = self._ours_to_change(account, client)
        if is_read(row) and not _is_outdated(row) and not self.needs_address:
            return False
        self._make(account, row, client, actor, url)
        return True

    def remove(self, account: VtexAccount, client: VtexClient, actor: Actor) -> bool:
        """Takes ours away and does not make it anew; whether there was one. Raises as `configure`."""
        row, action = self._ours_to_change(account, client), f"{self.kind}.remove"
        with transaction.atomic():
            note(row, removed_at=timezone.now())
            _record(account, action, actor, REQUESTED)
        if row.state == State.OURS:
            _send(account, action, actor, client, self.delete)
        left = self.look(account, client)
        _record(account, action, actor, _outcome(left, State.NONE), before=row.seen, after=left.seen)
        return row.state == State.OURS

    def _ours_to_change(self, account: VtexAccount, client: VtexClient) -> FeedConfig:
        row = self.look(account, client)
        if row.state == State.FOREIGN:
            raise ForeignError
        if row.state == State.REFUSED:
            raise errors.Forbidden(row.error, status=403)
        return row

    def _make(
        self, account: VtexAccount, row: FeedConfig, client: VtexClient, actor: Actor, url: str
    ) -> FeedConfig:
        """Noted before it is sent: whoever comes after a killed process knows it as ours."""
        make, made, now = self.making(account, url), wanted(url), timezone.now()
        if actor == SYSTEM and row.made == made and row.made_at and row.made_at > now - SAID_ONCE_IN:
            make(client)
            return self.look(account, client)
        action, sent = (
            f"{self.kind}.configure",
            _shown(payloads.EventFilter(type=BY_STATUS, status=[*STATUSES]), url),
        )
        with transaction.atomic():
            note(row, made=made, made_at=now, url=url, removed_at=None)
            _record(account, action, actor, REQUESTED, before=row.seen, sent=sent)
        _send(account, action, actor, client, make)
        found = self.look(account, client)
        _record(account, action, actor, _outcome(found, State.OURS), after=found.seen)
        return found


def is_read(row: FeedConfig) -> bool:
    """Whether its events are ours to read and commit."""
    return row.state == State.OURS and row.removed_at is None


def due(row: FeedConfig, now: datetime) -> bool:
    """Whether it is time to look again: a configuration may go away by itself, or be changed by others."""
    return row.seen_at is None or row.seen_at <= now - LOOK_EVERY


def fingerprint(type_: str, statuses: Iterable[str], expression: str = "", url: str = "") -> str:
    """The same for two configurations that let the same events through, to the same address."""
    content = [type_, sorted(set(statuses)), f"{expression}\n{url}" if url else expression]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def wanted(url: str) -> str:
    """The fingerprint of what we make now."""
    return fingerprint(BY_STATUS, STATUSES, url=url)


def note(row: FeedConfig, **values: Any) -> FeedConfig:
    """Writes these columns alone: others may write theirs at the same time."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row


def _is_outdated(row: FeedConfig) -> bool:
    """Ours, and made by a version of ours that asked for other changes."""
    return row.state == State.OURS and row.made != wanted(row.url)


def _shown(asked: payloads.EventFilter, url: str) -> dict[str, Any]:
    statuses = [clean(each, 100) for each in asked.status[:MOST_SHOWN]]
    shown = {"type": clean(asked.type, 100), "statuses": statuses}
    return shown | {"url": clean(url, 500)} if url else shown


def _send(account: VtexAccount, action: str, actor: Actor, client: VtexClient, write: Write) -> None:
    try:
        write(client)
    except errors.VtexError as error:
        outcome = Outcome.UNKNOWN if error.outcome_unknown else Outcome.FAILED
        _record(account, action, actor, outcome, answer={"status": error.status, "error": str(error)})
        raise


def _record(account: VtexAccount, action: str, actor: Actor, outcome: str, **more: Any) -> None:
    record(account=account.name, actor=actor, action=action, subject=account.name, outcome=outcome, **more)


def _outcome(row: FeedConfig, wanted: FeedConfig.State) -> str:
    return Outcome.VERIFIED if row.state == wanted else Outcome.NOT_APPLIED
