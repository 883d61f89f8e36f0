"""What a channel has still to be told: decided by what it was told last, not by what happened meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from reconciler.alerts.figures import Counted, Figures
from reconciler.models import AlertChannel, AlertSubscription

WORSE = 2
"""Told again, after the quiet period, when it has grown to so many times what was told."""


class What(StrEnum):
    ABOVE = "above"
    WORSE = "worse"
    RECOVERED = "recovered"


@dataclass(frozen=True)
class Item:
    """One alert of a message. `before` is what was told last."""

    subscription: AlertSubscription
    what: What
    measured: int
    before: int
    figures: Figures
    incident: bool


def what_of(told: AlertSubscription) -> What | None:
    """None: the channel knows."""
    rule = told.rule
    if rule.above_since is None:
        return What.RECOVERED if told.told_at and rule.tell_recovery else None
    if told.told_at is None or told.told_at < rule.above_since:
        return What.ABOVE
    if rule.measured >= WORSE * max(told.told_measure or 0, 1):
        return What.WORSE
    return None


def untold(subscriptions: Iterable[AlertSubscription]) -> set[int]:
    """The channels, by their key, that have something to be told."""
    return {told.channel_id for told in subscriptions if what_of(told)}


def items_of(channel: AlertChannel, counted: Counted) -> list[Item]:
    """What goes into one message, with figures of this moment."""
    found = AlertSubscription.objects.filter(channel=channel).select_related("rule").order_by("rule")
    items = []
    for told in found:
        if what := what_of(told):
            figures = counted.of(told.rule.cause)
            currency = told.rule.currency or channel.account.currency
            measured = figures.measured(told.rule.measure, currency)
            incident = what is not What.RECOVERED and counted.incident(told.rule.cause)
            items.append(Item(told, what, measured, told.told_measure or 0, figures, incident))
    return items


def message_id(channel: AlertChannel, items: Iterable[Item]) -> UUID:
    """The same for the same news, so that whoever gets a message twice can see it."""
    said = [f"{item.subscription.pk} {item.what} {item.subscription.rule.above_since}" for item in items]
    told = [f"{item.subscription.told_at}" for item in items]
    return uuid5(NAMESPACE_URL, "\n".join([f"alerts {channel.pk}", *said, *told]))
