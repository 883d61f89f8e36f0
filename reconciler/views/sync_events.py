"""How changes of status reach us: the feed and the hook of a store, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from inventory_admin.stores import Store
from reconciler.models import FeedConfig


@dataclass(frozen=True)
class Source:
    """said: one sentence. error: what VTEX has against it, scrubbed; "" for nothing."""

    said: str
    is_used: bool
    error: str = ""


def feed(store: Store, told: dict[str, Any]) -> Source:
    """`told`: {state, error} as the queue's figures have it, {} before VTEX was asked."""
    if not store.feed_app_key:
        return Source(_("not used: the settings name no feed key"), is_used=False)
    words = {
        FeedConfig.State.UNKNOWN: _("not looked at yet"),
        FeedConfig.State.OURS: _("ours, and read"),
        FeedConfig.State.NONE: _("there is none"),
        FeedConfig.State.FOREIGN: _("somebody else made it: shown, never read or changed"),
        FeedConfig.State.REFUSED: _("VTEX refuses the feed key"),
    }
    state = told.get("state", FeedConfig.State.UNKNOWN)
    return Source(words[state], state == FeedConfig.State.OURS, told.get("error", ""))


def hook(store: Store, told: dict[str, Any], tally: dict[str, int] | None) -> Source:
    """`tally`: what became of its deliveries; None before the first."""
    if not store.hook_secret:
        return Source(_("not used: the settings name no hook secret"), is_used=False)
    error = told.get("error", "")
    if tally is None:
        return Source(_("ready; nothing came so far"), is_used=True, error=error)
    said = _("%(stored)d stored, %(refused)d refused, %(unavailable)d asked to come again") % tally
    return Source(said, is_used=True, error=error)
