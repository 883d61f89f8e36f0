"""Messages in Redis, as RQ keeps them."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DequeueTimeout
from rq.job import Job

CONNECT_SECONDS = 1


class Inbox:
    """Asked by one thread."""

    def waiting(self) -> int:
        return Queue(connection=self._quick).count

    def take(self, seconds: int) -> bool:
        client = self._patient(seconds)
        try:
            _, key = Queue.lpop([Queue(connection=client).key], seconds, connection=client)
        except DequeueTimeout:
            return False
        client.delete(Job.key_for(key.decode()))
        return True

    def check(self) -> None:
        self._quick.ping()

    @cached_property
    def _quick(self) -> Redis:
        return _client(CONNECT_SECONDS)

    def _patient(self, seconds: int) -> Redis:
        if self._blocking is None:
            self._blocking = _client(seconds + CONNECT_SECONDS)
        return self._blocking

    _blocking: Redis | None = None


def _client(seconds: int) -> Redis:
    """Without redis-py's own tries: who asks goes on without it."""
    return Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=seconds,
        retry=Retry(NoBackoff(), 0),
    )
