"""However much happens, a channel gets one message, and no more until its quiet period is over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.alerts.evaluate import evaluate
from reconciler.models import AlertDelivery, AuditEntry, Cause, Measure, VtexAccount
from tests.alerts.conftest import close, email, look, open_findings, rule, webhook
from tests.alerts.receivers import Mailbox, Receiver

pytestmark = pytest.mark.django_db(transaction=True)
STORM, WAVES = 10_000, 20


def test_ten_thousand_findings_within_a_minute_are_one_message_a_channel(
    transactional_db: None, shop: VtexAccount, receiver: Receiver, mailbox: Mailbox, settings: Any
) -> None:
    """The worker looks after each wave; three rules tell both channels."""
    settings.ALERT_GATHER_SECONDS = 60
    chat, staff = webhook(shop, receiver.url), email(shop)
    rule(shop, chat, staff)
    rule(shop, chat, staff, measure=Measure.UNITS, limit=500)
    rule(shop, chat, staff, cause="", measure=Measure.VALUE, limit=1_000_00)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(WAVES):
            open_findings(shop, STORM // WAVES)
            look(shop)
            clock.shift(timedelta(seconds=60 // WAVES))
        for _ in range(58):
            clock.shift(timedelta(minutes=1))
            look(shop)
    assert (len(receiver.posts), len(mailbox.mails)) == (1, 1)
    for said in (receiver.posts[0].text, mailbox.mails[0]):
        assert "10,000 new within an hour (alert above 100)" in said
        assert "20,000 units stuck (alert above 500)" in said
        assert "R$" in said
        assert "this looks like an incident, check status.vtex.com" in said.replace("=\n", "")
    assert list(AlertDelivery.objects.values_list("alerts", "result")) == [(3, "delivered")] * 2
    assert AuditEntry.objects.filter(action="alert.sent", outcome="verified").count() == 2


def test_what_grew_in_the_quiet_period_is_told_once_after_it(
    transactional_db: None, shop: VtexAccount, receiver: Receiver
) -> None:
    rule(shop, webhook(shop, receiver.url, quiet_minutes=30), measure=Measure.ROWS)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(5):
            open_findings(shop, 150)
            look(shop)
            clock.shift(timedelta(minutes=5))
        assert len(receiver.posts) == 1
        for _ in range(20):
            clock.shift(timedelta(minutes=5))
            look(shop)
    assert len(receiver.posts) == 2
    assert "grown to 750 findings, from 150 findings (alert above 100)" in receiver.posts[1].text


def test_what_stays_as_it_is_is_told_once(
    transactional_db: None, shop: VtexAccount, receiver: Receiver
) -> None:
    rule(shop, webhook(shop, receiver.url), measure=Measure.ROWS)
    open_findings(shop, 150)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(30):
            look(shop)
            open_findings(shop, 1)
            clock.shift(timedelta(hours=1))
    assert len(receiver.posts) == 1


@pytest.mark.parametrize("tell", [True, False])
def test_that_it_is_over_is_told_where_the_rule_says_so(
    transactional_db: None, shop: VtexAccount, receiver: Receiver, tell: bool
) -> None:
    chat = webhook(shop, receiver.url)
    rule(shop, chat, measure=Measure.ROWS, limit=0, tell_recovery=tell)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        found = open_findings(shop, 3)
        look(shop)
        clock.shift(timedelta(minutes=5))
        close(found)
        look(shop)
        assert len(receiver.posts) == 1, "the quiet period holds for good news, too"
        clock.shift(timedelta(hours=2))
        look(shop)
        assert len(receiver.posts) == 1 + tell
        if tell:
            assert "back to 0 findings (alert above 0)" in receiver.posts[1].text
        clock.shift(timedelta(hours=2))
        open_findings(shop, 1)
        look(shop)
    assert "1 finding (alert above 0)" in receiver.posts[-1].text
    assert len(receiver.posts) == 2 + tell


def test_what_began_and_ended_while_a_burst_gathered_is_not_told(
    transactional_db: None, shop: VtexAccount, receiver: Receiver, settings: Any
) -> None:
    settings.ALERT_GATHER_SECONDS = 60
    rule(shop, webhook(shop, receiver.url), measure=Measure.ROWS, limit=0)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        found = open_findings(shop, 3)
        look(shop)
        clock.shift(timedelta(seconds=30))
        close(found)
        look(shop)
        clock.shift(timedelta(minutes=5))
        look(shop)
    assert receiver.posts == []


def test_what_is_not_confirmed_or_could_not_be_told_alerts_nobody(
    transactional_db: None, shop: VtexAccount, receiver: Receiver
) -> None:
    rule(shop, webhook(shop, receiver.url), cause="", measure=Measure.ROWS, limit=0)
    open_findings(shop, 5, confirmed_at=None)
    open_findings(shop, 5, Cause.COULD_NOT_TELL, confirmed_at=None)
    open_findings(shop, 5, Cause.BALANCE_MISMATCH)
    look(shop)
    assert receiver.posts == []


def test_growth_counts_what_is_new_and_lets_go_when_time_has_passed(
    transactional_db: None, shop: VtexAccount, receiver: Receiver
) -> None:
    kept = rule(shop, webhook(shop, receiver.url), measure=Measure.NEW_HOUR, limit=10)
    open_findings(shop, 500, confirmed_at=timezone.now() - timedelta(hours=3))
    open_findings(shop, 10)
    look(shop)
    assert receiver.posts == []
    open_findings(shop, 1)
    look(shop)
    assert "11 new within an hour" in receiver.posts[0].text
    assert "incident" not in receiver.posts[0].text
    evaluate(shop, timezone.now() + timedelta(hours=2))
    kept.refresh_from_db()
    assert (kept.measured, kept.above_since) == (0, None)


def test_the_first_sweep_of_a_new_store_is_no_incident(
    transactional_db: None, shop: VtexAccount, receiver: Receiver
) -> None:
    VtexAccount.objects.update(created_at=timezone.now() - timedelta(hours=2))
    rule(shop, webhook(shop, receiver.url), limit=10)
    open_findings(shop, 500)
    look(VtexAccount.objects.get())
    assert "500 new within an hour" in receiver.posts[0].text
    assert "incident" not in receiver.posts[0].text


def test_a_look_at_unchanged_findings_counts_nothing(transactional_db: None, shop: VtexAccount) -> None:
    rule(shop, measure=Measure.ROWS, limit=0)
    open_findings(shop, 3, updated_at=timezone.now() - timedelta(minutes=10))
    assert evaluate(shop, timezone.now())
    with CaptureQueriesContext(connection) as asked:
        assert not evaluate(shop, timezone.now())
    assert len(asked) == 3


@pytest.mark.sqlite
def test_the_count_is_taken_from_the_index_alone(transactional_db: None, shop: VtexAccount) -> None:
    from reconciler.alerts.figures import Counted

    with CaptureQueriesContext(connection) as asked:
        Counted(shop, timezone.now())
    (query,) = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "USING COVERING INDEX finding_tally" in plan
