"""Real processes over each queue: a message only wakes, so whatever becomes of it, work is done once."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import redis_server
from tests.redis_server import RedisServer
from tests.sync import processes
from tests.sync.test_killed import PREPARE

pytestmark = pytest.mark.sqlite
WANT = """
import sys
import time
import django
django.setup()
from reconciler.models import VtexAccount
from reconciler.work import units
store, _ = VtexAccount.objects.get_or_create(name="luxstore", defaults={"time_zone": "UTC"})
units.want(store, sys.argv[1], sys.argv[2:], priority=0)
time.sleep(0.5)  # the message goes out beside it
"""
MESSAGES = """
import django
django.setup()
from reconciler.work.inbox_database import Inbox
print(Inbox().waiting())
"""
READY = """
import django
django.setup()
from django.test import Client
print(Client(headers={"host": "127.0.0.1"}).get("/readyz", secure=True).content.decode())
"""
SLOW_POLL = "60"
Variables = dict[str, str]


class Crew:
    """Processes of one test; their words go to one file."""

    def __init__(self, directory: Path) -> None:
        self.words = directory / "words"
        self._notes = directory / "notes"
        self._started: list[subprocess.Popen[str]] = []
        self.variables = processes.environment(
            directory,
            DJANGO_SETTINGS_MODULE="tests.work.settings",
            NOTES=str(self._notes),
            WORK_POLL_SECONDS=SLOW_POLL,
            LOG_LEVEL="INFO",
        )

    def start(self, *command: str, **more: str) -> subprocess.Popen[str]:
        with self.words.open("a") as words:
            self._started.append(
                subprocess.Popen(
                    [processes.sys.executable, "manage.py", *command],
                    cwd=processes.BASE, env=self.variables | more, stdout=words, stderr=words, text=True,
                )
            )  # fmt: skip
        return self._started[-1]

    def want(self, kind: str, *keys: str) -> None:
        """As another process would."""
        command = [processes.sys.executable, "-c", WANT, kind, *keys]
        subprocess.run(command, cwd=processes.BASE, env=self.variables, check=True, timeout=30)

    def done(self) -> list[str]:
        return self._notes.read_text().split("\n")[:-1] if self._notes.exists() else []

    def said(self, words: str) -> int:
        return self.words.read_text().count(words)

    def end(self) -> None:
        for process in self._started:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, those of its queue too."""
    directory = tmp_path_factory.mktemp("migrated")
    processes.python(Crew(directory).variables | {"TASKS_BACKEND": "database"}, PREPARE)
    return directory


@pytest.fixture
def crew(tmp_path: Path, migrated: Path) -> Iterator[Crew]:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    made = Crew(tmp_path)
    yield made
    made.end()


@pytest.fixture
def redis(crew: Crew) -> Iterator[RedisServer]:
    found = redis_server.binary()
    if not found:
        pytest.skip("Redis is not installed")
    with redis_server.server(found) as running:
        crew.variables |= {"TASKS_BACKEND": "redis", "REDIS_URL": running.url}
        yield running


def until(holds: Callable[[], bool], seconds: float = 40) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    return holds()


def test_a_message_through_redis_wakes_a_worker_that_would_look_in_a_minute(
    crew: Crew, redis: RedisServer
) -> None:
    crew.start("worker")
    assert until(lambda: crew.said("At work") == 1)
    time.sleep(1)
    crew.want("note", "a", "b")
    assert until(lambda: crew.done() == ["a", "b"])
    assert until(lambda: redis.messages() == 0)


def test_rq_processes_do_the_work_as_well(crew: Crew, redis: RedisServer) -> None:
    crew.want("note", "a", "b")
    assert redis.messages() == 1
    crew.start("rqworker", "--burst")
    assert until(lambda: crew.done() == ["a", "b"])


def test_db_worker_does_the_work_where_the_queue_is_in_the_database(crew: Crew) -> None:
    crew.variables |= {"TASKS_BACKEND": "database"}
    crew.want("note", "a", "b")
    crew.start("db_worker", "--batch")
    assert until(lambda: crew.done() == ["a", "b"])


def test_a_worker_takes_the_messages_in_the_database_so_that_they_do_not_pile_up(crew: Crew) -> None:
    crew.variables |= {"TASKS_BACKEND": "database", "WORK_POLL_SECONDS": "1"}
    for key in "abc":
        crew.want("note", key)
    assert processes.python(crew.variables, MESSAGES).strip() == "3"
    crew.start("worker")
    assert until(lambda: crew.done() == ["a", "b", "c"])
    assert until(lambda: processes.python(crew.variables, MESSAGES).strip() == "0")


def test_with_redis_away_work_goes_on_by_looking_and_it_is_said_once(crew: Crew, redis: RedisServer) -> None:
    crew.variables |= {"WORK_POLL_SECONDS": "1"}
    crew.start("worker")
    assert until(lambda: crew.said("At work") == 1)
    assert "queue: ok" in processes.python(crew.variables, READY)
    redis.kill()
    for key in "abc":
        crew.want("note", key)
    assert until(lambda: crew.done() == ["a", "b", "c"])
    assert until(lambda: crew.said("The queue is out of reach") == 1)
    assert "queue: it cannot be reached" in processes.python(crew.variables, READY)
    redis.start()
    assert until(lambda: crew.said("The queue is back") == 1)
    crew.want("note", "d")
    assert until(lambda: crew.done()[-1] == "d")
    assert until(lambda: redis.messages() == 0), "it takes messages again"
    assert crew.said("The queue is out of reach") == 1


def test_asking_for_work_does_not_wait_for_a_redis_that_hangs(crew: Crew, redis: RedisServer) -> None:
    redis.freeze()
    try:
        crew.want("note", "a")
    finally:
        redis.thaw()
    assert redis.messages() == 0


def test_a_worker_under_redis_that_is_told_to_stop_gives_back_what_it_has_in_hand(
    crew: Crew, redis: RedisServer
) -> None:
    worker = crew.start("worker")
    crew.want("long", "a")
    assert until(lambda: crew.done() == ["began"])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert crew.done() == ["began", "gave back"]


def test_a_process_of_rq_that_is_told_to_stop_gives_back_what_it_has_in_hand(
    crew: Crew, redis: RedisServer
) -> None:
    crew.want("long", "a")
    worker = crew.start("rqworker")
    assert until(lambda: crew.done() == ["began"])
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    assert crew.done() == ["began", "gave back"]
