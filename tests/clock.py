"""A clock for what waits and counts by the second."""

from __future__ import annotations


class Clock:
    """Stands still, at a full minute, until somebody sleeps by it or moves it."""

    def __init__(self) -> None:
        self.now = 1_200_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
