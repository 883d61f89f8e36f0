"""One message in words: causes, counts, money and links; nothing of any order or person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reconciler.alerts.figures import BURST, Figures
from reconciler.alerts.news import Item, What
from reconciler.alerts.wording import cause_title
from reconciler.models import AlertChannel, AlertRule, Measure, VtexAccount
from reconciler.templatetags.formats import money, number


@dataclass(frozen=True)
class Message:
    """`subject` is one line; `text` is whole without it."""

    subject: str
    text: str


def of_news(channel: AlertChannel, items: Sequence[Item]) -> Message:
    """All that is new for a channel, in the language at hand (the caller sets the channel's)."""
    store = channel.account
    heads = [_head(store, item) for item in items]
    count = len(items)
    several = ngettext("%(n)s alert", "%(n)s alerts", count) % {"n": number(count)}
    subject = f"{store.name}: {heads[0] if count == 1 else several}"
    parts = [f"{store.name}: {head}\n{_body(store, item)}" for head, item in zip(heads, items, strict=True)]
    return Message(subject, "\n\n".join([*parts, _quiet(channel), _link(store, "alerts")]))


def of_test(channel: AlertChannel) -> Message:
    store = channel.account
    head = _("TEST of the alerts of %(store)s") % {"store": store.name}
    text = _("TEST: this is a test message of the alerts of %(store)s. Nothing is wrong.")
    return Message(head, f"{text % {'store': store.name}}\n{_link(store, 'alerts')}")


def _head(store: VtexAccount, item: Item) -> str:
    rule = item.subscription.rule
    cause, currency = cause_title(rule.cause), rule.currency or store.currency
    now = said(rule.measure, item.measured, currency)
    if item.what is What.RECOVERED:
        text = _("%(cause)s: back to %(now)s (alert above %(limit)s)")
    elif item.what is What.WORSE:
        text = _("%(cause)s: grown to %(now)s, from %(before)s (alert above %(limit)s)")
    else:
        text = _("%(cause)s: %(now)s (alert above %(limit)s)")
    before = said(rule.measure, item.before, currency)
    return text % {"cause": cause, "now": now, "before": before, "limit": bare(store, rule)}


def said(measure: str, amount: int, currency: str = "") -> str:
    """A measured amount with what it counts."""
    if measure == Measure.VALUE:
        return _("%(money)s stuck") % {"money": money(amount, currency)}
    words = {"n": number(amount)}
    if measure == Measure.UNITS:
        return ngettext("%(n)s unit stuck", "%(n)s units stuck", amount) % words
    if measure == Measure.NEW_HOUR:
        return ngettext("%(n)s new within an hour", "%(n)s new within an hour", amount) % words
    if measure == Measure.NEW_DAY:
        return ngettext("%(n)s new within a day", "%(n)s new within a day", amount) % words
    return ngettext("%(n)s finding", "%(n)s findings", amount) % words


def bare(store: VtexAccount, rule: AlertRule) -> str:
    """A rule's limit alone."""
    if rule.measure == Measure.VALUE:
        return money(rule.limit, rule.currency or store.currency)
    return number(rule.limit)


def _body(store: VtexAccount, item: Item) -> str:
    lines = [_open(item.figures)]
    if item.incident:
        lines.append(_incident(item.figures))
    return "\n".join([*lines, _link(store, "stuck", item.subscription.rule.cause)])


def _open(figures: Figures) -> str:
    cents = [money(cents, name) for name, cents in sorted(figures.cents.items()) if cents]
    counts = [said(Measure.ROWS, figures.rows), said(Measure.UNITS, figures.units), *cents]
    return _("Open now: %(counts)s.") % {"counts": ", ".join(counts)}


def _incident(figures: Figures) -> str:
    text = _(
        "%(new)s of them came within %(minutes)s minutes: this looks like an incident, check status.vtex.com."
    )
    minutes = BURST // timedelta(minutes=1)
    return text % {"new": number(figures.new_burst), "minutes": minutes}


def _quiet(channel: AlertChannel) -> str:
    minutes = channel.quiet_minutes
    return ngettext(
        "Whatever happens, no other message comes here for %(n)s minute; then one that sums up.",
        "Whatever happens, no other message comes here for %(n)s minutes; then one that sums up.",
        minutes,
    ) % {"n": number(minutes)}


def _link(store: VtexAccount, page: str, cause: str = "") -> str:
    query = f"?cause={cause}" if cause else ""
    return f"{settings.SITE_URL}{reverse(page, kwargs={'account': store.name})}{query}"
