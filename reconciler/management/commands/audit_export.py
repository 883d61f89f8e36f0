"""The audit trail on standard output, what it holds on standard error; recorded itself."""

import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reconciler.audit.actor import console
from reconciler.audit.chain import chains
from reconciler.audit.export import FORMATS, export
from reconciler.models import AuditEntry


class Command(BaseCommand):
    help = "Export the audit trail, oldest entry first. Without --account the chains of all stores."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=FORMATS, required=True)
        parser.add_argument("--account", help='One store, or "-" for the installation')

    def handle(self, *args: Any, **options: Any) -> None:
        known = {*chains(), *settings.STORES, "-"}
        if options["account"] and options["account"] not in known:
            raise CommandError(f"There is no store {options['account']}.")
        names = [options["account"]] if options["account"] else sorted(known - {"-"})
        for place, name in enumerate(names):
            self._write(name, options["format"], heading=place == 0)

    def _write(self, name: str, form: str, *, heading: bool) -> None:
        made = export(chain=name, form=form, actor=console(), chosen=AuditEntry.objects.all(), chosen_by={})
        for number, line in enumerate(made.lines):
            if form == "csv" and number == 0 and not heading:
                continue
            self.stdout.write(line, ending="")
        self.stderr.write(json.dumps(asdict(made.manifest)))
