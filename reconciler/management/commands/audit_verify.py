"""Checks every hash chain; exit 1 and the first broken sequence when one does not hold."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from reconciler.audit import chain, triggers


def anchor(text: str) -> chain.Anchor:
    sequence, _, value = text.partition(":")
    if not (sequence.isdecimal() and value):
        raise argparse.ArgumentTypeError("give the head noted earlier as SEQUENCE:HASH")
    return chain.Anchor(sequence=int(sequence), hash=value)


class Command(BaseCommand):
    help = "Verify the audit trail: links, hashes, numbering, columns and head of each chain."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--account", help='One store, or "-" for the installation; without it all chains')
        parser.add_argument(
            "--expect",
            type=anchor,
            metavar="SEQUENCE:HASH",
            help="A head noted earlier outside this database (needs --account): finds a rewritten chain too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["expect"] and not options["account"]:
            raise CommandError("--expect needs --account: it is the head of one chain.", returncode=2)
        names = [options["account"]] if options["account"] else chain.chains()
        found = [chain.verify(name, options["expect"]) for name in names]
        for verification in found:
            self._say(verification)
        if gone := triggers.missing(connection):
            self.stderr.write(f"The database does not protect the trail: missing {', '.join(gone)}.")
        if gone or not all(verification.holds for verification in found):
            raise CommandError("The audit trail does not hold.")

    def _say(self, found: chain.Verification) -> None:
        if found.holds:
            self.stdout.write(
                f"{found.chain}: holds, {found.entries} entries, head {found.sequence}:{found.hash}"
            )
        else:
            self.stderr.write(f"{found.chain}: first broken sequence {found.broken_at} ({found.fault})")
