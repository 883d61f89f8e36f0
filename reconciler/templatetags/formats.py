"""How numbers, money and times are written: in the reader's language, the store's currency and zone."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.utils import dateformat, timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reconciler.models import VtexAccount

register = template.Library()

SYMBOLS = {"BRL": "R$", "USD": "US$", "EUR": "€", "GBP": "£", "ARS": "AR$", "CLP": "CLP$", "COP": "COP$",
           "MXN": "MX$", "PEN": "S/", "UYU": "$U", "PYG": "₲"}  # fmt: skip
WHOLE = {"CLP", "PYG", "JPY", "KRW"}
NARROW_SPACE, SPACE = "\u202f", "\u00a0"


@register.filter
def number(value: int | None) -> str:
    """With the thousands of the reader's language; a dash for none; a real minus sign."""
    if value is None:
        return "–"
    return number_format(value, use_l10n=True, force_grouping=True).replace("-", "−")


@register.filter
def signed(value: int) -> str:
    """A difference: with its sign, plus included."""
    return f"+{number(value)}" if value > 0 else number(value)


@register.filter
def money(cents: int | None, currency: str = "") -> str:
    """Cents as VTEX gives them, in the currency of the store; without one, a bare amount."""
    if cents is None:
        return "–"
    digits = 0 if currency in WHOLE else 2
    amount = number_format(abs(cents) / 100, decimal_pos=digits, use_l10n=True, force_grouping=True)
    unit = SYMBOLS.get(currency, currency)
    return f"{'−' if cents < 0 else ''}{unit}{SPACE if unit else ''}{amount}"


@register.simple_tag(takes_context=True)
def when(context: template.Context, value: datetime | None) -> SafeString | str:
    """The moment in the store's zone, short; whole precision in its title and `datetime`."""
    if value is None:
        return "–"
    local = value.astimezone(_zone(context))
    now = timezone.now().astimezone(local.tzinfo)
    if local.date() == now.date():
        shown = dateformat.format(local, "H:i")
    elif local.year == now.year:
        shown = dateformat.format(local, pgettext("date and time in this year", "j M H:i"))
    else:
        shown = dateformat.format(local, pgettext("date of another year", "j M Y"))
    return _time(value, local, shown)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, value: datetime | None) -> SafeString | str:
    """Date and time to the second in the store's zone, for timelines and evidence."""
    if value is None:
        return "–"
    local = value.astimezone(_zone(context))
    return _time(value, local, dateformat.format(local, pgettext("date and exact time", "j M Y H:i:s")))


@register.simple_tag(takes_context=True)
def ago(context: template.Context, value: datetime | None) -> SafeString | str:
    """How long since, short: `12 d`, `3 h`, `4 min`, `now`."""
    if value is None:
        return "–"
    return _time(value, value.astimezone(_zone(context)), duration(timezone.now() - value))


@register.filter
def duration(span: timedelta) -> str:
    seconds = max(int(span.total_seconds()), 0)
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return _("%(n)s min") % {"n": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(n)s h") % {"n": seconds // 3600}
    return _("%(n)s d") % {"n": number(seconds // 86400)}


def _zone(context: template.Context) -> zoneinfo.ZoneInfo:
    store: Any = getattr(context.get("request"), "store", None)
    name = store.time_zone if isinstance(store, VtexAccount) else timezone.get_current_timezone_name()
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, zoneinfo.ZoneInfoNotFoundError):
        return zoneinfo.ZoneInfo("UTC")


def _time(value: datetime, local: datetime, shown: str) -> SafeString:
    exact = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {local:%z} {local.tzinfo}"
    stamp = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return format_html('<time datetime="{}" title="{}">{}</time>', stamp, exact, shown)
