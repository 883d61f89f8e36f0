"""`manage.py sandbox`: a VTEX account in a box, on loopback, until Ctrl-C."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from reconciler.sandbox import __main__ as sandbox
from reconciler.sandbox.scenario import BUILDERS


class Command(BaseCommand):
    help = "Serves a VTEX account in a box on this machine, for training and tests. Prints its address."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--scenario", choices=sorted(BUILDERS), default="demo")
        parser.add_argument("--data", help="file that keeps the account")
        parser.add_argument("--name", default="sandbox", help="the account's name")

    def handle(self, *args: Any, **options: Any) -> None:
        given = ["--port", str(options["port"]), "--seed", str(options["seed"])]
        given += ["--scenario", options["scenario"], "--account", options["name"]]
        given += ["--data", options["data"]] if options["data"] else []
        sandbox.main(given)
