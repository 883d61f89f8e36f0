"""RQ's worker processes: each message is done in a child process, which RQ calls the horse."""

from __future__ import annotations

import signal
from types import FrameType

import rq
from django.db import connection
from rq.job import Job
from rq.queue import Queue

from reconciler.work import stopping


class Worker(rq.Worker):
    """A stop reaches the horse too: it gives back what it has in hand, where RQ would wait for its end."""

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Without connections of PostgreSQL: what two processes share breaks."""
        if close_pool := getattr(connection, "close_pool", None):
            connection.close()
            close_pool()
        super().fork_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _stop)

    def handle_warm_shutdown_request(self) -> None:
        super().handle_warm_shutdown_request()
        if self.horse_pid:
            self.kill_horse(signal.SIGTERM)


def _stop(number: int, frame: FrameType | None) -> None:
    stopping.asked.set()
