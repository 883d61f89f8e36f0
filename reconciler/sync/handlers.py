"""What a worker does for a store: all that is due, once, as often as the schedule asks for it."""

from __future__ import annotations

from datetime import timedelta

from reconciler.models import VtexAccount, WorkUnit
from reconciler.sync import engine
from reconciler.sync.connection import StoreNotConfiguredError
from reconciler.sync.runs import Job, Stopped
from reconciler.sync.trouble import sentence
from reconciler.vtex import errors
from reconciler.vtex.limits import Priority
from reconciler.work import stopping, units
from reconciler.work.handlers import Handler, PutBack
from reconciler.work.ticks import Every

SYNC = "sync"
EVERY = timedelta(seconds=15)
AFTER_TROUBLE = timedelta(minutes=1)


def _sync(account: VtexAccount, batch: list[WorkUnit]) -> None:
    try:
        engine.run_due(account, listener=_end_when_asked)
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
    """One unit a store: however many workers there are, one reads it; another goes on where it ended."""
    units.want(account, SYNC, [SYNC], priority=Priority.BACKFILL)


HANDLERS = [Handler(SYNC, 1, _sync)]
TICKS = [Every(SYNC, lambda: EVERY, _want_sync)]
