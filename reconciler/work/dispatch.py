"""Tells workers that there is work, after it was committed.

Truth lives in the units' rows, and every worker looks for them each second: a message that is lost, late or
doubled changes nothing. So sending one may never delay or fail what asked for the work: a thread of its own
does it, at most a few times a second.
"""

from __future__ import annotations

import time
from threading import Event, Lock, Thread
from typing import Protocol

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from reconciler.work import bell, stopping
from reconciler.work.outage import Outage

PAUSE_SECONDS = 0.2
"""Between two messages of one process."""
ENOUGH = 8
"""Messages that wait: one more would wake nobody."""
RETRY_SECONDS = 2.0
LISTEN_SECONDS = 5
queue = Outage("queue")


class Inbox(Protocol):
    """The queue as a worker sees it. Raises what the queue has against it, within seconds."""

    def waiting(self) -> int:
        """How many messages nobody has taken yet."""

    def take(self, seconds: int) -> bool:
        """Takes one, if there is one within so long."""

    def check(self) -> None:
        """Raises if it cannot be reached."""


def inbox() -> Inbox | None:
    """None where messages do not leave the process."""
    if not settings.WORK_INBOX:
        return None
    made: Inbox = import_string(settings.WORK_INBOX)()
    return made


def announce() -> None:
    """There is work, once the transaction at hand is committed."""
    transaction.on_commit(_sender.wake, robust=True)


class Sender:
    """However often it is woken, one message goes out in a while."""

    def __init__(self) -> None:
        self._wanted = Event()
        self._lock = Lock()
        self._thread: Thread | None = None

    def wake(self) -> None:
        self._wanted.set()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="dispatch", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        box = inbox()
        while True:
            self._wanted.wait()
            self._wanted.clear()
            time.sleep(PAUSE_SECONDS if _send(box) else RETRY_SECONDS)


def _send(box: Inbox | None) -> bool:
    try:
        if box is None or box.waiting() < ENOUGH:
            import_string(settings.WORK_TASK).enqueue()
    except Exception as error:  # whatever it is: the work is found without it
        queue.began(error)
        return False
    else:
        queue.over()
        return True
    finally:
        connection.close()


def listen() -> None:
    """Rings for the lanes of this process when a message comes, in a thread that ends with the process."""
    if box := inbox():
        Thread(target=_listen, args=(box,), name="inbox", daemon=True).start()


def _listen(box: Inbox) -> None:
    while not stopping.asked.is_set():
        try:
            if box.take(LISTEN_SECONDS):
                bell.here.ring()
            queue.over()
        except Exception as error:  # whatever it is: the lanes look by themselves meanwhile
            queue.began(error)
            stopping.asked.wait(RETRY_SECONDS)
        finally:
            connection.close()


_sender = Sender()
