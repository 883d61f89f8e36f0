"""A process-wide crew of threads that wait for VTEX. They write no mirror: lanes save what they bring."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Generic, TypeVar

from django.conf import settings
from django.db import connection

from reconciler.models import VtexAccount
from reconciler.sync.connection import client_for
from reconciler.vtex import VtexClient, errors
from reconciler.vtex.limits import Priority

T = TypeVar("T")
STOPS = (errors.NotSent, errors.RateLimited, errors.Unauthorized, errors.ConnectionLost)
"""What meets one unit meets the next one too."""


@dataclass(frozen=True)
class Fetched(Generic[T]):
    """What one fetch gave: a value, or the error that kept it from being read.

    stopped: the error is one that meets every unit, its own or that of another in the batch; do it later.
    """

    value: T | None = None
    error: Exception | None = None
    stopped: bool = False


class Crew:
    """Each thread keeps a client for each store and priority, so that connections stay open."""

    def __init__(
        self, threads: int, make: Callable[[VtexAccount, Priority], VtexClient] = client_for
    ) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="fetch")
        self._make = make
        self._mine = threading.local()
        self._clients: list[VtexClient] = []

    def fetch(
        self, account: VtexAccount, priority: Priority, tasks: Sequence[Callable[[VtexClient], T]]
    ) -> list[Fetched[T]]:
        """All at once, answers in the order of `tasks`. After an error that stops, none more is begun."""
        stop: list[Exception] = []
        return list(self._pool.map(lambda task: self._one(account, priority, task, stop), tasks))

    def close(self) -> None:
        """Waits for what is under way, then closes the connections."""
        self._pool.shutdown()
        for client in self._clients:
            client.close()

    def _one(
        self,
        account: VtexAccount,
        priority: Priority,
        task: Callable[[VtexClient], T],
        stop: list[Exception],
    ) -> Fetched[T]:
        if stop:
            return Fetched(error=stop[0], stopped=True)
        try:
            return Fetched(task(self._client(account, priority)))
        except STOPS as error:
            stop.append(error)
            return Fetched(error=error, stopped=True)
        except Exception as error:
            return Fetched(error=error)
        finally:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()

    def _client(self, account: VtexAccount, priority: Priority) -> VtexClient:
        """Made anew when the store's address or keys are others than before."""
        known: dict[tuple[int, Priority, object], VtexClient] = self._mine.__dict__.setdefault("clients", {})
        key = (account.pk, priority, settings.STORES.get(account.name))
        if key not in known:
            known[key] = self._make(account, priority)
            self._clients.append(known[key])
        return known[key]


@cache
def crew() -> Crew:
    """The one of this process."""
    return Crew(settings.WORK_FETCHERS)
