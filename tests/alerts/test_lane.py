"""Whoever does not answer keeps nothing waiting: neither the mirror's work nor other channels for long."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.utils import timezone

from reconciler.alerts import webhook as hook
from reconciler.alerts.evaluate import SEND, evaluate
from reconciler.handlers import HANDLERS
from reconciler.models import AlertChannel, AlertDelivery, Measure, VtexAccount, WorkUnit
from reconciler.work import units
from reconciler.work.handlers import Handler, by_kind, shared
from reconciler.work.pump import Pump
from tests.alerts.conftest import email, look, open_findings, rule, webhook
from tests.alerts.receivers import Mailbox, Receiver, answering

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20.0


def until(true: Callable[[], bool]) -> bool:
    waiting = Event()
    return any(true() or waiting.wait(0.05) for _ in range(int(PATIENCE / 0.05)))


@pytest.mark.parametrize("lanes", [1, 4])
def test_receivers_that_never_answer_delay_no_other_work(
    transactional_db: None, shop: VtexAccount, lanes: int
) -> None:
    """Ten of them, more than there are lanes; one still hangs when all other work is done."""
    asked, let_go, done = Event(), Event(), []

    def hang(plug: socket.socket) -> None:
        asked.set()
        let_go.wait(PATIENCE)

    with answering(hang) as url:
        rule(shop, *[webhook(shop, url, f"dead {n}") for n in range(10)], measure=Measure.ROWS, limit=0)
        open_findings(shop, 3)
        evaluate(shop, timezone.now())
        others = Handler("order", 1, lambda store, batch: done.append(batch[0].key))
        pump = Pump(by_kind([others, HANDLERS[SEND]]), lanes=lanes)
        pump.start()
        assert asked.wait(PATIENCE)
        units.want(shop, "order", [str(number) for number in range(50)], priority=4)
        pump.nudge()
        assert until(lambda: len(done) == 50)
        assert not AlertDelivery.objects.exists(), "the first of them has not even been given up"
        assert WorkUnit.objects.filter(kind=SEND, lease_until__isnull=False).count() == 1
        let_go.set()
        pump.stop()


def test_a_dead_webhook_leaves_mail_and_other_webhooks_their_messages(
    transactional_db: None, shop: VtexAccount, receiver: Receiver, mailbox: Mailbox, monkeypatch: Any
) -> None:
    monkeypatch.setattr(hook, "TOTAL_SECONDS", 0.5)
    with answering(lambda plug: Event().wait(PATIENCE) and None) as url:
        dead = webhook(shop, url, "a dead one, first in line")
        rule(shop, dead, webhook(shop, receiver.url), email(shop), measure=Measure.ROWS, limit=0)
        open_findings(shop, 3)
        evaluate(shop, timezone.now())
        pump = Pump(HANDLERS, lanes=1)
        pump.start()
        assert until(lambda: len(receiver.posts) == 1 and len(mailbox.mails) == 1)
        assert until(lambda: dead.deliveries.exists())
        pump.stop()
    assert {each.result for each in dead.deliveries.all()} == {"timed_out"}


def test_a_queues_own_process_leaves_messages_to_the_worker(shop: VtexAccount) -> None:
    assert SEND in HANDLERS
    assert SEND not in shared(HANDLERS)


def test_a_failure_waits_longer_each_time_and_is_tried_until_it_works(
    transactional_db: None, shop: VtexAccount, receiver: Receiver
) -> None:
    receiver.status = 503
    chat = webhook(shop, receiver.url)
    rule(shop, chat, measure=Measure.ROWS, limit=0)
    open_findings(shop, 3)
    pauses = []
    for _ in range(4):
        look(shop)
        chat.refresh_from_db()
        assert chat.not_before
        pauses.append(chat.not_before - timezone.now())
        _due_now(chat)
    assert len(receiver.posts) == 4
    assert pauses == sorted(pauses)
    assert pauses[-1] > timedelta(seconds=30)
    assert (chat.tries, bool(chat.failing_since)) == (4, True)
    assert len({post.headers["X-Inventory-Admin-Delivery"] for post in receiver.posts}) == 1
    receiver.status = 200
    look(shop)
    chat.refresh_from_db()
    assert (chat.tries, chat.failing_since) == (0, None)
    assert list(chat.deliveries.order_by("id").values_list("result", "status")) == [
        *[("status", 503)] * 4,
        ("delivered", None),
    ]


def test_looking_again_does_not_shorten_the_pause_after_a_failure(
    transactional_db: None, shop: VtexAccount, receiver: Receiver
) -> None:
    receiver.status = 500
    chat = webhook(shop, receiver.url)
    rule(shop, chat, measure=Measure.ROWS, limit=0)
    open_findings(shop, 3)
    look(shop)
    AlertChannel.objects.filter(pk=chat.pk).update(not_before=timezone.now() + timedelta(minutes=20))
    WorkUnit.objects.filter(kind=SEND).update(run_after=timezone.now() + timedelta(minutes=20))
    for _ in range(5):
        open_findings(shop, 10)
        look(shop)
    assert len(receiver.posts) == 1


def _due_now(chat: AlertChannel) -> None:
    AlertChannel.objects.filter(pk=chat.pk).update(not_before=timezone.now())
    WorkUnit.objects.filter(kind=SEND).update(run_after=timezone.now())
