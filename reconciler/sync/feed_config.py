"""The feed of a store, as the configurations that we make know it (F4)."""

from __future__ import annotations

from reconciler.models import EventSource, VtexAccount
from reconciler.sync.event_config import EventConfig, Seen, Write
from reconciler.sync.events import STATUSES
from reconciler.vtex import VtexClient

VISIBILITY_SECONDS = 240
"""An event that was read and not committed comes back after so long."""
RETENTION_SECONDS = 1_209_600
"""VTEX's most, 14 days: so long we may be away, and so long the store may be without any event."""
LARGEST = 2**31 - 1


def _read(client: VtexClient) -> Seen:
    found = client.get_feed_config()
    waiting = min(max(found.quantity, 0), LARGEST)
    return Seen(found.filter, quantity=waiting, oldest_seconds=max(found.oldest_seconds, 0.0))


def _making(account: VtexAccount, url: str) -> Write:
    return lambda client: client.set_feed_config(STATUSES, VISIBILITY_SECONDS, RETENTION_SECONDS)


FEED = EventConfig(EventSource.FEED, _read, _making, VtexClient.delete_feed_config)
