"""Reads VTEX's feed: kept first, then committed, then the orders are read (F4).

A process that is killed between two steps loses nothing: what was not committed comes back and is known, what
was kept has its wish to be read beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.conf import settings
from django.utils import timezone

from reconciler.models import EventSource, FeedConfig, VtexAccount, WorkUnit
from reconciler.sync import event_config, events, feed_key
from reconciler.sync.connection import StoreNotConfiguredError
from reconciler.sync.feed_config import FEED
from reconciler.sync.trouble import sentence
from reconciler.vtex import VtexClient, errors, payloads
from reconciler.vtex.limits import Priority
from reconciler.work import stopping, units
from reconciler.work.handlers import Handler, PutBack
from reconciler.work.ticks import Every

log = structlog.get_logger(__name__)
UNIT = "feed"
AFTER_TROUBLE = timedelta(seconds=10)
NOTED_EVERY = timedelta(seconds=10)
"""A feed that stays empty is noted as read so often."""
LONGEST_RUN = 500
"""Batches of a run; a queue longer than this is gone on with in the next one."""
REDELIVERED = (
    errors.BadRequest,
    errors.Conflict,
    errors.NotFound,
    errors.ServerError,
    errors.SuspiciousAnswer,
)
"""What VTEX may have against a commit; the events come back and are known then."""


def run(account: VtexAccount, batch: list[WorkUnit]) -> None:
    """Reads the feed until it is empty, if it is ours to read."""
    try:
        with feed_key.client_of(account) as client:
            _read(account, client)
    except StoreNotConfiguredError:
        return
    except errors.VtexError as error:
        said = sentence(account.name, error)[:200]
        FeedConfig.objects.filter(account=account, kind=EventSource.FEED).update(error=said)
        wished = timedelta(seconds=getattr(error, "retry_after", None) or 0.0)
        raise PutBack(max(AFTER_TROUBLE, wished), said) from error


def _read(account: VtexAccount, client: VtexClient) -> None:
    row = FEED.row_of(account)
    if event_config.due(row, timezone.now()):
        row = FEED.ensure(account, client)
    if not event_config.is_read(row):
        return
    for _ in range(LONGEST_RUN):
        if stopping.asked.is_set() or not _take(account, client, row):
            return


def _take(account: VtexAccount, client: VtexClient, row: FeedConfig) -> bool:
    """One batch; whether there may be more."""
    try:
        told = client.read_feed()
    except errors.NotFound:
        FEED.ensure(account, client)
        return False
    if not told:
        _note_end(row)
        return False
    if any(each.state not in events.STATUSES for each in told) and not _is_still_ours(account, client):
        return False
    new = events.store(account, told, EventSource.FEED)
    committed = _commit(client, told)
    log.debug("feed read", store=account.name, events=len(told), new=new, committed=committed)
    return True


def _is_still_ours(account: VtexAccount, client: VtexClient) -> bool:
    """Asked when the feed tells what we did not ask for: somebody may have changed it since the last look."""
    return event_config.is_read(FEED.look(account, client))


def _commit(client: VtexClient, told: Sequence[payloads.FeedItem]) -> bool:
    try:
        client.commit_feed([each.handle for each in told if each.handle])
    except REDELIVERED as error:
        log.info("feed not committed", reason=str(error))
        return False
    return True


def _note_end(row: FeedConfig) -> None:
    now = timezone.now()
    if row.read_at is None or row.read_at <= now - NOTED_EVERY:
        row.read_at = now
        row.save(update_fields=["read_at"])


def _has_key(account: VtexAccount) -> bool:
    return feed_key.store_of(account) is not None


def _want_feed(account: VtexAccount) -> None:
    """Unless it is being read, or waits after an error; a feed that is not ours is only looked at."""
    if WorkUnit.objects.filter(account=account, kind=UNIT).exists():
        return
    row = FEED.row_of(account)
    if event_config.is_read(row) or event_config.due(row, timezone.now()):
        units.want(account, UNIT, [UNIT], priority=Priority.FEED)


HANDLERS = [Handler(UNIT, 1, run)]
TICKS = [Every(UNIT, lambda: timedelta(seconds=settings.FEED_SECONDS), _want_feed, _has_key)]
