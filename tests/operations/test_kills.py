"""`kill -9` at random moments: every order, pair, event and action is dealt with, no write goes out twice.

Three workers, while customers buy, orders are invoiced, staff cancels reservations and the store is swept. A
moment is one kill; its worker is started anew, as systemd does. With Redis as the queue, Redis is killed too.
"""

from __future__ import annotations

import os
import time

import pytest

from tests import redis_server
from tests.operations.crew import WORKER, Crew

MOMENTS = int(os.environ.get("KILLS", "50" if os.environ.get("DEEP") else "2"))
RQ_WORKER = ("manage.py", "rqworker")


def test_a_worker_killed_at_random_moments_loses_nothing_and_repeats_no_write(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    with crew, crew.said(capsys, f"{MOMENTS} kills"):
        for number in range(MOMENTS):
            crew.moment(number)
        assert crew.settles() == {}
    crew.assert_sent_once()


def test_workers_and_redis_killed_at_random_moments_lose_nothing_and_repeat_no_write(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    found = redis_server.binary()
    if not found:
        pytest.skip("Redis is not installed")
    with redis_server.server(found) as redis:

        def crash() -> None:
            redis.kill()
            time.sleep(crew.chance.uniform(0.0, 1.0))
            redis.start()

        crew.variables |= {"TASKS_BACKEND": "redis", "REDIS_URL": redis.url}
        crew.commands = [WORKER, WORKER, RQ_WORKER]
        with crew, crew.said(capsys, f"{MOMENTS} kills"):
            for number in range(MOMENTS):
                crew.moment(number, crash)
            assert crew.settles() == {}
            assert redis.messages() < 50
    crew.assert_sent_once()
