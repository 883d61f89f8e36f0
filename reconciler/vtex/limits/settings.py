"""All the times and counts of politeness in one place, so that tests need not wait."""

from dataclasses import dataclass, field

from reconciler.vtex.limits.families import Priority


def _shares() -> dict[Priority, float]:
    return {
        Priority.STAFF: 1.0,
        Priority.PREVIEW: 0.8,
        Priority.FEED: 0.6,
        Priority.BACKFILL: 0.5,
        Priority.SWEEP: 0.4,
    }


def _waits() -> dict[Priority, float]:
    return {
        Priority.STAFF: 5.0,
        Priority.PREVIEW: 5.0,
        Priority.FEED: 30.0,
        Priority.BACKFILL: 60.0,
        Priority.SWEEP: 60.0,
    }


@dataclass(frozen=True, kw_only=True)
class LimitSettings:
    """Times in seconds.

    burst: requests that may go out at once after a quiet time; at most a 25th of the minute's requests.
    shares: the part of the burst each priority may use; what is above it stays for the more urgent.
    keeps: how long tokens drawn in advance may be spent; as many are drawn as come in this time at most.
    longest_wait: how long a call waits for budget before it is NotSent.
    pause_least, pause_most: bounds of the pause after a 429, whatever Retry-After says.
    breaker_failures: transport errors and bare 5xx in a row that open a family's breaker.
    breaker_open: how long it then stays open; one more failure after that opens it again.
    """

    requests_per_minute: int = 1200
    burst: int = 40
    keeps: float = 0.1
    shares: dict[Priority, float] = field(default_factory=_shares)
    longest_wait: dict[Priority, float] = field(default_factory=_waits)
    pause_least: float = 60.0
    pause_most: float = 900.0
    breaker_failures: int = 5
    breaker_open: float = 30.0

    @property
    def at_once(self) -> int:
        """The burst, small enough to leave 95% of the minute's requests to the steady rate."""
        return max(1, min(self.burst, self.requests_per_minute // 25))

    @property
    def interval(self) -> float:
        """Seconds between two requests of the steady rate.

        A burst and the steady rate after it fit together into any minute, also when tokens drawn before it
        are spent in it.
        """
        return (60.0 + self.keeps) / (self.requests_per_minute + 1 - self.at_once)

    def ahead(self, priority: Priority) -> float:
        """Seconds ahead of the steady rate that a priority may spend; the rest is left to the more urgent."""
        return max(1.0, self.at_once * self.shares[priority]) * self.interval

    def most_drawn(self, priority: Priority) -> int:
        """Tokens to draw at once; one for those who wait for an answer on a page."""
        if priority <= Priority.PREVIEW:
            return 1
        return max(1, int(min(self.keeps, self.ahead(priority)) / self.interval))
