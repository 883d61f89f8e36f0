"""The feed that we made for the feed key of a store: looked at, made anew, changed and taken away (F4).

There is one feed an app key, and whoever reads it takes its events from all others who use that key. So what
we did not make ourselves is shown, and never read, committed or changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inventory_admin.stores import Store
from reconciler.audit.actor import SYSTEM, Actor
from reconciler.audit.body import clean
from reconciler.audit.record import record
from reconciler.audit.sentences import REQUESTED
from reconciler.models import EventSource, FeedConfig, Outcome, VtexAccount
from reconciler.sync.connection import StoreNotConfiguredError, client_for
from reconciler.sync.events import STATUSES
from reconciler.vtex import VtexClient, errors, payloads
from reconciler.vtex.limits import Priority

State = FeedConfig.State
BY_STATUS = "FromWorkflow"
VISIBILITY_SECONDS = 240
"""An event that was read and not committed comes back after so long."""
RETENTION_SECONDS = 1_209_600
"""VTEX's most, 14 days: so long we may be away, and so long the store may be without any event."""
LOOK_EVERY = timedelta(minutes=1)
SAID_ONCE_IN = timedelta(hours=1)
"""A feed that VTEX does not let us make is not recorded again and again."""
MOST_SHOWN = 100
LARGEST = 2**31 - 1


class ForeignFeedError(Exception):
    """The key has a feed that is not ours."""


def store_of(account: VtexAccount) -> Store | None:
    """The store as its feed key reaches it; None without a feed key."""
    store = settings.STORES.get(account.name)
    if store is None or not store.feed_app_key:
        return None
    return replace(store, app_key=store.feed_app_key, app_token=store.feed_app_token)


def client_of(account: VtexAccount, priority: Priority = Priority.FEED) -> VtexClient:
    """A client with the feed key; raises StoreNotConfiguredError where there is none."""
    store = store_of(account)
    if store is None:
        raise StoreNotConfiguredError(account.name)
    return client_for(account, priority, store=store)


def row_of(account: VtexAccount, kind: EventSource = EventSource.FEED) -> FeedConfig:
    """What we know of the feed, or the hook, of the present key. Of another key nothing is known."""
    store = store_of(account)
    digest = hashlib.sha256(store.app_key.encode()).hexdigest() if store else ""
    key = {"account": account, "kind": kind}
    row = FeedConfig.objects.filter(**key).first()
    if row is None:
        FeedConfig.objects.bulk_create([FeedConfig(**key, key_digest=digest)], ignore_conflicts=True)
        row = FeedConfig.objects.get(**key)
    if digest and row.key_digest != digest:
        fresh = FeedConfig(pk=row.pk, **key, key_digest=digest)
        fresh.save(force_update=True)
        return fresh
    return row


def is_read(row: FeedConfig) -> bool:
    """Whether its events are ours to read and commit."""
    return row.state == State.OURS and row.removed_at is None


def due(row: FeedConfig, now: datetime) -> bool:
    """Whether it is time to look again: a configuration may go away by itself, or be changed by others."""
    return row.seen_at is None or row.seen_at <= now - LOOK_EVERY


def fingerprint(type_: str, statuses: Iterable[str], expression: str = "") -> str:
    """The same for two configurations that let the same events through."""
    content = json.dumps([type_, sorted(set(statuses)), expression])
    return hashlib.sha256(content.encode()).hexdigest()


WANTED = fingerprint(BY_STATUS, STATUSES)


def look(account: VtexAccount, client: VtexClient) -> FeedConfig:
    """Reads the configuration and notes what it is; changes nothing at VTEX. Raises a VtexError unless the
    key may not.
    """
    row, now = row_of(account), timezone.now()
    try:
        seen = client.get_feed_config()
    except errors.NotFound:
        nothing: dict[str, Any] = {"seen": {}, "quantity": None, "oldest_seconds": None, "error": ""}
        return note(row, state=State.NONE, seen_at=now, **nothing)
    except (errors.Unauthorized, errors.Forbidden) as error:
        return note(row, state=State.REFUSED, seen_at=now, quantity=None, error=clean(str(error), 200))
    ours = bool(row.made) and _fingerprint_of(seen) == row.made
    return note(
        row,
        seen_at=now,
        state=State.OURS if ours else State.FOREIGN,
        seen=shown_of(seen.filter or payloads.EventFilter()),
        quantity=min(max(seen.quantity, 0), LARGEST),
        oldest_seconds=max(seen.oldest_seconds, 0.0),
        error="",
    )


def ensure(account: VtexAccount, client: VtexClient) -> FeedConfig:
    """Looks, and makes the feed where there is none, or ours asks for other changes than we want now."""
    row = look(account, client)
    if row.removed_at is None and (row.state == State.NONE or _is_outdated(row)):
        return _make(account, row, client, SYSTEM)
    return row


def configure(account: VtexAccount, client: VtexClient, actor: Actor) -> bool:
    """As a person asks for it, also after `remove`; whether anything had to be done. Raises ForeignFeedError,
    and a VtexError for what VTEX has against it.
    """
    row = _looked_at(account, client)
    if is_read(row) and not _is_outdated(row):
        return False
    _make(account, row, client, actor)
    return True


def remove(account: VtexAccount, client: VtexClient, actor: Actor) -> bool:
    """Takes our feed away and does not make it anew; whether there was one. Raises as `configure`."""
    row = _looked_at(account, client)
    with transaction.atomic():
        note(row, removed_at=timezone.now())
        record_step(account, "feed.remove", actor, REQUESTED)
    if row.state == State.OURS:
        send(account, "feed.remove", actor, client.delete_feed_config)
    left = look(account, client)
    record_step(account, "feed.remove", actor, outcome_of(left, State.NONE), before=row.seen, after=left.seen)
    return row.state == State.OURS


def _looked_at(account: VtexAccount, client: VtexClient) -> FeedConfig:
    row = look(account, client)
    if row.state == State.FOREIGN:
        raise ForeignFeedError
    if row.state == State.REFUSED:
        raise errors.Forbidden(row.error, status=403)
    return row


def _make(account: VtexAccount, row: FeedConfig, client: VtexClient, actor: Actor) -> FeedConfig:
    """Noted before it is sent: whoever comes after a killed process knows its feed as ours."""
    now = timezone.now()
    known = row.made == WANTED and row.made_at is not None and row.made_at > now - SAID_ONCE_IN
    if known and actor == SYSTEM:
        client.set_feed_config(STATUSES, VISIBILITY_SECONDS, RETENTION_SECONDS)
        return look(account, client)
    with transaction.atomic():
        note(row, made=WANTED, made_at=now, removed_at=None)
        sent = {"type": BY_STATUS, "statuses": list(STATUSES)}
        record_step(account, "feed.configure", actor, REQUESTED, before=row.seen, sent=sent)
    send(
        account,
        "feed.configure",
        actor,
        lambda: client.set_feed_config(STATUSES, VISIBILITY_SECONDS, RETENTION_SECONDS),
    )
    made = look(account, client)
    record_step(account, "feed.configure", actor, outcome_of(made, State.OURS), after=made.seen)
    return made


def send(account: VtexAccount, action: str, actor: Actor, send: Callable[[], payloads.WriteAnswer]) -> None:
    try:
        send()
    except errors.VtexError as error:
        outcome = Outcome.UNKNOWN if error.outcome_unknown else Outcome.FAILED
        record_step(account, action, actor, outcome, answer={"status": error.status, "error": str(error)})
        raise


def record_step(account: VtexAccount, action: str, actor: Actor, outcome: str, **more: Any) -> None:
    record(account=account.name, actor=actor, action=action, subject=account.name, outcome=outcome, **more)


def outcome_of(row: FeedConfig, wanted: FeedConfig.State) -> str:
    return Outcome.VERIFIED if row.state == wanted else Outcome.NOT_APPLIED


def note(row: FeedConfig, **values: Any) -> FeedConfig:
    """Writes these columns alone: others may write theirs at the same time."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    return row


def _is_outdated(row: FeedConfig) -> bool:
    """Ours, and made by a version of ours that asked for other changes."""
    return row.state == State.OURS and row.made != WANTED


def _fingerprint_of(seen: payloads.FeedConfig) -> str:
    asked = seen.filter or payloads.EventFilter()
    return fingerprint(asked.type, asked.status, asked.expression)


def shown_of(asked: payloads.EventFilter) -> dict[str, Any]:
    return {
        "type": clean(asked.type, 100),
        "statuses": [clean(each, 100) for each in asked.status[:MOST_SHOWN]],
    }
