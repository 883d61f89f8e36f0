"""One run of one kind of sync: its row, its heartbeat, what it read and what it could not."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from datetime import timedelta
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from django.db import DataError
from django.utils import timezone

from reconciler.models import SyncKind, SyncRun, VtexAccount
from reconciler.sync.connection import crew_for
from reconciler.sync.crew import Crew
from reconciler.vtex import VtexClient, errors

Listener = Callable[["Job"], None]
P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
INTERRUPTED = "interrupted"
SILENT_AFTER = timedelta(minutes=5)
"""A run on another host whose heart has not beaten for so long is over."""
HEARTBEAT_SECONDS = 2.0
FAILURES_IN_A_ROW = 8
"""So many units that fail one after the other are no longer their own fault."""

GROUP_SECONDS = 0.5
"""What was read is to be seen soon, and a killed process should not have read much in vain."""

UNKEEPABLE = "a value that no mirror can keep"
NOT_KEPT = (DataError, ValueError, OverflowError)
"""What a database says to a value that it cannot hold, and the client to an id that names nothing."""

_here: set[int] = set()
"""Runs under way in this process: its lanes may read one store at the same time."""

_STOPS = (errors.NotSent, errors.Unauthorized, errors.RateLimited)


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """Whoever listens wants the run to end here; the next one goes on."""


class Job:
    """A SyncRun under way; a context manager that closes it whatever happens.

    Units go through `attempt`, which keeps one bad unit from stopping the others. `done` of `of` is for a
    progress bar.
    """

    def __init__(
        self, account: VtexAccount, kind: SyncKind, client: VtexClient, listener: Listener | None = None
    ) -> None:
        self.account = account
        self.kind = kind
        self.client = client
        self.run = SyncRun(account=account, kind=kind)
        self._crew: Crew | None = None
        self._listener = listener
        self._beat = 0.0
        self._failures = 0

    def __enter__(self) -> Job:
        self.run.started_at = self.run.heartbeat_at = timezone.now()
        self.run.counts = {"process": _process()}
        self.run.save()
        _here.add(self.run.pk)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.run.heartbeat_at = self.run.finished_at = timezone.now()
        if error is not None:
            self.run.error = _reason(error)
        if self._crew:
            self._crew.close()
        self.client.close()
        self.run.save()
        _here.discard(self.run.pk)
        self._tell()

    def expect(self, units: int) -> None:
        """How many more units there will be."""
        self.run.of = self.run.done + units
        self._tell()

    def advance(self, units: int = 1) -> None:
        self.run.done += units
        if self.run.of is not None and self.run.done > self.run.of:
            self.run.of = self.run.done
        if time.monotonic() - self._beat > HEARTBEAT_SECONDS:
            self._beat = time.monotonic()
            self.run.heartbeat_at = timezone.now()
            self.run.save()
        self._tell()

    def count(self, name: str, units: int = 1) -> None:
        self.run.counts[name] = self.run.counts.get(name, 0) + units

    def attempt(self, unit: Callable[P, Any], *args: P.args, **kwargs: P.kwargs) -> errors.VtexError | None:
        """Does one unit; the error that kept it from being read, or None. Raises what would meet the next one
        too.
        """
        try:
            unit(*args, **kwargs)
        except _STOPS:
            raise
        except errors.VtexError as error:
            return self._failed(error)
        except NOT_KEPT:
            return self._failed(errors.SuspiciousAnswer(UNKEEPABLE))
        self._failures = 0
        return None

    def each(
        self, fetch: Callable[[VtexClient, T], R], items: Iterable[T], save: Callable[[T, R], Any]
    ) -> Iterator[tuple[T, errors.VtexError | None]]:
        """Fetches at the same time, network only, and saves one after the other, each as an `attempt`.

        Yields each item, in the order in which the reads end, with what kept it from being read.
        """
        with closing(self._readers().read(fetch, items)) as reads:
            for item, read in reads:
                yield item, self.attempt(lambda item, read: save(item, read.result()), item, read)
                self._tell()

    def together(
        self,
        fetch: Callable[[VtexClient, T], R],
        items: Iterable[T],
        save: Callable[[list[tuple[T, R]]], Sequence[errors.VtexError | None]],
        most: int,
    ) -> Iterator[list[tuple[T, errors.VtexError | None]]]:
        """As `each`, but saves at once what arrived within GROUP_SECONDS, up to `most`; yields such groups.

        `save` says of each what kept a part of it from being read. A group with a value that no mirror can
        keep is saved one by one.
        """
        group: list[tuple[T, Future[R]]] = []
        began = 0.0
        crew = self._readers()
        with closing(crew.read(fetch, items)) as reads:
            for read in reads:
                began = began if group else time.monotonic()
                group.append(read)
                late = time.monotonic() - began >= GROUP_SECONDS
                if late or len(group) >= min(most, max(1, crew.under_way)):
                    yield self._save_group(save, group)
                    group = []
                    self._tell()

    def _save_group(
        self,
        save: Callable[[list[tuple[T, R]]], Sequence[errors.VtexError | None]],
        group: list[tuple[T, Future[R]]],
    ) -> list[tuple[T, errors.VtexError | None]]:
        """Whatever error there is among them, what was read is saved first."""
        read = [(item, each.result()) for item, each in group if each.exception() is None]
        troubles = iter(_saved(save, read) if read else [])
        return [(item, self.attempt(_raise, each.exception() or next(troubles))) for item, each in group]

    def _readers(self) -> Crew:
        if self._crew is None:
            self._crew = crew_for(self.account, self.client.priority)
        return self._crew

    def _failed(self, error: errors.VtexError) -> errors.VtexError:
        self.note(error)
        self._failures += 1
        if self._failures >= FAILURES_IN_A_ROW or isinstance(error, errors.ConnectionLost):
            raise error
        return error

    def note(self, error: errors.VtexError) -> None:
        counts = self.run.counts.setdefault("errors", {})
        code = error_code(error)
        counts[code] = counts.get(code, 0) + 1

    def _tell(self) -> None:
        if self._listener:
            self._listener(self)


def _saved(
    save: Callable[[list[tuple[T, R]]], Sequence[errors.VtexError | None]], read: list[tuple[T, R]]
) -> list[errors.VtexError | None]:
    try:
        return list(save(read))
    except NOT_KEPT:
        if len(read) == 1:
            return [errors.SuspiciousAnswer(UNKEEPABLE)]
        return [trouble for each in read for trouble in _saved(save, [each])]


def _raise(error: BaseException | None) -> None:
    if error:
        raise error


def error_code(error: errors.VtexError) -> str:
    """A short word for a count of errors: the HTTP status, else the kind."""
    return str(error.status) if error.status and error.status >= 400 else type(error).__name__


def close_interrupted(account: VtexAccount) -> int:
    """Closes runs whose process died; how many."""
    closed, now = 0, timezone.now()
    for run in SyncRun.objects.filter(account=account, finished_at__isnull=True):
        if not _is_alive(run):
            rows = SyncRun.objects.filter(pk=run.pk, finished_at__isnull=True)
            closed += rows.update(finished_at=now, error=INTERRUPTED)
    return closed


def _process() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def _is_alive(run: SyncRun) -> bool:
    host, _, pid = str(run.counts.get("process", "")).rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return timezone.now() - run.heartbeat_at < SILENT_AFTER
    if int(pid) == os.getpid():
        return run.pk in _here
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _reason(error: BaseException) -> str:
    if isinstance(error, errors.VtexError):
        return str(error)[:200]
    return (
        INTERRUPTED
        if isinstance(error, KeyboardInterrupt | SystemExit | Stopped)
        else type(error).__name__[:200]
    )
