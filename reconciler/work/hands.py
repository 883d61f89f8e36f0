"""What the lanes of one process have in hand, so that its leases are renewed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock

from reconciler.models import WorkUnit


class Hands:
    """Batches under way in this process."""

    def __init__(self) -> None:
        self._batches: dict[int, Sequence[WorkUnit]] = {}
        self._lock = Lock()

    @contextmanager
    def holding(self, batch: Sequence[WorkUnit]) -> Iterator[None]:
        with self._lock:
            self._batches[id(batch)] = batch
        try:
            yield
        finally:
            with self._lock:
                del self._batches[id(batch)]

    def units(self) -> list[WorkUnit]:
        with self._lock:
            return [unit for batch in self._batches.values() for unit in batch]

    def __bool__(self) -> bool:
        return bool(self._batches)
