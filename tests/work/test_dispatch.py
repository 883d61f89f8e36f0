"""After a wish is committed, one message goes out; whatever happens to it, the wish stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Event, current_thread
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from reconciler.models import VtexAccount, WorkUnit
from reconciler.work import dispatch, stopping, tasks, units
from reconciler.work.embedded import EmbeddedBackend
from reconciler.work.handlers import Handler, by_kind
from reconciler.work.pump import Pump
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
HANDLERS: Any = {}


class Box:
    """A queue that counts what was sent, and fails on demand."""

    sent = 0
    broken = False
    full = False

    def waiting(self) -> int:
        if Box.broken:
            raise ConnectionError("nobody there")
        return dispatch.ENOUGH if Box.full else 0


class Message:
    @staticmethod
    def enqueue() -> None:
        """Counts what this test's sender sends; that of an earlier test may still have one to send."""
        Box.sent += current_thread() is dispatch._sender._thread


@pytest.fixture
def account() -> VtexAccount:
    return factories.account("luxstore")


@pytest.fixture
def box(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[Box]:
    settings.WORK_INBOX = "tests.work.test_dispatch.Box"
    settings.WORK_TASK = "tests.work.test_dispatch.Message"
    Box.sent, Box.broken, Box.full = 0, False, False
    monkeypatch.setattr(dispatch, "_sender", dispatch.Sender())
    monkeypatch.setattr(dispatch, "RETRY_SECONDS", 0.05)
    return Box


def until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def test_an_idle_lane_of_the_same_process_hears_of_work_at_once(account: VtexAccount, settings: Any) -> None:
    settings.WORK_POLL_SECONDS = 60
    done = Event()
    pump = Pump(by_kind([Handler("order", 5, lambda store, batch: done.set())]), lanes=1)
    pump.start()
    try:
        assert not done.wait(1)
        units.want(account, "order", ["a"], priority=0)
        assert done.wait(20)
    finally:
        pump.stop()


def test_a_wish_that_is_taken_back_sends_nothing(account: VtexAccount, box: type[Box]) -> None:
    with transaction.atomic():
        units.want(account, "order", ["a"], priority=0)
        transaction.set_rollback(True)
    units.want(account, "order", ["later"], priority=0, run_after=timezone.now() + timedelta(hours=1))
    assert not until(lambda: box.sent > 0, seconds=0.5)


def test_many_wishes_send_few_messages(
    account: VtexAccount, box: type[Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "PAUSE_SECONDS", 1.0)
    for number in range(30):
        units.want(account, "order", [str(number)], priority=0)
    assert until(lambda: box.sent >= 1)
    assert box.sent < 30


def test_no_message_is_added_where_enough_wait(account: VtexAccount, box: type[Box]) -> None:
    box.full = True
    units.want(account, "order", ["a"], priority=0)
    assert not until(lambda: box.sent > 0, seconds=0.5)


def test_a_queue_that_fails_changes_nothing_for_who_asks(account: VtexAccount, box: type[Box]) -> None:
    box.broken = True
    with transaction.atomic():
        units.want(account, "order", ["a"], priority=0)
    assert WorkUnit.objects.get().key == "a"
    time.sleep(0.2)
    box.broken = False
    units.want(account, "order", ["b"], priority=0)
    assert until(lambda: box.sent == 1), "the next one goes out"


def test_a_message_does_what_is_ready_and_the_rest_by_another(
    account: VtexAccount, settings: Any, box: type[Box], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    def slowly(store: VtexAccount, batch: list[WorkUnit]) -> None:
        begun.append(batch[0].key)
        stopping.asked.wait(20)

    settings.WORK_HANDLERS = "tests.work.test_dispatch.HANDLERS"
    settings.WORK_LANES, settings.WORK_TASK_SECONDS = 1, 0.5
    monkeypatch.setattr("tests.work.test_dispatch.HANDLERS", by_kind([Handler("order", 1, slowly)]))
    units.want(account, "order", ["a", "b"], priority=0)
    sent: list[object] = []
    monkeypatch.setattr(EmbeddedBackend, "enqueue", lambda self, *message: sent.append(message))
    tasks.there_is_work.call()
    assert len(begun) == 1
    assert WorkUnit.objects.count() == 1
    assert len(sent) == 1
    assert not stopping.asked.is_set()
