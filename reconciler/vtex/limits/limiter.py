"""Decides whether a request may leave this machine, and learns from what came back."""

import time
from collections.abc import Callable
from typing import Protocol

from reconciler.vtex import errors
from reconciler.vtex.limits.budget import Budget, LocalBudget
from reconciler.vtex.limits.families import Family, Host, Priority
from reconciler.vtex.limits.gates import Gates, LocalGates
from reconciler.vtex.limits.settings import LimitSettings


class Limiter(Protocol):
    """Asked before every request, told after it."""

    def acquire(self, priority: Priority, family: Family) -> None:
        """Return when the request may go out; raise NotSent when it may not."""
        ...

    def report(self, family: Family, error: errors.VtexError | None) -> None:
        """How the request ended: None for success."""
        ...


class PoliteLimiter:
    """Budget, pauses after a 429 and breakers of one account.

    Without arguments it works for this process alone. Give it a `budget` and `gates` that live in a database
    to share them. `clock` gives epoch seconds.
    """

    def __init__(
        self,
        settings: LimitSettings | None = None,
        *,
        budget: Budget | None = None,
        gates: Gates | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings or LimitSettings()
        self._budget = budget or LocalBudget(self._settings, clock)
        self._gates = gates or LocalGates()
        self._clock = clock
        self._sleep = sleep

    def acquire(self, priority: Priority, family: Family) -> None:
        give_up_at = self._clock() + self.patience(priority)
        while (wait := self.ask(priority, family)) > 0:
            if self._clock() + wait > give_up_at:
                raise errors.NotSent("the request budget of this account is used up", retry_after=wait)
            self._sleep(wait)

    def ask(self, priority: Priority, family: Family) -> float:
        """0.0 when a request may go out now, else the seconds until asking again makes sense. Raises NotSent
        while VTEX is not to be asked at all.
        """
        self._refuse_if_closed(family)
        return self._budget.take(priority)

    def patience(self, priority: Priority) -> float:
        """The seconds that a request waits for budget before it is NotSent."""
        return self._settings.longest_wait[priority]

    def report(self, family: Family, error: errors.VtexError | None) -> None:
        if isinstance(error, errors.NotSent):
            return
        if isinstance(error, errors.RateLimited):
            self._gates.close(host_gate(family.host), self._clock() + self._pause(error.retry_after))
        elif counts_as_failure(error):
            self._count_failure(family)
        else:
            self._gates.forget_failures(family_gate(family))

    def _refuse_if_closed(self, family: Family) -> None:
        now = self._clock()
        paused = self._gates.closed_until(host_gate(family.host)) - now
        if paused > 0:
            raise errors.NotSent(f"VTEX asked us to pause ({family.host})", retry_after=paused)
        broken = self._gates.closed_until(family_gate(family)) - now
        if broken > 0:
            raise errors.NotSent(f"VTEX keeps failing ({family}), waiting a moment", retry_after=broken)

    def _pause(self, retry_after: float | None) -> float:
        settings = self._settings
        return min(max(retry_after or 0.0, settings.pause_least), settings.pause_most)

    def _count_failure(self, family: Family) -> None:
        gate = family_gate(family)
        if self._gates.count_failure(gate) >= self._settings.breaker_failures:
            self._gates.close(gate, self._clock() + self._settings.breaker_open)


def host_gate(host: Host) -> str:
    """The name of a host family's pause among the gates."""
    return f"host:{host}"


def family_gate(family: Family) -> str:
    """The name of an endpoint family's breaker among the gates."""
    return f"family:{family}"


def counts_as_failure(error: errors.VtexError | None) -> bool:
    """Transport errors and 5xx without an error code of VTEX's own: the service is in trouble."""
    if isinstance(error, errors.ServerError):
        return not error.code
    return isinstance(error, errors.Timeout | errors.ConnectionLost)
