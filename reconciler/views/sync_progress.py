"""How far the sweep and the orders of the past are, and how long they will take, as far as can be known."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import ceil

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from reconciler.models import SyncCursor, SyncKind, VtexAccount
from reconciler.sync import snapshots
from reconciler.sync.progress import backfill_progress, sweep_progress
from reconciler.views.sync_words import about

LEAST_UNITS = 20
"""Before so many were read, a pace is a guess."""


@dataclass(frozen=True)
class Progress:
    """percent: 0 to 100. left: how long it will take, in words; "" where nothing is left. since: when what is
    complete was begun, None if it never was.
    """

    percent: float
    left: str
    is_complete: bool
    is_under_way: bool
    since: datetime | None = None
    days: int = 0
    days_left: int = 0

    @property
    def width(self) -> str:
        return f"{self.percent:.1f}"


def sweep(figures: snapshots.Figures) -> Progress:
    """The stock: complete once a pass was, and again under way with each further one."""
    since = parse_datetime(figures["completed_at"]) if figures["completed_at"] else None
    told = figures["sweep"]
    if told is None:
        return Progress(100.0 if since else 0.0, "", since is not None, False, since)
    done, of = told["skus_done"], told["skus"]
    left = _("just begun; too early to say how long") if done < LEAST_UNITS else _left(told["seconds"])
    return Progress(_percent(done, of), left, since is not None, True, since)


def backfill(figures: snapshots.Figures) -> Progress:
    """The orders of the last BACKFILL_DAYS: complete when every day was listed."""
    told = figures["backfill"]
    if told["windows_done"] == told["windows"]:
        return Progress(100.0, "", True, False, days=told["days"])
    return Progress(
        min(_percent(told["share"], 1), 99.9), _left(told["seconds"]), False, told["seconds"] is not None,
        days=told["days"], days_left=ceil((1 - told["share"]) * told["days"]),
    )  # fmt: skip


def _percent(done: float, of: float) -> float:
    return min(100.0, 1000 * done // of / 10) if of else 0.0


def _left(seconds: float | None) -> str:
    """Nobody at work, or no pace yet: no guess."""
    if seconds is None:
        return _("waits; how long cannot be known")
    return _("%(span)s left") % {"span": about(timedelta(seconds=seconds))}


def _count(account: VtexAccount, now: datetime) -> snapshots.Figures:
    under_way = sweep_progress(account, now)
    passes = SyncCursor.objects.filter(account=account, kind=SyncKind.SWEEP)
    completed = passes.values_list("completed_at", flat=True).first()
    return {
        "completed_at": completed.isoformat() if completed else None,
        "sweep": {**asdict(under_way), "started_at": None} if under_way else None,
        "backfill": asdict(backfill_progress(account, now)),
    }


PROGRESS = snapshots.Counted("progress", timedelta(seconds=15), _count)
"""Orders and SKUs are counted for it."""
