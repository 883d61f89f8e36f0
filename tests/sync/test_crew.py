"""Threads that wait for VTEX: at the same time, each with its connection, never past the budget."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError

from reconciler.sync.crew import Crew
from reconciler.vtex import errors
from reconciler.vtex.limits import Family, Limiter, LimitSettings, PoliteLimiter, Priority


class Client:
    """Speaks to nobody: a request takes its turn and is answered."""

    def __init__(self, limiter: Limiter) -> None:
        self.limiter = limiter
        self.closed = False

    def request(self, answer: Any = None) -> Any:
        self.limiter.acquire(Priority.SWEEP, Family.SKU)
        error = answer if isinstance(answer, errors.VtexError) else None
        self.limiter.report(Family.SKU, error)
        if error:
            raise error
        return answer

    def close(self) -> None:
        self.closed = True


class Watched(PoliteLimiter):
    """Notes from which threads it was asked."""

    asked_by: set[str] = set()

    def ask(self, priority: Priority, family: Family) -> float:
        self.asked_by.add(threading.current_thread().name)
        return super().ask(priority, family)


@pytest.fixture
def clients() -> list[Client]:
    return []


@pytest.fixture
def start(clients: list[Client]) -> Iterator[Callable[..., Crew]]:
    crews = []

    def begin(limiter: PoliteLimiter | None = None, size: int = 4) -> Crew:
        def make(limiter: Limiter) -> Any:
            clients.append(Client(limiter))
            return clients[-1]

        crews.append(Crew(make, limiter or PoliteLimiter(LimitSettings(requests_per_minute=60_000)), size))
        return crews[-1]

    yield begin
    for crew in crews:
        crew.close()
    assert all(client.closed for client in clients)


def test_as_many_are_read_at_the_same_time_as_there_are_readers(start: Callable[..., Crew]) -> None:
    together = Barrier(4, timeout=10)

    def fetch(client: Any, item: int) -> int:
        together.wait()
        return item * 10

    found = {item: read.result() for item, read in start().read(fetch, range(8))}
    assert found == {item: item * 10 for item in range(8)}


def test_a_reader_keeps_its_connection_from_item_to_item(
    start: Callable[..., Crew], clients: list[Client]
) -> None:
    crew = start(size=2)
    for _ in range(2):
        assert len(list(crew.read(lambda client, item: client.request(item), range(20)))) == 20
    assert 1 <= len(clients) <= 2


def test_what_keeps_one_item_from_being_read_keeps_no_other(start: Callable[..., Crew]) -> None:
    def fetch(client: Any, item: int) -> Any:
        return client.request(errors.Forbidden("no") if item == 3 else item)

    reads = dict(start().read(fetch, range(6)))
    assert isinstance(reads[3].exception(), errors.Forbidden)
    assert [reads[item].result() for item in (0, 1, 2, 4, 5)] == [0, 1, 2, 4, 5]


def test_the_budget_is_asked_by_the_thread_that_reads_the_answers_alone(start: Callable[..., Crew]) -> None:
    limiter = Watched(LimitSettings(requests_per_minute=60_000))
    list(start(limiter).read(lambda client, item: client.request(item), range(30)))
    assert limiter.asked_by == {threading.current_thread().name}


def test_no_more_goes_out_than_the_budget_grants(start: Callable[..., Crew]) -> None:
    settings = LimitSettings(requests_per_minute=6, burst=10, longest_wait=dict.fromkeys(Priority, 0.2))
    reads = list(start(PoliteLimiter(settings)).read(lambda client, item: client.request(item), range(12)))
    sent = [read for _, read in reads if read.exception() is None]
    refused = {type(read.exception()) for _, read in reads} - {type(None)}
    assert len(sent) == 1
    assert refused == {errors.NotSent}


def test_after_a_pause_that_vtex_asked_for_nothing_more_is_sent(start: Callable[..., Crew]) -> None:
    sent = []

    def fetch(client: Any, item: int) -> Any:
        client.limiter.acquire(Priority.SWEEP, Family.SKU)
        sent.append(item)
        error = errors.RateLimited("slow down")
        client.limiter.report(Family.SKU, error)
        raise error

    reads = list(start(size=1).read(fetch, range(9)))
    assert sent == [0]
    assert {type(read.exception()) for _, read in reads[1:]} == {errors.NotSent}


def test_a_reading_whose_answers_are_not_taken_can_be_ended(start: Callable[..., Crew]) -> None:
    crew, together = start(), Barrier(4, timeout=10)

    def fetch(client: Any, item: int) -> int:
        together.wait()
        return item

    for _ in crew.read(fetch, range(4)):
        crew.close()
        break


def test_a_reading_that_is_left_early_sends_nothing_more_and_another_may_follow(
    start: Callable[..., Crew],
) -> None:
    crew, sent = start(size=1), []

    def fetch(client: Any, item: int) -> int:
        client.request()
        sent.append(item)
        return item

    reads = crew.read(fetch, range(50))
    next(reads)
    reads.close()
    left = len(sent)
    assert left <= 2
    assert [read.result() for _, read in crew.read(fetch, [99])] == [99]
    assert sent[left:] == [99]


def test_items_may_run_dry_and_go_on_when_a_read_brought_more(start: Callable[..., Crew]) -> None:
    class Todo(list[int]):
        def __iter__(self) -> Any:
            return self

        def __next__(self) -> int:
            if not self:
                raise StopIteration
            return self.pop()

    todo, seen = Todo([3]), []
    for item, _ in start().read(lambda client, item: client.request(item), todo):
        seen.append(item)
        todo += [item - 1] * (item > 0)
    assert seen == [3, 2, 1, 0]


class Away(PoliteLimiter):
    """Its database went away."""

    def report(self, family: Family, error: errors.VtexError | None) -> None:
        raise OperationalError("the database is away")


def test_readers_end_when_the_database_of_the_budget_goes_away(start: Callable[..., Crew]) -> None:
    crew = start(Away(LimitSettings(requests_per_minute=60_000)), 8)

    def fetch(client: Any, item: int) -> None:
        client.request(item)
        client.request(item)

    def read() -> None:
        with pytest.raises(OperationalError), closing(crew), closing(crew.read(fetch, range(100))) as reads:
            list(reads)

    reading = threading.Thread(target=read, name="reading", daemon=True)
    reading.start()
    reading.join(10)
    assert not reading.is_alive()
    assert not [each for each in crew._threads._threads if each.is_alive()]
