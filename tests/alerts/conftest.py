"""A store with alerts: a receiver on a real socket, a mail server, and findings by the thousand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from reconciler.alerts import edit
from reconciler.alerts.edit import ChannelValues, RuleValues
from reconciler.alerts.evaluate import evaluate
from reconciler.audit import Actor
from reconciler.handlers import HANDLERS
from reconciler.models import AlertChannel, AlertRule, Cause, Finding, Measure, ValueKind, VtexAccount
from reconciler.work.pump import Pump
from tests import factories
from tests.alerts.receivers import Mailbox, Receiver, mail_server, receiving

MERCHANT = Actor(name="merchant", role="admin")
STAFF = "ana.staff@example.com"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        yield found


@pytest.fixture
def shop(db: None, settings: Any) -> VtexAccount:
    """Messages go out at once here; what gathers says so itself."""
    settings.ALERT_GATHER_SECONDS = 0
    store = factories.account("luxstore")
    VtexAccount.objects.filter(pk=store.pk).update(created_at=timezone.now() - timedelta(days=30))
    return VtexAccount.objects.get(pk=store.pk)


def webhook(store: VtexAccount, url: str, name: str = "chat", **values: Any) -> AlertChannel:
    given = {"name": name, "language": "en", "quiet_minutes": 60, "url": url, **values}
    return edit.add_channel(store, "webhook", ChannelValues(**given), actor=MERCHANT)[0]


def email(store: VtexAccount, *addresses: str, name: str = "staff", **values: Any) -> AlertChannel:
    given = {
        "name": name,
        "language": "en",
        "quiet_minutes": 60,
        "addresses": addresses or (STAFF,),
        **values,
    }
    return edit.add_channel(store, "email", ChannelValues(**given), actor=MERCHANT)[0]


def rule(
    store: VtexAccount, *channels: AlertChannel, cause: str = Cause.HANDLING_SKIPPED,
    measure: str = Measure.NEW_HOUR, limit: int = 100, tell_recovery: bool = True,
) -> AlertRule:  # fmt: skip
    keys = frozenset(channel.pk for channel in channels)
    return edit.save_rule(store, RuleValues(cause, measure, limit, tell_recovery, keys), actor=MERCHANT)


def open_findings(
    store: VtexAccount, count: int, cause: Cause = Cause.HANDLING_SKIPPED, **fields: Any
) -> list[Finding]:
    """Confirmed just now, two units and 199.80 each."""
    now, first = timezone.now(), Finding.objects.count()
    given: dict[str, Any] = {
        "account": store, "cause": cause, "balance": factories.balance(store), "remedy": "cancel_reservation",
        "since": now - timedelta(days=2), "due_at": now - timedelta(hours=12), "facts_read_at": now,
        "confirmed_at": now, "units": 2, "value_cents": 19980, "currency": store.currency,
        "value_kind": ValueKind.HELD, "opened_at": now, "updated_at": now, **fields,
    }  # fmt: skip
    rows = [Finding(subject=f"00-v{first + number}lux-01", **given) for number in range(count)]
    return Finding.objects.bulk_create(rows, batch_size=500)


def close(findings: list[Finding]) -> None:
    now = timezone.now()
    keys = [finding.pk for finding in findings]
    for start in range(0, len(keys), 500):
        rows = Finding.objects.filter(pk__in=keys[start : start + 500])
        rows.update(closed_at=now, updated_at=now)


def look(store: VtexAccount, now: datetime | None = None) -> None:
    """What the worker does every half minute, and all that this brings forth."""
    evaluate(store, now or timezone.now())
    Pump(HANDLERS).run_until_idle(store)
