"""Says once when something went away, and once when it is back."""

from __future__ import annotations

import time
from threading import Lock

import structlog

log = structlog.get_logger(__name__)


class Outage:
    """Of one thing that all threads of a process need: the database, the queue."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._since: float | None = None
        self._lock = Lock()

    def began(self, error: Exception) -> None:
        """Logs the first error alone."""
        with self._lock:
            if self._since is None:
                self._since = time.monotonic()
                reason = str(error).partition("\n")[0][:200]
                log.warning(f"The {self._what} is out of reach; trying until it is back.", reason=reason)

    def over(self) -> None:
        """Logs if it was away."""
        if self._since is None:
            return
        with self._lock:
            if self._since is not None:
                seconds = round(time.monotonic() - self._since, 1)
                self._since = None
                log.warning(f"The {self._what} is back.", after_seconds=seconds)
