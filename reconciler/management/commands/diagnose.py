"""`manage.py diagnose`: rebuild the findings from the mirror, without the network."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.management.stores import add_account_option, chosen_accounts
from reconciler.models import Cause, Finding, VtexAccount


class Command(BaseCommand):
    help = "Rebuilds the findings from what is mirrored; reads nothing from VTEX."

    def add_arguments(self, parser: CommandParser) -> None:
        add_account_option(parser)
        parser.add_argument(
            "--all",
            action="store_true",
            help="also count what is wrong but not stuck, and what could not be told",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for account in chosen_accounts(options["account"]):
            refresh(account, now=timezone.now())
            counts = _counts(account, everything=options["all"])
            told = ", ".join(f"{count} {cause}" for cause, count in counts) or "nothing stuck"
            self.stdout.write(f"{account.name}: {told}")


def _counts(account: VtexAccount, *, everything: bool) -> list[tuple[str, int]]:
    """Findings by cause, in the order of precedence."""
    findings = Finding.objects.filter(account=account)
    chosen = findings.shown() if everything else findings.stuck()
    counts = dict(chosen.order_by().values_list("cause").annotate(Count("pk")))
    return [(cause.value, counts[cause.value]) for cause in Cause if cause.value in counts]
