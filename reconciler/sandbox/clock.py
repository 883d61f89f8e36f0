"""The sandbox's own time: real time plus an offset, or frozen. Times are seconds since 1970 in UTC."""

import time
from datetime import UTC, datetime

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0


def parse(text: str) -> float:
    """Seconds of an ISO time, any number of fraction digits; without offset it is UTC."""
    value = datetime.fromisoformat(text)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


class Clock:
    """Never runs backwards unless it is set."""

    def __init__(self, start: str | float | None = None) -> None:
        self.offset = float(start) if isinstance(start, int | float) else 0.0
        self.frozen_at = parse(start) if isinstance(start, str) else None
        self.tick_per_request = 0.0

    def now(self) -> float:
        moment = self.frozen_at if self.frozen_at is not None else time.time() + self.offset
        return round(moment, 6)

    def advance(self, seconds: float) -> None:
        if self.frozen_at is not None:
            self.frozen_at += seconds
        else:
            self.offset += seconds

    def set(self, moment: float) -> None:
        self.advance(moment - self.now())

    def freeze(self, frozen: bool) -> None:
        """Stops the clock where it is, or lets it run on from there."""
        now = self.now()
        if frozen:
            self.frozen_at = now
        elif self.frozen_at is not None:
            self.frozen_at = None
            self.offset = now - time.time()

    def tick(self) -> None:
        """One VTEX request has come: a frozen clock may move by a fixed step."""
        if self.frozen_at is not None:
            self.frozen_at += self.tick_per_request
