"""Reads from VTEX at the same time: threads wait for the network, the caller's thread does all the rest.

The threads never touch the database. Their turn in the shared budget they ask the caller's thread for, which
lets them through in the order in which they ask.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from queue import Empty, SimpleQueue
from threading import local
from typing import Any, TypeVar

from reconciler.vtex import VtexClient, errors
from reconciler.vtex.limits import Family, Limiter, PoliteLimiter, Priority

T = TypeVar("T")
R = TypeVar("R")
MakeClient = Callable[[Limiter], VtexClient]


@dataclass
class _Turn:
    """A request that waits for its turn in the budget, until `give_up_at` (monotonic seconds)."""

    priority: Priority
    family: Family
    give_up_at: float
    granted: Future[None] = field(default_factory=Future)


@dataclass(frozen=True)
class _Report:
    family: Family
    error: errors.VtexError | None


class Crew:
    """So many readers of one store at one priority, each with a connection that stays open. Close it.

    `make_client` makes the client of one reader around the limiter it is given; `limiter` is the real one.
    """

    def __init__(self, make_client: MakeClient, limiter: PoliteLimiter, size: int) -> None:
        self._make_client = make_client
        self._limiter = limiter
        self._ahead = 2 * size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix="reader")
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self._waiting: deque[_Turn] = deque()
        self._running: dict[Future[Any], Any] = {}
        self._mine = local()
        self._clients: list[VtexClient] = []
        self._over = False

    @property
    def under_way(self) -> int:
        """How many reads have not been handed out yet."""
        return len(self._running)

    def close(self) -> None:
        """Nothing more is sent; what is on its way is waited for."""
        self._abandon()
        self._threads.shutdown()
        for client in self._clients:
            client.close()

    def read(self, fetch: Callable[[VtexClient, T], R], items: Iterable[T]) -> Generator[tuple[T, Future[R]]]:
        """Each item with its finished read, as they end; `result()` gives it or raises what kept it back.

        `items` are taken in order, in this thread, only a little ahead of what was read. They may run dry and
        go on when a read brought more; all is over when nothing is under way. One `read` at a time; close the
        iterator when it is left early.
        """
        rest = iter(items)
        try:
            while True:
                for item in islice(rest, self._ahead - len(self._running)):
                    self._begin(fetch, item)
                if not self._running:
                    return
                for done in self._wait():
                    yield self._running.pop(done), done
        finally:
            self._abandon()

    def _begin(self, fetch: Callable[[VtexClient, T], R], item: T) -> None:
        future = self._threads.submit(lambda: fetch(self._client(), item))
        self._running[future] = item
        future.add_done_callback(self._inbox.put)

    def _abandon(self) -> None:
        """Takes back what was not sent yet and lets the rest end unheard."""
        self._over = True
        for future in list(self._running):
            if future.cancel() or future.done():
                del self._running[future]
        while self._running:
            for done in self._wait():
                self._running.pop(done, None)
        self._over = False

    def _client(self) -> VtexClient:
        if not hasattr(self._mine, "client"):
            self._mine.client = self._make_client(_Asking(self._limiter, self._inbox.put))
            self._clients.append(self._mine.client)
        client: VtexClient = self._mine.client
        return client

    def _wait(self) -> list[Future[Any]]:
        """The reads that ended meanwhile; lets through whoever asks for a turn."""
        done: list[Future[Any]] = []
        while not done:
            event = self._next(self._serve())
            while event is not None:
                self._take(event, done)
                event = self._next(0)
        return [each for each in done if each in self._running]

    def _next(self, seconds: float | None) -> Any:
        try:
            return self._inbox.get_nowait() if seconds == 0 else self._inbox.get(timeout=seconds)
        except Empty:
            return None

    def _take(self, event: Any, done: list[Future[Any]]) -> None:
        if isinstance(event, Future):
            done.append(event)
        elif isinstance(event, _Turn):
            self._waiting.append(event)
        else:
            self._report(event)

    def _report(self, event: _Report) -> None:
        """Once all is to end, nothing may keep the readers waiting, not even a database that went away."""
        try:
            self._limiter.report(event.family, event.error)
        except Exception:
            if not self._over:
                raise

    def _serve(self) -> float | None:
        """Lets through whose turn it is; the seconds until the next one's, None when nobody waits."""
        while self._waiting:
            turn = self._waiting[0]
            try:
                wait = self._ask(turn)
            except errors.NotSent as error:
                turn.granted.set_exception(error)
            else:
                if wait > 0:
                    return wait
                turn.granted.set_result(None)
            self._waiting.popleft()
        return None

    def _ask(self, turn: _Turn) -> float:
        if self._over:
            raise errors.NotSent("the reading was stopped")
        wait = self._limiter.ask(turn.priority, turn.family)
        if time.monotonic() + wait > turn.give_up_at:
            raise errors.NotSent("the request budget of this account is used up", retry_after=wait)
        return wait


class _Asking:
    """The limiter of a reader: asks the thread that reads the crew's answers."""

    def __init__(self, limiter: PoliteLimiter, tell: Callable[[_Turn | _Report], None]) -> None:
        self._limiter = limiter
        self._tell = tell

    def acquire(self, priority: Priority, family: Family) -> None:
        turn = _Turn(priority, family, time.monotonic() + self._limiter.patience(priority))
        self._tell(turn)
        turn.granted.result()

    def report(self, family: Family, error: errors.VtexError | None) -> None:
        self._tell(_Report(family, error))
