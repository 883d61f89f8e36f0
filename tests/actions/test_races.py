"""Two at once on the same attempt, as PostgreSQL lets them meet: what was closed is not sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

import pytest
from django.db import connection, transaction

from reconciler.actions import ActionRefused, outcomes, releasing
from reconciler.audit import Actor
from reconciler.models import Attempt, Claim, Outcome, Role, State
from tests import factories

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

T = TypeVar("T")


def on_its_own(work: Callable[[], T]) -> T:
    """A thread has a connection of its own, and closes it."""
    try:
        return work()
    finally:
        connection.close()


def until_somebody_waits() -> None:
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)


def test_two_approvers_at_once_release_an_attempt_once() -> None:
    store = factories.account()
    approver = factories.user("merchant", Role.APPROVER, store=store)
    actor = Actor(name="merchant", user_id=approver.pk)
    attempt = factories.attempt(store, outcome=Outcome.UNKNOWN)
    Claim.objects.create(attempt=attempt, account=store, resource="lock:1", claimed_at=attempt.created_at)
    held = Event()

    def first() -> None:
        with transaction.atomic():
            releasing.release(Attempt.objects.get(pk=attempt.pk), actor=actor, reason="looked in VTEX")
            held.set()
            until_somebody_waits()

    def second() -> None:
        held.wait(30)
        with pytest.raises(ActionRefused, match="nothing_to_release"):
            releasing.release(Attempt.objects.get(pk=attempt.pk), actor=actor, reason="me too, please")

    with ThreadPoolExecutor(2) as pool:
        for waiting in [pool.submit(on_its_own, work) for work in (first, second)]:
            waiting.result(30)
    attempt.refresh_from_db()
    assert attempt.released_reason == "looked in VTEX"


def test_an_attempt_that_is_just_being_closed_is_not_marked_as_sent() -> None:
    """The update waits for the row of the closing transaction, and must look at it anew."""
    attempt = factories.attempt(
        factories.account(), state=State.REQUESTED, outcome="", finished_at=None, material={}, before={}
    )
    closed = Event()

    def close() -> None:
        with transaction.atomic():
            outcomes.finish(Attempt.objects.get(pk=attempt.pk), Outcome.NOT_SENT, only=outcomes.NOT_STARTED)
            closed.set()
            until_somebody_waits()

    def mark() -> bool:
        closed.wait(30)
        return outcomes.mark_sending(Attempt.objects.get(pk=attempt.pk), {})

    with ThreadPoolExecutor(2) as pool:
        closing = pool.submit(on_its_own, close)
        marking = pool.submit(on_its_own, mark)
        closing.result(30)
        assert marking.result(30) is False
    attempt.refresh_from_db()
    assert (attempt.state, attempt.send_started_at) == (State.DONE, None)
