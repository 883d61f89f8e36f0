"""`manage.py worker`: does what falls due and what waits, until it is told to stop."""

from __future__ import annotations

import signal
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from reconciler.sync import accounts
from reconciler.work import dispatch, presence, stopping, ticks
from reconciler.work.batch import DATABASE_TROUBLE
from reconciler.work.outage import Outage
from reconciler.work.pump import Pump

PATIENCE = 25.0
"""Seconds that what is in hand may take after a stop; systemd kills after 90."""
BEAT_SECONDS = 5.0


class Command(BaseCommand):
    help = "Reads the stores and settles actions in the background. Start as many as you like, on any host."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--lanes",
            type=int,
            choices=range(1, 33),
            metavar="N",
            default=settings.WORK_LANES,
            help="how much is done at the same time (default: WORK_LANES)",
        )

    def handle(self, *args: Any, lanes: int, **options: Any) -> None:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, _stop)
        pump = Pump(import_string(settings.WORK_HANDLERS), lanes=lanes)
        pump.start()
        dispatch.listen()
        self.stdout.write(_("At work. Ctrl-C stops it; what was begun goes on with the next worker."))
        self._beat(pump, lanes)
        try:
            pump.stop(PATIENCE)
            presence.leave()
        except DATABASE_TROUBLE:
            self.stderr.write(_("The database is out of reach; another worker takes up what was in hand."))

    def _beat(self, pump: Pump, lanes: int) -> None:
        """The schedule and the sign of life, once a second; the lanes go on whatever happens here."""
        database, beaten = Outage("database"), float("-inf")
        while not stopping.asked.wait(settings.WORK_POLL_SECONDS):
            try:
                close_old_connections()
                if ticks.fire(import_string(settings.WORK_TICKS), accounts.ensure(), timezone.now()):
                    pump.nudge()
                if time.monotonic() - beaten > BEAT_SECONDS:
                    presence.beat(lanes)
                    beaten = time.monotonic()
                database.over()
            except DATABASE_TROUBLE as error:
                database.began(error)
                connection.close()


def _stop(number: int, frame: FrameType | None) -> None:
    stopping.asked.set()
