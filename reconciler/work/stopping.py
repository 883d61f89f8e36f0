"""Whether this process was asked to end. Long work looks now and then, and gives back what is left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Timer

asked = Event()


@contextmanager
def after(seconds: float) -> Iterator[Event]:
    """Asks, after so long, what is within to end. The event tells whether it had to."""
    over = Event()

    def ask() -> None:
        over.set()
        asked.set()

    timer = Timer(seconds, ask)
    timer.daemon = True
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
        if over.is_set():
            asked.clear()
