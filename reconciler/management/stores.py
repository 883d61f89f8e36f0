"""Which stores a command works on."""

from __future__ import annotations

from django.core.management.base import CommandError, CommandParser

from reconciler.models import VtexAccount


def add_account_option(parser: CommandParser) -> None:
    parser.add_argument("--account", metavar="NAME", help="only this store; without it, every mirrored store")


def chosen_accounts(name: str | None) -> list[VtexAccount]:
    """The store of that name, or all of them in order of name; CommandError when it is not mirrored."""
    accounts = VtexAccount.objects.order_by("name")
    if name is None:
        return list(accounts)
    chosen = list(accounts.filter(name=name))
    if not chosen:
        raise CommandError(f"No store named {name!r} is mirrored here.")
    return chosen
