"""The alerts of a store: rules and how they stand, channels and how the last messages fared."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reconciler.alerts import results
from reconciler.alerts.deliver import TEST
from reconciler.alerts.evaluate import SEND
from reconciler.alerts.message import bare, said
from reconciler.alerts.wording import cause_title
from reconciler.models import (
    AlertChannel,
    AlertDelivery,
    AlertRule,
    AlertWatch,
    Role,
    VtexAccount,
    WorkUnit,
)
from reconciler.views.access import StoreRequest, store_view

SHOWN = 20
CONSOLE = "django.core.mail.backends.console.EmailBackend"


@dataclass(frozen=True)
class RuleRow:
    rule: AlertRule
    cause: str
    limit: str
    now: str
    channels: list[str]


@dataclass(frozen=True)
class ChannelRow:
    """`waiting`: a test or a message is on its way. `quiet`: no message before that time, and none failed."""

    channel: AlertChannel
    last: AlertDelivery | None
    result: str
    waiting: bool
    quiet: bool


@store_view()
@require_safe
def alerts(request: StoreRequest, account: str) -> HttpResponse:
    store = request.store
    channels = list(store.alert_channels.all())
    context = {
        "account": store,
        "rules": _rules(store),
        "channels": _channels(store, channels),
        "deliveries": _deliveries(store),
        "checked_at": AlertWatch.objects.filter(account=store).values_list("checked_at", flat=True).first(),
        "may_change": Role.ADMIN in request.roles,
        "mail_goes_nowhere": settings.EMAIL_BACKEND == CONSOLE
        and any(each.kind == AlertChannel.Kind.EMAIL for each in channels),
    }
    return render(request, "reconciler/alerts/page.html", context)


def _rules(store: VtexAccount) -> list[RuleRow]:
    names = Prefetch("channels", AlertChannel.objects.only("name"))
    return [
        RuleRow(
            rule=rule,
            cause=cause_title(rule.cause),
            limit=bare(store, rule),
            now=said(rule.measure, rule.measured, rule.currency or store.currency),
            channels=[channel.name for channel in rule.channels.all()],
        )
        for rule in store.alert_rules.prefetch_related(names)
    ]


def _channels(store: VtexAccount, channels: list[AlertChannel]) -> list[ChannelRow]:
    now = timezone.now()
    newest = AlertDelivery.objects.filter(channel__account=store).order_by("channel", "-id")
    latest: dict[int, AlertDelivery] = {}
    for delivery in newest:
        latest.setdefault(delivery.channel_id, delivery)
    units = WorkUnit.objects.filter(account=store, kind=SEND, run_after__lte=now) | WorkUnit.objects.filter(
        account=store, kind=SEND, lease_until__isnull=False
    )
    waiting = {key.removesuffix(TEST) for key in units.values_list("key", flat=True)}
    return [
        ChannelRow(
            channel=channel,
            last=latest.get(channel.pk),
            result=results.words(latest[channel.pk].result) if channel.pk in latest else "",
            waiting=str(channel.pk) in waiting,
            quiet=bool(channel.not_before and channel.not_before > now and not channel.failing_since),
        )
        for channel in channels
    ]


def _deliveries(store: VtexAccount) -> list[tuple[AlertDelivery, str]]:
    found = AlertDelivery.objects.filter(channel__account=store).select_related("channel").order_by("-id")
    return [(delivery, results.words(delivery.result)) for delivery in found[:SHOWN]]
