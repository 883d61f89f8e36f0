"""Whether a store's actions are open."""

from __future__ import annotations

from typing import Literal

from django.conf import settings

from reconciler.models import VtexAccount


def actions_of(store: VtexAccount) -> Literal["on", "off", "paused"]:
    """Off by the environment, paused by an admin of the store, else on."""
    named = settings.STORES.get(store.name)
    if named is None or not named.actions:
        return "off"
    return "paused" if store.actions_paused_at else "on"
