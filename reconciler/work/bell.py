"""Wakes idle lanes."""

from __future__ import annotations

from threading import Condition


class Bell:
    """Who looked for work and found none waits; a ring between the look and the wait is heard."""

    def __init__(self) -> None:
        self._condition = Condition()
        self._rings = 0

    @property
    def rings(self) -> int:
        return self._rings

    def ring(self) -> None:
        with self._condition:
            self._rings += 1
            self._condition.notify_all()

    def wait(self, heard: int, seconds: float) -> None:
        """Until it rings more often than `heard`, or for so long."""
        with self._condition:
            self._condition.wait_for(lambda: self._rings != heard, seconds)


here = Bell()
"""Heard by all lanes of this process."""
