"""What a store's mirror need not remember for good goes every hour, in short steps."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from reconciler.models import SyncKind, SyncRun, VtexAccount, WorkUnit
from reconciler.sync import events
from reconciler.sync.forgetting import forget
from reconciler.vtex.limits import Priority
from reconciler.work import units
from reconciler.work.handlers import Handler
from reconciler.work.ticks import Every

UNIT = "prune"
EVERY = timedelta(hours=1)
KEEP_RUNS = timedelta(days=30)


def _prune(account: VtexAccount, batch: list[WorkUnit]) -> None:
    now = timezone.now()
    events.prune(account, now)
    prune_runs(account, now)


def prune_runs(account: VtexAccount, now: datetime) -> int:
    """Forgets runs that ended and began before KEEP_RUNS, but the last of each kind; how many."""
    runs = SyncRun.objects.filter(account=account)
    old = runs.filter(started_at__lt=now - KEEP_RUNS, finished_at__isnull=False)
    if not old.exists():
        return 0
    last = [runs.filter(kind=kind).values_list("pk", flat=True).first() for kind in SyncKind]
    return forget(old.exclude(pk__in=[pk for pk in last if pk]), "started_at")


def _want(account: VtexAccount) -> None:
    units.want(account, UNIT, [UNIT], priority=Priority.SWEEP)


HANDLERS = [Handler(UNIT, 1, _prune)]
TICKS = [Every(UNIT, lambda: EVERY, _want)]
