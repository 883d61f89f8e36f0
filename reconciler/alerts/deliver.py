"""Hands one channel's message over, and remembers how that went. A failure waits longer each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone, translation

from reconciler.alerts import mail, message, sealing, webhook
from reconciler.alerts.figures import Counted
from reconciler.alerts.message import Message
from reconciler.alerts.news import Item, What, items_of, message_id
from reconciler.alerts.results import NotSentError, Result
from reconciler.audit.actor import SYSTEM
from reconciler.audit.record import record
from reconciler.models import AlertChannel, AlertDelivery, AlertSubscription, Outcome, VtexAccount, WorkUnit
from reconciler.work.batch import wait
from reconciler.work.handlers import PutBack

KEPT = 50
"""Deliveries remembered of each channel; the audit trail keeps what was sent for good."""
TEST = "/test"
"""End of the key of a unit that asks for a test."""


def deliver(account: VtexAccount, batch: list[WorkUnit]) -> None:
    """Sends what these channels have still to be told, or a test. Raises PutBack for what has to wait."""
    for unit in batch:
        found = AlertChannel.objects.filter(account=account, pk=unit.key.removesuffix(TEST))
        channel = found.select_related("account").first()
        if channel is None:
            continue
        with translation.override(channel.language), timezone.override(account.time_zone):
            if unit.key.endswith(TEST):
                _test(channel)
            else:
                _tell(channel, timezone.now())


def _tell(channel: AlertChannel, now: datetime) -> None:
    items = items_of(channel, Counted(channel.account, now))
    if not items:
        return
    if channel.not_before and channel.not_before > now:
        raise PutBack(channel.not_before - now)
    known = message_id(channel, items)
    error = _hand_over(channel, message.of_news(channel, items), known)
    with transaction.atomic():
        _remember(channel, AlertDelivery.Kind.ALERT, known, error, len(items))
        if error is None:
            _told(channel, items, now)
            return
        after = _failed(channel, error, now)
    raise PutBack(after, error.result.value) from error


def _test(channel: AlertChannel) -> None:
    """Tried once: whoever pressed the button is looking. It leaves quiet and failures as they are."""
    known = uuid4()
    error = _hand_over(channel, message.of_test(channel), known)
    with transaction.atomic():
        _remember(channel, AlertDelivery.Kind.TEST, known, error, 0)


def _hand_over(channel: AlertChannel, what: Message, known: UUID) -> NotSentError | None:
    try:
        where = sealing.unseal(channel.sealed)
        if channel.kind == AlertChannel.Kind.WEBHOOK:
            webhook.send(where["url"], where["secret"], what, known)
        else:
            mail.send(where["addresses"].split(), what, known)
    except sealing.SealBrokenError:
        return NotSentError(Result.SEAL_BROKEN)
    except NotSentError as error:
        return error
    return None


def _remember(channel: AlertChannel, kind: str, known: UUID, error: NotSentError | None, alerts: int) -> None:
    """A row for the page; in the audit trail each message, each test, and the first failure of several."""
    result = error.result if error else Result.DELIVERED
    AlertDelivery.objects.create(
        channel=channel,
        kind=kind,
        at=timezone.now(),
        message_id=known,
        result=result,
        status=error.status if error else None,
        alerts=alerts,
    )
    kept = channel.deliveries.order_by("-id").values_list("id", flat=True)[KEPT : KEPT + 1].first()
    if kept:
        channel.deliveries.filter(id__lte=kept).delete()
    if error and kind == AlertDelivery.Kind.ALERT and channel.tries:
        return
    record(
        account=channel.account.name,
        actor=SYSTEM,
        action="alert.sent" if kind == AlertDelivery.Kind.ALERT else "alert.tested",
        subject=channel.name,
        outcome=Outcome.FAILED if error else Outcome.VERIFIED,
        sent={"message_id": str(known), "to": channel.shown, "alerts": alerts},
        answer={"result": result.value, "status": error.status if error else None},
    )


def _told(channel: AlertChannel, items: Sequence[Item], now: datetime) -> None:
    """The quiet period begins. Only what was said is told: a rule that went above meanwhile stays news."""
    for item in items:
        told = AlertSubscription.objects.filter(pk=item.subscription.pk)
        if item.what is What.RECOVERED:
            told.update(told_at=None, told_measure=None)
        else:
            told.update(told_at=now, told_measure=item.measured)
    quiet = now + timedelta(minutes=channel.quiet_minutes)
    rows = AlertChannel.objects.filter(pk=channel.pk)
    rows.update(not_before=quiet, failing_since=None, tries=0)


def _failed(channel: AlertChannel, error: NotSentError, now: datetime) -> timedelta:
    after = wait(channel.tries + 1)
    AlertChannel.objects.filter(pk=channel.pk).update(
        tries=channel.tries + 1, failing_since=channel.failing_since or now, not_before=now + after
    )
    return after
