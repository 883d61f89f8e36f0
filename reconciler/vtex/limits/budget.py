"""How many requests may go out: one budget per account."""

from collections.abc import Callable
from threading import Lock
from typing import Protocol

from reconciler.vtex.limits.families import Priority
from reconciler.vtex.limits.settings import LimitSettings

ROUNDING = 1e-5
"""Seconds. What adds up over a burst in floats of epoch seconds, each a quarter of a microsecond coarse."""


class Budget(Protocol):
    """Requests per minute. Share one among all processes by keeping its one number in a database."""

    def take(self, priority: Priority) -> float:
        """0.0 when a request was granted, otherwise the seconds until asking again makes sense."""
        ...


def grant(
    due: float, now: float, priority: Priority, settings: LimitSettings, count: int = 1
) -> tuple[float, float]:
    """One decision of a GCRA limiter over `count` requests at once, as (seconds to wait, new due time).

    `due` is the only state: the time up to which the budget is spent, in epoch seconds. Less urgent
    priorities may spend less far ahead: however hard they work, a burst is left to staff, and what staff
    take the others wait for.
    """
    spent = max(due, now) + count * settings.interval
    wait = spent - settings.ahead(priority) - now
    return (wait, due) if wait > ROUNDING else (0.0, spent)


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
