"""`manage.py feed`: what the order feed of a store is, and making it or taking it away."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from reconciler.audit.actor import console
from reconciler.management.stores import accounts_with_feed_key
from reconciler.models import FeedConfig, VtexAccount
from reconciler.sync import events, feed_key
from reconciler.sync.event_config import ForeignError
from reconciler.sync.feed_config import FEED
from reconciler.sync.trouble import sentence
from reconciler.vtex import VtexClient
from reconciler.vtex.errors import VtexError
from reconciler.vtex.limits import Priority


class Command(BaseCommand):
    help = "Shows the order feed of a store, makes it, or takes it away. A feed of others is never touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", metavar="NAME", help="one store; otherwise all that have a feed key")
        parser.add_argument("what", choices=["status", "configure", "remove"])

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        for account in accounts_with_feed_key(options["account"]):
            try:
                with feed_key.client_of(account, Priority.STAFF) as client:
                    self.stdout.write(f"{account.name}: {getattr(self, f'_{what}')(account, client)}")
            except ForeignError:
                raise CommandError(_foreign(FEED.row_of(account))) from None
            except VtexError as error:
                raise CommandError(sentence(account.name, error)) from None

    def _status(self, account: VtexAccount, client: VtexClient) -> str:
        row = FEED.look(account, client)
        lag = events.lag(account)
        lines = [_told(row)]
        if row.state == FeedConfig.State.OURS:
            lines.append(_("events in VTEX's queue: %(count)s") % {"count": row.quantity})
        lines.append(_("events whose orders are still to be read: %(count)s") % {"count": lag.waiting})
        lines.append(_("behind by %(seconds)s seconds") % {"seconds": round(lag.seconds(timezone.now()))})
        return "\n  ".join(lines)

    def _configure(self, account: VtexAccount, client: VtexClient) -> str:
        if FEED.configure(account, client, console()):
            return _("the feed is made. It tells what changes from now on.")
        return _("the feed is there already; nothing was changed.")

    def _remove(self, account: VtexAccount, client: VtexClient) -> str:
        if FEED.remove(account, client, console()):
            return _("the feed is removed, and is not made anew until you configure it.")
        return _("there was no feed; none is made until you configure it.")


def _told(row: FeedConfig) -> str:
    if row.state == FeedConfig.State.OURS and row.removed_at:
        return _("our feed is still there, though it was to be removed; remove it again.")
    return {
        FeedConfig.State.OURS: _("our feed, which is read."),
        FeedConfig.State.NONE: _("no feed, and none is wanted.")
        if row.removed_at
        else _("no feed yet; the worker makes it."),
        FeedConfig.State.FOREIGN: _foreign(row),
        FeedConfig.State.REFUSED: _("the feed key may not: grant it the resource Feed v3 and Hook Admin."),
    }.get(FeedConfig.State(row.state), str(row.state))


def _foreign(row: FeedConfig) -> str:
    return _(
        "This key has a feed that is not ours (%(type)s, %(count)s statuses). It is left alone: give "
        "VTEX_FEED_APP_KEY a key of its own."
    ) % {"type": row.seen.get("type") or "?", "count": len(row.seen.get("statuses", []))}
