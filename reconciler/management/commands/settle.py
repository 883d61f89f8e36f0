"""Settles unknown and interrupted attempts by reading; nothing is ever sent."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reconciler.actions import settle_due, wording
from reconciler.models import VtexAccount


class Command(BaseCommand):
    help = "Settles unknown and interrupted attempts by reading VTEX; nothing is sent again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", help="only this store")

    def handle(self, *args: Any, account: str | None = None, **options: Any) -> None:
        store = VtexAccount.objects.filter(name=account).first() if account else None
        if account and store is None:
            raise CommandError(f"There is no store named {account}.")
        attempts = settle_due(store)
        for attempt in attempts:
            state = attempt.outcome or attempt.state
            self.stdout.write(
                f"{attempt.pk} {attempt.verb} {attempt.subject}: {state}. {wording.outcome(attempt)}"
            )
        if not attempts:
            self.stdout.write("Nothing to settle.")
