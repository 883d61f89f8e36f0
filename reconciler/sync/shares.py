"""Sweep and backfill cut into units that any worker may do: ranges of SKUs, windows of creation dates.

The unit "sync" of a store only asks for them. A unit says all that is to be done, and what of it was done
already is skipped: whoever takes one up goes on where another was killed, and a worker that comes late, after
its lease was given away, reads something twice and changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from reconciler.models import SyncCursor, SyncKind, VtexAccount, WorkUnit
from reconciler.sync import backfill, cursors, spans, sweep
from reconciler.sync.runs import Job
from reconciler.work import units
from reconciler.work.claims import LEAST

SYNC, SWEEP, BACKFILL = "sync", "sweep", "backfill"
SKUS = 200
"""In one unit: some seconds of reading."""


def is_out(account: VtexAccount, kind: str) -> bool:
    """Whether units of it are left, so that none need be asked for."""
    return WorkUnit.objects.filter(account=account, kind=kind).exists()


def share_sweep(job: Job) -> None:
    """Units for what the pass has still to read, in the order in which it is to be read."""
    cursor, todo = sweep.begin(job)
    assert cursor.started_at, "a pass that began"
    began = cursor.started_at.isoformat()
    groups = [todo[at : at + SKUS] for at in range(0, len(todo), SKUS)]
    payloads = {f"{began}/{number:06}": {"pass": began, "skus": skus} for number, skus in enumerate(groups)}
    if payloads:
        units.want(job.account, SWEEP, payloads, priority=LEAST, payloads=payloads)
        job.count("units", len(payloads))
    else:
        cursors.complete(cursor)


def read_range(job: Job, unit: WorkUnit) -> None:
    """The SKUs of a unit. Nothing where its pass is over."""
    began = datetime.fromisoformat(unit.payload["pass"])
    if cursors.of(job.account, SyncKind.SWEEP).started_at == began:
        sweep.read(job, unit.payload["skus"], began)


def finish_range(account: VtexAccount, unit: WorkUnit) -> None:
    """The unit is done. Who finishes the last one of a pass completes it, and asks for what comes next."""
    began = datetime.fromisoformat(unit.payload["pass"])
    cursors.of(account, SyncKind.SWEEP)
    with transaction.atomic():
        cursor = SyncCursor.objects.select_for_update().get(account=account, kind=SyncKind.SWEEP)
        units.finish([unit])
        if cursor.started_at == began and not is_out(account, SWEEP):
            cursors.complete(cursor)
            units.want(account, SYNC, [SYNC], priority=LEAST - 1)


def share_backfill(job: Job) -> None:
    """A unit a window, the newest first; halved by whoever does it."""
    gaps = backfill.wanted(job.account, timezone.now(), settings.BACKFILL_DAYS)
    payloads = {
        f"{number:04}/{start.isoformat()}": {"from": start.isoformat(), "to": end.isoformat()}
        for number, (start, end) in enumerate(backfill.pieces(gaps))
    }
    units.want(job.account, BACKFILL, payloads, priority=LEAST, payloads=payloads)
    job.count("units", len(payloads))


def read_window(job: Job, unit: WorkUnit) -> None:
    """The orders of a unit's window, as far as no window of them was completed meanwhile."""
    start, end = (datetime.fromisoformat(unit.payload[name]) for name in ("from", "to"))
    now = timezone.now()
    left = backfill.gaps(job.account, now, (now - start).days + 1)
    parts = [(max(start, since), min(end, until)) for since, until in left]
    parts = [(since, until) for since, until in parts if until - since > timedelta()]
    spans.read_spans(job, parts)
    if not parts:  # who completed it may have been killed before judging
        spans.judge_waiting(job.account, start, end)
