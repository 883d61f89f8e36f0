"""The hook of a store, as the configurations that we make know it, and the worker that keeps it (F4).

A hook is first made by a person, who knows the public address.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from reconciler.models import EventSource, FeedConfig, VtexAccount, WorkUnit
from reconciler.sync import event_config, feed_key
from reconciler.sync.connection import StoreNotConfiguredError
from reconciler.sync.event_config import EventConfig, Seen, Write
from reconciler.sync.events import STATUSES
from reconciler.sync.trouble import sentence
from reconciler.vtex import VtexClient, errors
from reconciler.vtex.limits import Priority
from reconciler.work import units
from reconciler.work.handlers import Handler, PutBack
from reconciler.work.ticks import Every

UNIT = "hook"
HEADER = "X-Hook-Secret"
EVERY = timedelta(minutes=10)
AFTER_TROUBLE = timedelta(minutes=5)


class NoSecretError(Exception):
    """The settings name no hook secret for this store."""


def _read(client: VtexClient) -> Seen:
    found = client.get_hook_config()
    return Seen(found.filter, url=found.hook.url if found.hook else "")


def _making(account: VtexAccount, url: str) -> Write:
    secret = settings.STORES[account.name].hook_secret
    if not secret:
        raise NoSecretError
    return lambda client: client.set_hook_config(STATUSES, url, {HEADER: secret})


HOOK = EventConfig(EventSource.HOOK, _read, _making, VtexClient.delete_hook_config, needs_address=True)


def _keep(account: VtexAccount, batch: list[WorkUnit]) -> None:
    try:
        with feed_key.client_of(account) as client:
            HOOK.ensure(account, client)
    except (StoreNotConfiguredError, NoSecretError):
        return
    except errors.VtexError as error:
        said = sentence(account.name, error)[:200]
        event_config.note(HOOK.row_of(account), error=said)
        raise PutBack(AFTER_TROUBLE, said) from error


def _want(account: VtexAccount) -> None:
    units.want(account, UNIT, [UNIT], priority=Priority.FEED)


def _is_made(account: VtexAccount) -> bool:
    """Whether a person made it here."""
    if feed_key.store_of(account) is None:
        return False
    ours = FeedConfig.objects.filter(account=account, kind=EventSource.HOOK, removed_at=None)
    return ours.exclude(url="").exists()


HANDLERS = [Handler(UNIT, 1, _keep)]
TICKS = [Every(UNIT, lambda: EVERY, _want, _is_made)]
