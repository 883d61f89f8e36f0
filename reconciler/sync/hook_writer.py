"""Stores what a hook tells: one thread a process writes all that has gathered in one go.

A burst of deliveries then costs a few transactions instead of one each. A delivery waits until it is stored,
but never longer than `PATIENCE_SECONDS`: VTEX sends it again, and storing twice changes nothing.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Iterable
from queue import Empty, SimpleQueue
from threading import Lock, Thread

import structlog

from reconciler.sync.events import Notice
from reconciler.sync.hook_session import Session
from reconciler.work.batch import DATABASE_TROUBLE
from reconciler.work.outage import Outage

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 0.6
"""Of the 800 ms within which VTEX is answered; the rest is for the way there and back."""
MOST = 400
"""Deliveries a transaction: more would keep others from writing for too long."""
TALLY_SECONDS = 1.0
TALLY_PATIENCE_SECONDS = 0.05
IDLE_SECONDS = 30.0
"""After so long without anything to write the connection is given back."""
KEPT_OUTCOMES = 100_000


class Delivery:
    """One change of status on its way into the database. `until` is on the monotonic clock."""

    __slots__ = ("_answer", "event", "store", "until")

    def __init__(self, store: str, event: Notice, until: float) -> None:
        self.store, self.event, self.until = store, event, until
        self._answer: SimpleQueue[bool] = SimpleQueue()

    def answer(self, stored: bool) -> None:
        self._answer.put(stored)

    def wait(self) -> bool:
        """Whether it is stored; False when time ran out, though it may be stored even so."""
        try:
            return self._answer.get(timeout=max(self.until - time.monotonic(), 0.0))
        except Empty:
            return False


class Writer:
    """Its thread begins with the first delivery, so that it lives in the process that forked."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Delivery | None] = SimpleQueue()
        self._outcomes: deque[tuple[str, str]] = deque(maxlen=KEPT_OUTCOMES)
        self._starting = Lock()
        self._thread: Thread | None = None
        self._busy_since: float | None = None
        self._session = Session()
        self._outage = Outage("database of the hook")

    def store(self, store: str, event: Notice) -> bool:
        """Whether the change is stored for good; answers within PATIENCE_SECONDS. Any thread may call it."""
        now = time.monotonic()
        if not self._can_take(now):
            return False
        delivery = Delivery(store, event, now + PATIENCE_SECONDS)
        self._start()
        self._queue.put(delivery)
        return delivery.wait()

    def count(self, store: str, outcome: str) -> None:
        """Adds one to the tally of a configured store; `outcome` is a field of HookTally."""
        self._outcomes.append((store, outcome))
        self._start()

    def stop(self) -> None:
        """Writes what waits and gives the connection back; a later delivery starts anew."""
        with self._starting:
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
                self._thread = None

    def _can_take(self, now: float) -> bool:
        """Not while the database keeps an earlier delivery for too long, nor behind more than is written at
        once: the answer would be the same, and later.
        """
        busy = self._busy_since
        stuck = busy is not None and now - busy > PATIENCE_SECONDS
        return not stuck and self._queue.qsize() < MOST

    def _start(self) -> None:
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = Thread(target=self._run, name="hook-writer", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        tallied = used = time.monotonic()
        ending = False
        while not ending:
            batch = self._gather()
            ending = None in batch
            now = time.monotonic()
            if batch:
                self._keep(each for each in batch if each is not None)
                used = now
            if self._outcomes and (ending or now - tallied > TALLY_SECONDS):
                self._tally()
                tallied = used = now
            if ending or now - used > IDLE_SECONDS:
                self._session.close()

    def _gather(self) -> list[Delivery | None]:
        """What has come; nothing after a while. None among it is the end."""
        found: list[Delivery | None] = []
        try:
            found.append(self._queue.get(timeout=TALLY_SECONDS))
            while len(found) < MOST:
                found.append(self._queue.get_nowait())
        except Empty:
            pass
        return found

    def _keep(self, batch: Iterable[Delivery]) -> None:
        now = time.monotonic()
        by_store: dict[str, list[Delivery]] = defaultdict(list)
        for each in batch:
            if each.until > now:  # the others were answered 503
                by_store[each.store].append(each)
        for store, deliveries in by_store.items():
            stored = self._stored(store, deliveries)
            for each in deliveries:
                each.answer(stored)

    def _stored(self, store: str, deliveries: list[Delivery]) -> bool:
        self._busy_since = time.monotonic()
        try:
            self._session.store(
                store, [each.event for each in deliveries], max(each.until for each in deliveries)
            )
        except DATABASE_TROUBLE as error:
            self._outage.began(error)
            return False
        except Exception:
            log.exception("A delivery of the hook could not be stored.", store=store)
            return False
        finally:
            self._busy_since = None
        self._outage.over()
        return True

    def _tally(self) -> None:
        """What can not be written now is counted with the next."""
        taken = [self._outcomes.popleft() for _ in range(len(self._outcomes))]
        try:
            self._session.tally(taken, time.monotonic() + TALLY_PATIENCE_SECONDS)
        except DATABASE_TROUBLE:
            self._outcomes.extendleft(reversed(taken))
        except Exception:
            log.exception("The deliveries of the hook could not be counted.")


writer = Writer()
"""The one of this process."""
