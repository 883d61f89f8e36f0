"""The lanes of one process: each claims a batch, does it, and claims the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from threading import Event, Thread

import structlog
from django.conf import settings
from django.db import close_old_connections, connection

from reconciler.models import VtexAccount, WorkUnit
from reconciler.work import bell, stopping, units
from reconciler.work.batch import DATABASE_TROUBLE, wait, work
from reconciler.work.claims import URGENT
from reconciler.work.handlers import Handler
from reconciler.work.hands import Hands
from reconciler.work.outage import Outage

log = structlog.get_logger(__name__)
BUSY_SECONDS = 0.2
"""How often a lane without work looks whether others, still at work, made some."""


class Pump:
    """Does what is ready with these handlers. With several lanes the first does only what is urgent, so that
    an event never waits behind a sweep. Kinds with a lane of their own are done there alone.
    """

    def __init__(self, handlers: Mapping[str, Handler], *, lanes: int | None = None) -> None:
        self._handlers = handlers
        self._sizes = _sizes(handlers.values())
        self._lanes = lanes or settings.WORK_LANES
        self._database = Outage("database")
        self._hands = Hands()
        self._bell = bell.here
        self._stopping = Event()
        self._over = Event()
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Starts the lanes; they survive a database that goes away and comes back."""
        self._stopping.clear()
        self._over.clear()
        for lane in range(self._lanes):
            most_urgent = URGENT if lane == 0 and self._lanes > 1 else None
            self._begin(f"lane-{lane}", partial(self._lane, most_urgent, self._of_lane("")))
        for name in sorted({handler.lane for handler in self._handlers.values()} - {""}):
            self._begin(f"lane-{name}", partial(self._lane, URGENT, self._of_lane(name)))
        Thread(target=self._renew, name="leases", daemon=True).start()

    def stop(self, patience: float = 25.0) -> None:
        """Lets the lanes finish what they have in hand; what takes longer is given back to others."""
        self._stopping.set()
        self._bell.ring()
        until = time.monotonic() + patience
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._threads.clear()
        self._over.set()
        if left := self._hands.units():
            units.put_back(left, after=timedelta())

    def nudge(self) -> None:
        """There may be something to do."""
        self._bell.ring()

    def run_until_idle(self, account: VtexAccount | None = None, *, lanes: int = 1) -> None:
        """Does what is ready, and what that brings forth, until nothing is. With one lane, in this thread.

        What waits for a later time is left. Raises what the database has against it.
        """
        self._stopping.clear()
        self._over.clear()
        Thread(target=self._renew, name="leases", daemon=True).start()
        errors: list[Exception] = []

        def drain() -> None:
            try:
                self._drain(account)
            except DATABASE_TROUBLE as error:
                errors.append(error)

        try:
            if lanes == 1:
                self._drain(account)
            else:
                for lane in range(lanes):
                    self._begin(f"lane-{lane}", drain)
                for thread in self._threads:
                    thread.join()
                self._threads.clear()
        finally:
            self._over.set()
        if errors:
            raise errors[0]

    def _of_lane(self, name: str) -> dict[str, int]:
        return _sizes(handler for handler in self._handlers.values() if handler.lane == name)

    def _begin(self, name: str, target: Callable[[], None]) -> None:
        def run() -> None:
            try:
                target()
            finally:
                connection.close()

        thread = Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    @property
    def _ending(self) -> bool:
        return self._stopping.is_set() or stopping.asked.is_set()

    def _lane(self, most_urgent: int | None, sizes: Mapping[str, int]) -> None:
        while not self._ending:
            heard = self._bell.rings
            try:
                close_old_connections()
                done = self._turn(None, most_urgent, sizes)
                self._database.over()
            except DATABASE_TROUBLE as error:
                self._database.began(error)
                done = False
            if not done:
                connection.close()
                self._bell.wait(heard, settings.WORK_POLL_SECONDS)

    def _drain(self, account: VtexAccount | None) -> None:
        while not self._ending:
            heard = self._bell.rings
            if self._turn(account):
                continue
            if not self._hands:
                return
            self._bell.wait(heard, BUSY_SECONDS)

    def _turn(
        self,
        account: VtexAccount | None,
        most_urgent: int | None = None,
        sizes: Mapping[str, int] | None = None,
    ) -> bool:
        """One batch; whether there was one."""
        batch = units.claim(limit=sizes or self._sizes, most_urgent=most_urgent, account=account)
        if not batch:
            return False
        handler = self._handlers[batch[0].kind]
        if len(batch) == handler.batch:
            self._bell.ring()
        with self._hands.holding(batch):
            try:
                work(handler, batch)
            except DATABASE_TROUBLE as error:
                self._give_back(batch, error)
        return True

    def _give_back(self, batch: Sequence[WorkUnit], error: Exception) -> None:
        """The database would not do it. If it is away, their leases run out by themselves."""
        if not connection.in_atomic_block:
            connection.close()
        after = wait(max(unit.attempts for unit in batch))
        units.put_back(batch, after=after, error=f"{type(error).__name__}: {error}")
        log.warning("work put back", kind=batch[0].kind, units=len(batch), reason=str(error)[:200])

    def _renew(self) -> None:
        while not self._over.wait(settings.WORK_LEASE_SECONDS / 3):
            try:
                if held := self._hands.units():
                    units.renew(held)
            except DATABASE_TROUBLE as error:
                self._database.began(error)
            finally:
                connection.close()


def _sizes(handlers: Iterable[Handler]) -> dict[str, int]:
    return {handler.kind: handler.batch for handler in handlers}
