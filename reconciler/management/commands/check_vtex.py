"""`manage.py check_vtex`: which permissions the key of a store has, and which features that leaves."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from reconciler.management.stores import configured_accounts
from reconciler.models import VtexAccount
from reconciler.sync import feed_key
from reconciler.sync.connection import client_for
from reconciler.sync.permissions import Answer, Permission, check, check_feed
from reconciler.sync.trouble import sentence
from reconciler.vtex.errors import Unauthorized, VtexError
from reconciler.vtex.limits import Priority


class Command(BaseCommand):
    help = "Tries every read the key needs. Writes are not tried. Exits with 1 when a read is refused."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", metavar="NAME", help="one store; otherwise all of the settings")

    def handle(self, *args: Any, **options: Any) -> None:
        stores = configured_accounts(options["account"])
        lacking = [account.name for account in stores if not self._report(account)]
        if lacking:
            raise CommandError(_("Permissions are missing: %(stores)s.") % {"stores": ", ".join(lacking)})

    def _report(self, account: VtexAccount) -> bool:
        """Whether no read was refused."""
        try:
            with client_for(account, Priority.STAFF) as client:
                found = check(client)
        except VtexError as error:
            raise CommandError(sentence(account.name, error)) from None
        found += _check_feed_key(account)
        self.stdout.write(f"{account.name}")
        for permission in found:
            self.stdout.write(_line(permission))
        lost = dict.fromkeys(each.needed_for for each in found if each.answer == Answer.REFUSED)
        if lost:
            self.stdout.write(
                _("Without these permissions there is no: %(lost)s.") % {"lost": ", ".join(lost)}
            )
        return not lost


def _check_feed_key(account: VtexAccount) -> list[Permission]:
    """That it is not the main key the settings saw to at the start."""
    if feed_key.store_of(account) is None:
        return []
    try:
        with feed_key.client_of(account, Priority.STAFF) as client:
            return check_feed(client)
    except Unauthorized:
        raise CommandError(
            _("VTEX refused the feed key of %(store)s (401). Check VTEX_FEED_APP_KEY and its token.")
            % {"store": account.name}
        ) from None
    except VtexError as error:
        raise CommandError(sentence(account.name, error)) from None


def _line(permission: Permission) -> str:
    detail = permission.detail
    if permission.answer == Answer.REFUSED:
        detail = _("grant %(resource)s") % {"resource": permission.resource}
    return f"  {permission.name:<26} {permission.answer:<12} {detail}".rstrip()
