"""The key of its own with which a store's feed and hook are read, made and removed (F4)."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from django.conf import settings

from inventory_admin.stores import Store
from reconciler.models import VtexAccount
from reconciler.sync.connection import StoreNotConfiguredError, client_for
from reconciler.vtex import VtexClient
from reconciler.vtex.limits import Priority


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


def digest_of(account: VtexAccount) -> str:
    """Tells one feed key from another; "" where there is none."""
    store = store_of(account)
    return hashlib.sha256(store.app_key.encode()).hexdigest() if store else ""
