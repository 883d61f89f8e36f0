"""`manage.py sync`: reads from VTEX what is due, once or for as long as it runs."""

from __future__ import annotations

import json
import signal
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections
from django.utils.translation import gettext as _

from reconciler.actions import settle_due
from reconciler.management.progress import ProgressBar
from reconciler.management.stores import configured_accounts
from reconciler.models import SyncRun, VtexAccount
from reconciler.sync import engine
from reconciler.sync.connection import StoreNotConfiguredError
from reconciler.sync.runs import Job
from reconciler.sync.trouble import sentence
from reconciler.vtex.errors import VtexError

WATCH_SECONDS = 15
INTERRUPTED = 130


class Command(BaseCommand):
    help = "Reads orders and stock reservations from VTEX. Without a flag: what is due, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", help="one store; otherwise all that the settings name")
        parser.add_argument("--backfill", type=int, metavar="DAYS", help="list orders of so many days back")
        parser.add_argument("--sweep", action="store_true", help="read every SKU now")
        parser.add_argument("--watch", action="store_true", help="go on until stopped")
        parser.add_argument("--json", action="store_true", help="one JSON object a run, instead of progress")

    def handle(self, *args: Any, **options: Any) -> None:
        self._json: bool = options["json"]
        self._bar = None if self._json or not sys.stdout.isatty() else ProgressBar(sys.stdout)
        days = options["backfill"]
        if days is not None and not 1 <= days <= 730:
            raise CommandError(_("--backfill takes 1 to 730 days: VTEX shows no older orders."))
        signal.signal(signal.SIGTERM, _interrupt)
        stores = configured_accounts(options["account"])
        try:
            self._once(stores, engine.Wanted(sweep=options["sweep"], backfill_days=days), options["watch"])
            while options["watch"]:
                time.sleep(WATCH_SECONDS)
                close_old_connections()
                self._once(stores, engine.Wanted(), goes_on=True)
        except KeyboardInterrupt:
            self._say(_("Stopped. What was read is kept; the next run goes on from there."))
            sys.exit(INTERRUPTED)

    def _once(self, stores: list[VtexAccount], wanted: engine.Wanted, goes_on: bool) -> None:
        """One round over the stores; trouble with one does not keep the others from being read.

        What people did and VTEX has not confirmed yet is settled first.
        """
        trouble = []
        for account in stores:
            try:
                settle_due(account)
                engine.run_due(account, wanted=wanted, listener=self._listen)
            except OperationalError:
                if not goes_on:
                    raise CommandError(_("The database is busy or out of reach; try again.")) from None
                self._say(_("The database is busy or out of reach; trying again."))
            except (VtexError, StoreNotConfiguredError) as error:
                trouble.append(sentence(account.name, error))
        if trouble and not goes_on:
            self._clear()
            raise CommandError("\n".join(trouble))
        for line in trouble:
            self._say(line)

    def _listen(self, job: Job) -> None:
        if self._bar:
            self._bar(job)
        elif job.run.finished_at is not None:
            self.stdout.write(json.dumps(as_json(job.run)) if self._json else in_words(job))

    def _say(self, line: str) -> None:
        self._clear()
        self.stderr.write(line)

    def _clear(self) -> None:
        if self._bar:
            self._bar.clear()


def as_json(run: SyncRun) -> dict[str, Any]:
    """One run; times in ISO 8601 UTC, `of` null where the number of units is not known."""
    return {
        "account": run.account.name,
        "kind": str(run.kind),
        "started_at": run.started_at.isoformat(),
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "done": run.done,
        "of": run.of,
        "counts": {name: value for name, value in run.counts.items() if name != "process"},
        "error": run.error or None,
    }


def in_words(job: Job) -> str:
    error = f" ({job.run.error})" if job.run.error else ""
    return f"{job.account.name}: {job.kind.label}: {job.run.done}{error}"


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
