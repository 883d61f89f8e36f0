"""Which stores a command works on."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from reconciler.models import VtexAccount
from reconciler.sync import accounts, feed_key


def add_account_option(parser: CommandParser) -> None:
    parser.add_argument("--account", metavar="NAME", help="only this store; without it, every mirrored store")


def chosen_accounts(name: str | None) -> list[VtexAccount]:
    """The store of that name, or all of them in order of name; CommandError when it is not mirrored."""
    mirrored = VtexAccount.objects.order_by("name")
    if name is None:
        return list(mirrored)
    chosen = list(mirrored.filter(name=name))
    if not chosen:
        raise CommandError(f"No store named {name!r} is mirrored here.")
    return chosen


def configured_accounts(name: str | None) -> list[VtexAccount]:
    """The store of that name, or all, of those that the settings name; CommandError when they name none."""
    chosen = [account for account in accounts.ensure() if name in (None, account.name)]
    if not chosen:
        raise CommandError(_("The settings name no store %(name)s.") % {"name": name})
    return chosen


def accounts_with_feed_key(name: str | None) -> list[VtexAccount]:
    """Those of them that have a feed key; CommandError when none has."""
    chosen = [account for account in configured_accounts(name) if feed_key.store_of(account)]
    if not chosen:
        raise CommandError(
            _("There is no feed key: set VTEX_FEED_APP_KEY and VTEX_FEED_APP_TOKEN to a key of its own.")
        )
    return chosen
