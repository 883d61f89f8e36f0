"""One look at a store: which rules are above their limit, and which channels have to hear of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from reconciler.alerts.figures import Counted
from reconciler.alerts.news import untold
from reconciler.models import (
    AlertChannel,
    AlertRule,
    AlertSubscription,
    AlertWatch,
    Finding,
    Measure,
    VtexAccount,
)
from reconciler.work import units

SEND = "alert_send"
SEND_PRIORITY = 2
LATE = timedelta(minutes=1)
"""A change that took long to commit carries an older stamp than one seen before: no longer than this."""


def evaluate(account: VtexAccount, now: datetime) -> bool:
    """Measures each rule and asks for messages; False when nothing can have changed since the last look."""
    rules = list(AlertRule.objects.filter(account=account))
    stamp = _newest_change(account)
    if not rules or not _changed(account, rules, stamp):
        return False
    counted = Counted(account, now)
    with transaction.atomic():
        for rule in rules:
            _measure(
                rule, counted.of(rule.cause).measured(rule.measure, rule.currency or account.currency), now
            )
        _want_messages(account, now)
        seen_at, seen_id = stamp if stamp and _same_rules(account, rules) else (None, None)
        values = {"checked_at": now, "seen_at": seen_at, "seen_id": seen_id}
        AlertWatch.objects.update_or_create(account=account, defaults=values)
    return True


def _same_rules(account: VtexAccount, rules: list[AlertRule]) -> bool:
    """Whether nobody saved a rule since: what `forget` said meanwhile must not be lost."""
    now = AlertRule.objects.filter(account=account).values_list("pk", "cause", "measure", "limit")
    return {(each.pk, each.cause, each.measure, each.limit) for each in rules} == set(now)


def forget(account: VtexAccount) -> None:
    """The next look counts, whatever changed: a rule did."""
    AlertWatch.objects.filter(account=account).update(seen_at=None, seen_id=None)


def _newest_change(account: VtexAccount) -> tuple[datetime, int] | None:
    rows = Finding.objects.filter(account=account).order_by("-updated_at", "-id")
    return rows.values_list("updated_at", "pk").first()


def _changed(account: VtexAccount, rules: list[AlertRule], stamp: tuple[datetime, int] | None) -> bool:
    """Time alone only makes what is new less: that matters where growth was told."""
    watch = AlertWatch.objects.filter(account=account).first()
    if watch is None or (watch.seen_at, watch.seen_id) != (stamp or (None, None)):
        return True
    if watch.seen_at and watch.checked_at - watch.seen_at < LATE:
        return True
    growth = (Measure.NEW_HOUR, Measure.NEW_DAY)
    return any(rule.measured and rule.measure in growth for rule in rules)


def _measure(rule: AlertRule, measured: int, now: datetime) -> None:
    """Leaves a rule alone that somebody changed meanwhile: the next look measures the new one."""
    above_since = (rule.above_since or now) if measured > rule.limit else None
    if (measured, above_since) == (rule.measured, rule.above_since):
        return
    same = AlertRule.objects.filter(pk=rule.pk, cause=rule.cause, measure=rule.measure, limit=rule.limit)
    same.update(measured=measured, above_since=above_since)


def _want_messages(account: VtexAccount, now: datetime) -> None:
    """Not at once: a burst gathers first. And not before the channel's quiet period, or its pause after a
    failure, is over.
    """
    gathered = now + timedelta(seconds=settings.ALERT_GATHER_SECONDS)
    told = AlertSubscription.objects.filter(rule__account=account).select_related("rule")
    for channel in AlertChannel.objects.filter(pk__in=untold(told)):
        due = max(gathered, channel.not_before or gathered)
        units.want(account, SEND, [str(channel.pk)], priority=SEND_PRIORITY, run_after=due)
