"""What a worker does for a store: all that is due, once, as often as the schedule asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from reconciler.models import SyncKind, VtexAccount, WorkUnit
from reconciler.sync import engine, shares
from reconciler.sync.connection import StoreNotConfiguredError, client_for
from reconciler.sync.runs import Job, Stopped
from reconciler.sync.shares import BACKFILL, SWEEP, SYNC
from reconciler.sync.trouble import sentence
from reconciler.vtex import errors
from reconciler.vtex.limits import Priority
from reconciler.work import stopping, units
from reconciler.work.handlers import Handler, PutBack
from reconciler.work.ticks import Every

EVERY = timedelta(seconds=15)
AFTER_TROUBLE = timedelta(minutes=1)


def _sync(account: VtexAccount, batch: list[WorkUnit]) -> None:
    with _later(account):
        engine.run_due(account, listener=_end_when_asked, shared=True)


def _sweep(account: VtexAccount, batch: list[WorkUnit]) -> None:
    for unit in batch:
        with _later(account), _job(account, SyncKind.SWEEP, Priority.SWEEP) as job:
            shares.read_range(job, unit)
        shares.finish_range(account, unit)


def _backfill(account: VtexAccount, batch: list[WorkUnit]) -> None:
    for unit in batch:
        with _later(account), _job(account, SyncKind.BACKFILL, Priority.BACKFILL) as job:
            shares.read_window(job, unit)


def _job(account: VtexAccount, kind: SyncKind, priority: Priority) -> Job:
    return Job(account, kind, client_for(account, priority), _end_when_asked)


@contextmanager
def _later(account: VtexAccount) -> Iterator[None]:
    """What stands in the way puts the unit back, with a sentence for people."""
    try:
        yield
    except Stopped as stopped:
        raise PutBack(timedelta()) from stopped
    except (errors.VtexError, StoreNotConfiguredError) as error:
        seconds = getattr(error, "retry_after", None) or 0.0
        after = max(AFTER_TROUBLE, timedelta(seconds=seconds))
        raise PutBack(after, sentence(account.name, error)[:200]) from error


def _end_when_asked(job: Job) -> None:
    if stopping.asked.is_set():
        raise Stopped


def _want_sync(account: VtexAccount) -> None:
    """One unit a store plans what is due; what takes long it shares out among all workers."""
    units.want(account, SYNC, [SYNC], priority=Priority.BACKFILL)


HANDLERS = [Handler(SYNC, 1, _sync), Handler(SWEEP, 1, _sweep), Handler(BACKFILL, 1, _backfill)]
TICKS = [Every(SYNC, lambda: EVERY, _want_sync)]
