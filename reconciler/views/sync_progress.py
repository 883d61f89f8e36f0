"""How far the sweep and the orders of the past are, and how long they will take, as far as can be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.utils.translation import gettext as _

from reconciler.models import SyncKind, SyncRun, VtexAccount
from reconciler.sync.backfill import gaps
from reconciler.sync.runs import SILENT_AFTER
from reconciler.views.sync_words import about

NO_GAP = timedelta(hours=1)
"""The listing of new orders closes so much by itself."""
LEAST_UNITS, LEAST_SPAN = 20, timedelta(seconds=20)
"""Before that, a rate is a guess."""


@dataclass(frozen=True)
class Progress:
    """percent: 0 to 100, None where the end is not known. left: in words; "" once it is complete. since: when
    what is complete was begun, None if it never was.
    """

    percent: float | None
    left: str
    is_complete: bool
    is_under_way: bool
    since: datetime | None = None
    days: int = 0
    days_left: int = 0

    @property
    def width(self) -> str:
        return f"{self.percent or 0:.1f}"


def sweep(
    runs: Sequence[SyncRun], begun: datetime | None, completed: datetime | None, now: datetime
) -> Progress:
    """The stock. `begun`: when the pass under way began; `completed`: when the last complete one did."""
    if begun is None:
        return Progress(100.0 if completed else 0.0, "", completed is not None, False, completed)
    run = _running(runs, SyncKind.SWEEP, now)
    return Progress(_percent(run), _left(run, now), completed is not None, True, completed)


def backfill(account: VtexAccount, runs: Sequence[SyncRun], now: datetime) -> Progress:
    """The orders of the last BACKFILL_DAYS: complete when every day was listed."""
    days = settings.BACKFILL_DAYS
    missing = sum(
        (end - start for start, end in gaps(account, now, days) if end - start > NO_GAP), timedelta()
    )
    percent = 100 * (1 - missing / timedelta(days=days))
    run = _running(runs, SyncKind.BACKFILL, now)
    left = _left(run, now) if missing else ""
    return Progress(
        percent, left, not missing, run is not None, days=days, days_left=ceil(missing / timedelta(days=1))
    )


def _running(runs: Sequence[SyncRun], kind: SyncKind, now: datetime) -> SyncRun | None:
    alive = (run for run in runs if run.finished_at is None and now - run.heartbeat_at < SILENT_AFTER)
    return next((run for run in alive if run.kind == kind), None)


def _percent(run: SyncRun | None) -> float | None:
    return min(100.0, 1000 * run.done // run.of / 10) if run and run.of else None


def _left(run: SyncRun | None, now: datetime) -> str:
    """From what this run did so far; a run that is not at work, or only just began, allows no guess."""
    if run is None:
        return _("waits; how long cannot be known")
    span = now - run.started_at
    if not run.of or run.done < LEAST_UNITS or span < LEAST_SPAN:
        return _("just begun; too early to say how long")
    return _("%(span)s left") % {"span": about(span * ((run.of - run.done) / run.done))}
