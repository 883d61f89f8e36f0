"""Makes a person who can log in; roles come with `grant`."""

import getpass
import sys
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from reconciler.audit import INSTALLATION
from reconciler.audit.actor import console
from reconciler.audit.record import record


class Command(BaseCommand):
    help = "Add a user, with a password asked for twice, or read from one line of standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User(username=options["user"])
        password = _asked() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        _add(user)
        self.stdout.write(f"Added {user}. Give a role with: manage.py grant {user} ACCOUNT ROLE")


@transaction.atomic
def _add(user: User) -> None:
    user.save()
    record(
        account=INSTALLATION,
        actor=console(),
        action="user.created",
        subject=user.get_username(),
        outcome="verified",
    )


def _asked() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
