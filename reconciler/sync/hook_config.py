"""The hook that we made for the feed key of a store: looked at, made anew where VTEX dropped it (F4).

There is one hook an app key, and making one replaces what is there. So one that we did not make is shown, and
never changed. A hook is first made by a person, who knows the public address; the worker keeps it.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from reconciler.audit.actor import SYSTEM, Actor
from reconciler.audit.body import clean
from reconciler.audit.sentences import REQUESTED
from reconciler.models import EventSource, FeedConfig, VtexAccount, WorkUnit
from reconciler.sync import feed_config
from reconciler.sync.connection import StoreNotConfiguredError
from reconciler.sync.events import STATUSES
from reconciler.sync.feed_config import BY_STATUS, State, fingerprint, note, outcome_of, record_step, send
from reconciler.sync.trouble import sentence
from reconciler.vtex import VtexClient, errors, payloads
from reconciler.vtex.limits import Priority
from reconciler.work import units
from reconciler.work.handlers import Handler, PutBack
from reconciler.work.ticks import Every

HOOK = "hook"
HEADER = "X-Hook-Secret"
EVERY = timedelta(minutes=10)
AFTER_TROUBLE = timedelta(minutes=5)


class ForeignHookError(Exception):
    """The key has a hook that is not ours."""


class NoSecretError(Exception):
    """The settings name no hook secret for this store."""


def row_of(account: VtexAccount) -> FeedConfig:
    return feed_config.row_of(account, EventSource.HOOK)


def look(account: VtexAccount, client: VtexClient) -> FeedConfig:
    """Reads the configuration and notes what it is; changes nothing at VTEX. Raises a VtexError unless the
    key may not.
    """
    row, now = row_of(account), timezone.now()
    try:
        seen = client.get_hook_config()
    except errors.NotFound:
        return note(row, state=State.NONE, seen={}, seen_at=now, error="")
    except (errors.Unauthorized, errors.Forbidden) as error:
        return note(row, state=State.REFUSED, seen_at=now, error=clean(str(error), 200))
    asked, url = seen.filter or payloads.EventFilter(), seen.hook.url if seen.hook else ""
    ours = bool(row.made) and _made(asked.type, asked.status, asked.expression, url) == row.made
    shown = {**feed_config.shown_of(asked), "url": clean(url, 500)}
    return note(row, state=State.OURS if ours else State.FOREIGN, seen=shown, seen_at=now, error="")


def configure(account: VtexAccount, client: VtexClient, actor: Actor, url: str) -> FeedConfig:
    """Makes the hook, or ours anew: VTEX never tells which secret it holds, so it is sent each time.

    Raises ForeignHookError, NoSecretError, and a VtexError for what VTEX has against it, such as an address
    that did not answer its ping (BadRequest).
    """
    row = look(account, client)
    if row.state == State.FOREIGN:
        raise ForeignHookError
    if row.state == State.REFUSED:
        raise errors.Forbidden(row.error, status=403)
    return _make(account, row, client, actor, url)


def ensure(account: VtexAccount, client: VtexClient) -> FeedConfig:
    """Looks, and makes anew what VTEX dropped because nothing happened for three days."""
    row = look(account, client)
    if row.state == State.NONE and row.url and row.removed_at is None:
        return _make(account, row, client, SYSTEM, row.url)
    return row


def remove(account: VtexAccount, client: VtexClient, actor: Actor) -> bool:
    """Takes our hook away and does not make it anew; whether there was one. Raises as `configure`."""
    row = look(account, client)
    if row.state == State.FOREIGN:
        raise ForeignHookError
    with transaction.atomic():
        note(row, removed_at=timezone.now())
        record_step(account, "hook.remove", actor, REQUESTED)
    if row.state == State.OURS:
        send(account, "hook.remove", actor, client.delete_hook_config)
    left = look(account, client)
    record_step(account, "hook.remove", actor, outcome_of(left, State.NONE), before=row.seen, after=left.seen)
    return row.state == State.OURS


def _make(account: VtexAccount, row: FeedConfig, client: VtexClient, actor: Actor, url: str) -> FeedConfig:
    """Noted before it is sent: whoever comes after a killed process knows its hook as ours."""
    secret = settings.STORES[account.name].hook_secret
    if not secret:
        raise NoSecretError
    made, before, now = _made(BY_STATUS, STATUSES, "", url), row.seen, timezone.now()
    if actor == SYSTEM and row.made == made and row.made_at and row.made_at > now - feed_config.SAID_ONCE_IN:
        client.set_hook_config(STATUSES, url, {HEADER: secret})
        return look(account, client)
    with transaction.atomic():
        note(row, made=made, made_at=now, url=url, removed_at=None)
        sent = {"type": BY_STATUS, "statuses": list(STATUSES), "url": url}
        record_step(account, "hook.configure", actor, REQUESTED, before=before, sent=sent)
    send(account, "hook.configure", actor, lambda: client.set_hook_config(STATUSES, url, {HEADER: secret}))
    found = look(account, client)
    record_step(account, "hook.configure", actor, outcome_of(found, State.OURS), after=found.seen)
    return found


def _made(type_: str, statuses: list[str] | tuple[str, ...], expression: str, url: str) -> str:
    return fingerprint(type_, statuses, f"{expression}\n{url}")


def _keep(account: VtexAccount, batch: list[WorkUnit]) -> None:
    try:
        with feed_config.client_of(account) as client:
            ensure(account, client)
    except (StoreNotConfiguredError, NoSecretError):
        return
    except errors.VtexError as error:
        said = sentence(account.name, error)[:200]
        note(row_of(account), error=said)
        raise PutBack(AFTER_TROUBLE, said) from error


def _want(account: VtexAccount) -> None:
    units.want(account, HOOK, [HOOK], priority=Priority.FEED)


def _is_made(account: VtexAccount) -> bool:
    """Whether a person made it here."""
    if feed_config.store_of(account) is None:
        return False
    ours = FeedConfig.objects.filter(account=account, kind=EventSource.HOOK, removed_at=None)
    return ours.exclude(url="").exists()


HANDLERS = [Handler(HOOK, 1, _keep)]
TICKS = [Every(HOOK, lambda: EVERY, _want, _is_made)]
