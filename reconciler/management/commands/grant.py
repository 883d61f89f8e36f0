"""Gives an existing user a role in a store, or takes it away."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciler.actions import members
from reconciler.audit.actor import console
from reconciler.models import Role, VtexAccount
from reconciler.sync import accounts


class Command(BaseCommand):
    help = "Give an existing user a role in a store; recorded in the store's audit trail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")
        parser.add_argument("account")
        parser.add_argument("role", choices=Role.values)
        parser.add_argument("--revoke", action="store_true", help="Take the role away instead")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']}: create the user first.")
        change = members.revoke if options["revoke"] else members.grant
        changed = change(
            account=self._account(options["account"]), user=user, role=Role(options["role"]), actor=console()
        )
        self.stdout.write(self._said(options, changed))

    def _account(self, name: str) -> VtexAccount:
        found = next((account for account in accounts.ensure() if account.name == name), None)
        if found is None:
            raise CommandError(f"{name} is no configured store: see VTEX_ACCOUNT or VTEX_ACCOUNTS.")
        return found

    def _said(self, options: dict[str, Any], changed: bool) -> str:
        if options["revoke"]:
            state = "is no longer" if changed else "was not"
        else:
            state = "is now" if changed else "was already"
        return "{user} {state} {role} in {account}.".format(state=state, **options)
