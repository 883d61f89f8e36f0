"""A Redis server of the tests' own: a free port, loopback only, nothing kept on disk."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from tests.postgres import _free_port


class RedisServer:
    """A running server that may be killed, frozen, and started again on the same port with nothing in it."""

    def __init__(self, binary: str, directory: str) -> None:
        self._port = _free_port()
        self._command = [
            binary, "--port", str(self._port), "--bind", "127.0.0.1", "--dir", directory,
            "--save", "", "--appendonly", "no", "--loglevel", "warning",
        ]  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        client, until = redis.Redis.from_url(self.url, retry=None), time.monotonic() + 20
        while True:
            try:
                client.ping()
                return
            except redis.ConnectionError:
                assert time.monotonic() < until, "redis-server did not start"
                time.sleep(0.05)

    def kill(self) -> None:
        """As a crash: at once, and without a word to its clients."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def freeze(self) -> None:
        """It takes connections and answers nothing, as a host that hangs."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def messages(self) -> int:
        """How many wait in RQ's queue."""
        return int(redis.Redis.from_url(self.url).llen("rq:queue:default"))


def binary() -> str | None:
    return shutil.which("redis-server")


@contextmanager
def server(found: str) -> Iterator[RedisServer]:
    with tempfile.TemporaryDirectory(prefix="inventory-admin-redis-") as directory:
        running = RedisServer(found, directory)
        running.start()
        try:
            yield running
        finally:
            running.kill()
