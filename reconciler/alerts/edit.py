"""Rules and channels, changed by an admin: each change with an entry in the store's audit trail.

Addresses, URLs and secrets never reach the trail, which forgets nothing: it holds what everybody may see.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from reconciler.alerts import sealing
from reconciler.alerts.addresses import parse
from reconciler.alerts.deliver import TEST
from reconciler.alerts.evaluate import SEND, SEND_PRIORITY, forget
from reconciler.audit import Actor
from reconciler.audit.record import record
from reconciler.models import AlertChannel, AlertRule, AlertSubscription, VtexAccount
from reconciler.work import units


@dataclass(frozen=True)
class RuleValues:
    """`limit` in findings, units or cents; `channels` are keys."""

    cause: str
    measure: str
    limit: int
    tell_recovery: bool
    channels: frozenset[int]


@dataclass(frozen=True)
class ChannelValues:
    """`addresses` for e-mail, `url` for a webhook; empty keeps what is there."""

    name: str
    language: str
    quiet_minutes: int
    addresses: tuple[str, ...] = ()
    url: str = ""


@transaction.atomic
def save_rule(
    account: VtexAccount, values: RuleValues, *, actor: Actor, rule: AlertRule | None = None
) -> AlertRule:
    """Adds a rule, or changes this one: what channels were told of it before counts no more."""
    before = _rule_said(rule) if rule else None
    kept = rule or AlertRule(account=account)
    kept.cause, kept.measure, kept.limit = values.cause, values.measure, values.limit
    kept.currency = account.currency
    kept.tell_recovery, kept.measured, kept.above_since = values.tell_recovery, 0, None
    kept.save()
    _subscribe(kept, values.channels)
    forget(account)
    action = "alert.rule_changed" if rule else "alert.rule_added"
    _record(account, actor, action, str(kept), before=before, after=_rule_said(kept))
    return kept


@transaction.atomic
def remove_rule(rule: AlertRule, *, actor: Actor) -> None:
    before = _rule_said(rule)
    _record(rule.account, actor, "alert.rule_removed", str(rule), before=before, after=None)
    rule.delete()


@transaction.atomic
def add_channel(
    account: VtexAccount, kind: str, values: ChannelValues, *, actor: Actor
) -> tuple[AlertChannel, str]:
    """The channel, and a webhook's secret, which nobody is shown again (empty for e-mail).

    Raises NotSentError for a URL that could not be used, IntegrityError when the name is taken.
    """
    secret = new_secret() if kind == AlertChannel.Kind.WEBHOOK else ""
    channel = AlertChannel(account=account, kind=kind)
    _fill(channel, values, {"secret": secret} if secret else {})
    _record(account, actor, "alert.channel_added", channel.name, before=None, after=_channel_said(channel))
    return channel, secret


@transaction.atomic
def change_channel(channel: AlertChannel, values: ChannelValues, *, actor: Actor) -> None:
    """Raises as `add_channel`, and SealBrokenError where nothing new was given for what cannot be read."""
    before = _channel_said(channel)
    given = bool(values.addresses or values.url)
    try:
        sealed = sealing.unseal(channel.sealed)
    except sealing.SealBrokenError:
        if not given or channel.kind == AlertChannel.Kind.WEBHOOK:
            raise
        sealed = {}
    _fill(channel, values, sealed)
    units.want(channel.account, SEND, [str(channel.pk)], priority=SEND_PRIORITY)
    _record(
        channel.account, actor, "alert.channel_changed", channel.name,
        before=before, after={**_channel_said(channel), "target_changed": given},
    )  # fmt: skip


@transaction.atomic
def remove_channel(channel: AlertChannel, *, actor: Actor) -> None:
    before = _channel_said(channel)
    _record(channel.account, actor, "alert.channel_removed", channel.name, before=before, after=None)
    channel.delete()


@transaction.atomic
def renew_secret(channel: AlertChannel, *, actor: Actor) -> str:
    """The new secret; the old one signs nothing any more. Raises SealBrokenError."""
    secret = new_secret()
    channel.sealed = sealing.seal({**sealing.unseal(channel.sealed), "secret": secret})
    channel.save(update_fields=["sealed"])
    _record(channel.account, actor, "alert.secret_renewed", channel.name)
    return secret


@transaction.atomic
def ask_test(channel: AlertChannel, *, actor: Actor) -> None:
    """A message marked as a test goes out as soon as a worker gets to it."""
    _record(channel.account, actor, "alert.test", channel.name)
    units.want(channel.account, SEND, [f"{channel.pk}{TEST}"], priority=SEND_PRIORITY)


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def masked(address: str) -> str:
    """ana@example.com as a***@example.com."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def _fill(channel: AlertChannel, values: ChannelValues, sealed: Mapping[str, str]) -> None:
    """What was changed may be tried at once, whatever failed before."""
    given: dict[str, str] = {}
    if values.url:
        given["url"] = values.url
        channel.shown = parse(values.url).host
    if values.addresses:
        given["addresses"] = " ".join(values.addresses)
        channel.shown = ", ".join(masked(each) for each in values.addresses)[:300]
    channel.sealed = sealing.seal({**sealed, **given})
    channel.name, channel.language = values.name, values.language
    if channel.failing_since:
        channel.failing_since, channel.tries, channel.not_before = None, 0, timezone.now()
    channel.quiet_minutes = values.quiet_minutes
    channel.save()


def _subscribe(rule: AlertRule, channels: Collection[int]) -> None:
    AlertSubscription.objects.filter(rule=rule).delete()
    mine = AlertChannel.objects.filter(account=rule.account, pk__in=channels)
    AlertSubscription.objects.bulk_create(AlertSubscription(rule=rule, channel=channel) for channel in mine)


def _rule_said(rule: AlertRule) -> dict[str, Any]:
    names = AlertChannel.objects.filter(subscriptions__rule=rule).values_list("name", flat=True)
    return {
        "cause": rule.cause or "stuck",
        "measure": rule.measure,
        "limit": rule.limit,
        "tell_recovery": rule.tell_recovery,
        "channels": sorted(names),
    }


def _channel_said(channel: AlertChannel) -> dict[str, Any]:
    return {
        "kind": channel.kind,
        "name": channel.name,
        "to": channel.shown,
        "language": channel.language,
        "quiet_minutes": channel.quiet_minutes,
    }


def _record(
    account: VtexAccount,
    actor: Actor,
    action: str,
    subject: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    record(account=account.name, actor=actor, action=action, subject=subject, before=before, after=after)
