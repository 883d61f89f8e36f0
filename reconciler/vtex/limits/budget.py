"""How many requests may go out: one budget per account."""

from collections.abc import Callable
from threading import Lock
from typing import Protocol

from reconciler.vtex.limits.families import Priority
from reconciler.vtex.limits.settings import LimitSettings


class Budget(Protocol):
    """Requests per minute. Share one among all processes by keeping its one number in a database."""

    def take(self, priority: Priority) -> float:
        """0.0 when a request was granted, otherwise the seconds until asking again makes sense."""
        ...


def grant(due: float, now: float, priority: Priority, settings: LimitSettings) -> tuple[float, float]:
    """One decision of a GCRA limiter, as (seconds to wait, new due time).

    `due` is the only state: the time up to which the budget is spent, in epoch seconds. Less urgent
    priorities may spend less far ahead, which leaves a reserve for staff.
    """
    interval = 60.0 / settings.requests_per_minute
    ahead = max(interval, settings.burst * interval * settings.shares[priority])
    spent = max(due, now) + interval
    wait = spent - ahead - now
    return (wait, due) if wait > 1e-9 else (0.0, spent)


class LocalBudget:
    """A budget for one process."""

    def __init__(self, settings: LimitSettings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock
        self._due = 0.0
        self._lock = Lock()

    def take(self, priority: Priority) -> float:
        with self._lock:
            wait, self._due = grant(self._due, self._clock(), priority, self._settings)
        return wait
