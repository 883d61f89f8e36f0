"""`manage.py hook`: what the order hook of a store is, and making it or taking it away."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils.translation import gettext as _

from reconciler.audit.actor import console
from reconciler.management.stores import accounts_with_feed_key
from reconciler.models import FeedConfig, VtexAccount
from reconciler.sync import feed_key
from reconciler.sync.event_config import ForeignError
from reconciler.sync.hook_config import HOOK, NoSecretError
from reconciler.sync.trouble import sentence
from reconciler.vtex import VtexClient
from reconciler.vtex.errors import VtexError
from reconciler.vtex.limits import Priority


class Command(BaseCommand):
    help = "Shows the order hook of a store, makes it, or takes it away. A hook of others is never touched."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", metavar="NAME", required=True)
        parser.add_argument("--site", metavar="URL", default="", help="the public https address of this site")
        parser.add_argument("what", choices=["status", "configure", "remove"])

    def handle(self, *args: Any, what: str, site: str, **options: Any) -> None:
        (account,) = accounts_with_feed_key(options["account"])
        try:
            with feed_key.client_of(account, Priority.STAFF) as client:
                self.stdout.write(f"{account.name}: {self._done(what, account, client, site)}")
        except ForeignError:
            raise CommandError(_foreign(HOOK.row_of(account))) from None
        except NoSecretError:
            raise CommandError(_("There is no hook secret: set VTEX_HOOK_SECRET.")) from None
        except VtexError as error:
            raise CommandError(sentence(account.name, error)) from None

    def _done(self, what: str, account: VtexAccount, client: VtexClient, site: str) -> str:
        if what == "status":
            return _told(HOOK.look(account, client))
        if what == "remove":
            gone = HOOK.remove(account, client, console())
            return _("the hook is removed.") if gone else _("there was no hook.")
        if not site:
            raise CommandError(_("Give --site, the public https address at which VTEX reaches this site."))
        url = site.rstrip("/") + reverse("hook", kwargs={"account": account.name})
        HOOK.configure(account, client, console(), url)
        return _told(HOOK.row_of(account))


def _told(row: FeedConfig) -> str:
    return {
        FeedConfig.State.OURS: _("our hook, which posts to %(url)s.") % {"url": row.url},
        FeedConfig.State.NONE: _("no hook."),
        FeedConfig.State.FOREIGN: _foreign(row),
        FeedConfig.State.REFUSED: _("the feed key may not: grant it the resource Feed v3 and Hook Admin."),
    }.get(FeedConfig.State(row.state), str(row.state))


def _foreign(row: FeedConfig) -> str:
    return _(
        "This key has a hook that is not ours; it posts to %(url)s. It is left alone: give "
        "VTEX_FEED_APP_KEY a key of its own."
    ) % {"url": row.seen.get("url") or "?"}
