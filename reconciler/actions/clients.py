"""The VTEX client of an action: staff first, and quick to give up, because a person waits for the page."""

from __future__ import annotations

from django.conf import settings

from reconciler.models import VtexAccount
from reconciler.sync.connection import client_for
from reconciler.vtex import Retries, Timeouts, VtexClient
from reconciler.vtex.limits import Priority

READ_SECONDS = 4.0


def client_for_action(account: VtexAccount) -> VtexClient:
    """For act and settle. Raises StoreNotConfiguredError."""
    total = min(READ_SECONDS, float(settings.VTEX_READ_TIMEOUT_SECONDS))
    connect = min(total, float(settings.VTEX_CONNECT_TIMEOUT_SECONDS))
    return client_for(
        account,
        Priority.STAFF,
        timeouts=Timeouts(connect=connect, read=total, total=total),
        retries=Retries(reads=min(1, settings.VTEX_READ_RETRIES), first_wait=0.2),
    )


def client_for_preview(account: VtexAccount) -> VtexClient:
    """For previews. Raises StoreNotConfiguredError."""
    return client_for(account, Priority.PREVIEW)
