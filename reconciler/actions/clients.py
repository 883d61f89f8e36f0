"""The VTEX client of an action: staff first, and quick to give up, because a person waits for the page."""

from __future__ import annotations

import math
import time

from django.conf import settings

from reconciler.models import VtexAccount
from reconciler.sync.connection import client_for
from reconciler.vtex import Retries, Timeouts, VtexClient, errors
from reconciler.vtex.limits import Family, Limiter, Priority

READ_SECONDS = 4.0
"""For connecting, and again for the whole answer."""


class InTime:
    """A limiter that lets no request start after `until`, in monotonic seconds."""

    def __init__(self, limiter: Limiter, until: float) -> None:
        self._limiter = limiter
        self._until = until

    def acquire(self, priority: Priority, family: Family) -> None:
        self._refuse_if_late()
        self._limiter.acquire(priority, family)
        self._refuse_if_late()

    def report(self, family: Family, error: errors.VtexError | None) -> None:
        self._limiter.report(family, error)

    def _refuse_if_late(self) -> None:
        if time.monotonic() > self._until:
            raise errors.NotSent("no time left to ask VTEX")


def client_for_action(account: VtexAccount, until: float = math.inf) -> VtexClient:
    """For act and settle; no request starts after `until`. Raises StoreNotConfiguredError."""
    total = min(READ_SECONDS, float(settings.VTEX_READ_TIMEOUT_SECONDS))
    connect = min(total, float(settings.VTEX_CONNECT_TIMEOUT_SECONDS))
    return client_for(
        account,
        Priority.STAFF,
        timeouts=Timeouts(connect=connect, read=total, total=total),
        retries=Retries(reads=min(1, settings.VTEX_READ_RETRIES), first_wait=0.2),
        around=lambda limiter: InTime(limiter, until),
    )


def client_for_preview(account: VtexAccount) -> VtexClient:
    """For previews. Raises StoreNotConfiguredError."""
    return client_for(account, Priority.PREVIEW)
