"""Threads that wait for VTEX: at once, in order, and one bad unit alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Barrier
from typing import Any

import pytest

from reconciler.models import VtexAccount
from reconciler.sync.crew import Crew
from reconciler.vtex import errors
from reconciler.vtex.limits import Priority


class Client:
    def close(self) -> None:
        self.closed = True


@pytest.fixture
def made() -> list[Any]:
    return []


@pytest.fixture
def crew(made: list[Any]) -> Iterator[Crew]:
    def make(account: VtexAccount, priority: Priority) -> Any:
        made.append(Client())
        return made[-1]

    crew = Crew(4, make)
    yield crew
    crew.close()
    assert all(client.closed for client in made)


STORE = VtexAccount(pk=1, name="luxstore")


def failing(error: Exception) -> Callable[[Any], Any]:
    def fail(client: Any) -> Any:
        raise error

    return fail


def test_fetches_run_at_once_and_answer_in_their_order(crew: Crew) -> None:
    together = Barrier(4, timeout=10)

    def task(number: int) -> Callable[[Any], int]:
        def run(client: Any) -> int:
            together.wait()
            return number

        return run

    found = crew.fetch(STORE, Priority.SWEEP, [task(each) for each in range(8)])
    assert [each.value for each in found] == list(range(8))


def test_a_thread_keeps_its_client_for_each_priority(crew: Crew, made: list[Any]) -> None:
    for priority in (Priority.SWEEP, Priority.FEED):
        for _ in range(3):
            crew.fetch(STORE, priority, [lambda client: client] * 20)
    assert 2 <= len(made) <= 8


def test_an_error_concerns_only_its_own_unit(crew: Crew) -> None:
    bad = errors.ServerError("down", status=500)
    found = crew.fetch(STORE, Priority.SWEEP, [lambda client: 1, failing(bad), lambda client: 3])
    assert [each.value for each in found] == [1, None, 3]
    assert (found[1].error, found[1].stopped) == (bad, False)


@pytest.mark.parametrize(
    "error",
    [errors.NotSent("x"), errors.RateLimited("x"), errors.Unauthorized("x"), errors.ConnectionLost("x")],
)
def test_what_meets_every_unit_stops_the_batch_and_loses_none(
    made: list[Any], error: errors.VtexError
) -> None:
    alone = Crew(1, lambda account, priority: Client())  # type: ignore[arg-type, return-value]
    begun: list[int] = []
    found = alone.fetch(
        STORE, Priority.SWEEP, [lambda client: 1, failing(error), *[lambda client: begun.append(1)] * 5]
    )
    alone.close()
    assert begun == []
    assert [each.stopped for each in found] == [False, *[True] * 6]
    assert all(each.error is error for each in found[1:])
