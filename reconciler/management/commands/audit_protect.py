"""Puts the audit triggers back, for instance after a restore that lost them."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from reconciler.audit import triggers


class Command(BaseCommand):
    help = "Make the database refuse changes of the audit trail again. Run audit_verify as well."

    def handle(self, *args: Any, **options: Any) -> None:
        gone = triggers.missing(connection)
        triggers.create(connection)
        self.stdout.write(f"Put back: {', '.join(gone)}." if gone else "Nothing was missing.")
