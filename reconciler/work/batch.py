"""One batch: run it, then finish it or put it back."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from reconciler.models import WorkUnit
from reconciler.work import units
from reconciler.work.handlers import Handler, Hold, PutBack

log = structlog.get_logger(__name__)
DATABASE_TROUBLE = (OperationalError, InterfaceError)
LONGEST = timedelta(hours=1)


def work(handler: Handler, batch: Sequence[WorkUnit]) -> None:
    """Afterwards every unit is finished or put back. Raises only what the database has against it."""
    try:
        handler.run(batch[0].account, list(batch))
    except PutBack as later:
        _part(batch, later.units, after=later.after, error=later.error)
    except Hold as pause:
        _part(batch, pause.units, after=pause.until - timezone.now(), error=pause.error)
        units.hold(batch[0].account, pause.until, pause.kinds)
    except DATABASE_TROUBLE:
        raise
    except Exception as error:
        if len(batch) == 1:
            failed(batch, error)
        else:
            _each_alone(handler, batch)
    else:
        units.finish(batch)


def _part(
    batch: Sequence[WorkUnit], later: Sequence[WorkUnit] | None, *, after: timedelta, error: str
) -> None:
    back = batch if later is None else later
    units.put_back(back, after=max(after, timedelta()), error=error)
    units.finish([unit for unit in batch if unit not in back])


def _each_alone(handler: Handler, batch: Sequence[WorkUnit]) -> None:
    """One bad unit must not keep the others of its batch from being done."""
    for unit in batch:
        work(handler, [unit])


def failed(batch: Sequence[WorkUnit], error: Exception) -> None:
    """Puts each back for the longer the more often it was tried, with the error for people to see."""
    for unit in batch:
        log.error("work failed", store=unit.account.name, kind=unit.kind, key=unit.key, exc_info=error)
        units.put_back([unit], after=wait(unit.attempts), error=f"{type(error).__name__}: {error}")


def wait(attempts: int) -> timedelta:
    """2 seconds, 6, 18, ... up to an hour, a little more or less, so that not all come back at once."""
    seconds = min(2.0 * 3 ** min(attempts - 1, 10), LONGEST.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.8, 1.0))  # noqa: S311
