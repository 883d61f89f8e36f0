"""Runs what is due for a store, once, the most valuable first (design section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from reconciler.diagnosis import trend
from reconciler.diagnosis.refresh import refresh
from reconciler.models import BackfillWindow, SyncCursor, SyncKind, SyncRun, VtexAccount
from reconciler.sync import (
    backfill,
    cursors,
    due,
    invoiced,
    labels,
    locks,
    open_orders,
    outside_log,
    recent,
    releases,
    shares,
    sweep,
)
from reconciler.sync.connection import client_for
from reconciler.sync.runs import Job, Listener, close_interrupted
from reconciler.vtex import errors
from reconciler.vtex.limits import Priority

Run = Callable[[Job], None]


@dataclass(frozen=True)
class Wanted:
    """What the caller asks for beyond what is due."""

    sweep: bool = False
    backfill_days: int | None = None


@dataclass(frozen=True)
class Step:
    kind: SyncKind
    priority: Priority
    run: Run


def run_due(
    account: VtexAccount,
    now: datetime | None = None,
    *,
    wanted: Wanted | None = None,
    listener: Listener | None = None,
    shared: bool = False,
) -> list[SyncRun]:
    """Does every step that is due and returns their rows.

    `shared`: sweep and backfill are only cut into units for all workers (see `shares`); until a new store is
    swept, nothing else is done.

    A new store is swept before anything else; then the orders of listed locks, then the backfill. Each step
    is resumable, so this may be killed anywhere and run again. Raises the VtexError that stopped it, after
    noting it in the run, and StoreNotConfiguredError.
    """
    now = now or timezone.now()
    _recover(account, now)
    runs: list[SyncRun] = []
    trouble: list[errors.VtexError] = []
    for step in steps(account, now, wanted or Wanted(), shared=shared):
        try:
            with Job(account, step.kind, client_for(account, step.priority), listener) as job:
                runs.append(job.run)
                step.run(job)
        except (errors.Unauthorized, errors.ConnectionLost):
            raise
        except errors.VtexError as error:
            trouble.append(error)
    if len(runs) > len(trouble):
        trend.keep(account, timezone.now())
        releases.keep(account, timezone.now())
    if trouble:
        raise trouble[0]
    return runs


def steps(account: VtexAccount, now: datetime, wanted: Wanted, *, shared: bool = False) -> Iterator[Step]:
    """What is due, in order; each is decided when its turn comes."""
    is_new = not SyncCursor.objects.filter(
        account=account, kind=SyncKind.SWEEP, completed_at__isnull=False
    ).exists()
    found_more = False
    if shared:
        yield from _shared(account, now, is_new)
        return
    if not is_new:
        yield from _fresh(account, now)
    if is_new or wanted.sweep or _sweep_is_due(account, now):
        yield Step(SyncKind.SWEEP, Priority.SWEEP, sweep.run)
        yield from _locks(account, now)
    if wanted.backfill_days or _backfill_is_due(account, now):
        yield Step(SyncKind.BACKFILL, Priority.BACKFILL, lambda job: backfill.run(job, wanted.backfill_days))
        found_more = True
    if is_new or found_more:
        yield from _locks(account, timezone.now())
    if is_new:
        yield from _fresh(account, timezone.now())
    if labels.unnamed(account):
        yield Step(SyncKind.LABELS, Priority.BACKFILL, labels.run)


def _shared(account: VtexAccount, now: datetime, is_new: bool) -> Iterator[Step]:
    """As `steps`, where all workers sweep and backfill; what keeps the store current goes on beside it."""
    if not is_new:
        if not BackfillWindow.objects.filter(account=account).exists():
            yield from _locks(account, now)
        yield from _fresh(account, now)
    if (is_new or _sweep_is_due(account, now)) and not shares.is_out(account, shares.SWEEP):
        yield Step(SyncKind.SWEEP, Priority.SWEEP, shares.share_sweep)
    if is_new:
        return
    if _backfill_is_due(account, now) and not shares.is_out(account, shares.BACKFILL):
        yield Step(SyncKind.BACKFILL, Priority.BACKFILL, shares.share_backfill)
    if labels.unnamed(account):
        yield Step(SyncKind.LABELS, Priority.BACKFILL, labels.run)


def _fresh(account: VtexAccount, now: datetime) -> Iterator[Step]:
    """What keeps a known store current."""
    if due.orders_due(account, now) or due.pairs_due(account, now):
        yield Step(SyncKind.DUE, Priority.FEED, due.run)
    if cursors.is_due(account, SyncKind.RECENT, timedelta(minutes=settings.RECENT_MINUTES), now):
        yield Step(SyncKind.RECENT, Priority.FEED, recent.run)
    if open_orders.due(account, now):
        yield Step(SyncKind.OPEN_ORDERS, Priority.FEED, open_orders.run)
    if invoiced.is_due(account, now):
        yield Step(SyncKind.INVOICED, Priority.BACKFILL, invoiced.run)
    yield from _locks(account, now)


def _locks(account: VtexAccount, now: datetime) -> Iterator[Step]:
    if locks.lookups_due(account, now) or locks.by_id_due(account, now):
        yield Step(SyncKind.LOCKS, Priority.FEED, locks.run)


def _sweep_is_due(account: VtexAccount, now: datetime) -> bool:
    return cursors.is_due(account, SyncKind.SWEEP, timedelta(hours=settings.SWEEP_HOURS), now)


def _backfill_is_due(account: VtexAccount, now: datetime) -> bool:
    return bool(backfill.wanted(account, now, settings.BACKFILL_DAYS))


def _recover(account: VtexAccount, now: datetime) -> None:
    """A run that was cut off may have written the mirror without its findings: they are rebuilt, and what it
    left to tell is told."""
    last = SyncRun.objects.filter(account=account).order_by("-started_at", "-pk").first()
    if close_interrupted(account) or (last is not None and last.error):
        refresh(account, now=now)
    while outside_log.log(account) == outside_log.MOST:
        pass
