"""How numbers, money and times are written: in the reader's language, the store's currency and zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from reconciler.templatetags.clock import stamped, written

register = template.Library()

SYMBOLS = {"BRL": "R$", "USD": "US$", "EUR": "€", "GBP": "£", "ARS": "AR$", "CLP": "CLP$", "COP": "COP$",
           "MXN": "MX$", "PEN": "S/", "UYU": "$U", "PYG": "₲"}  # fmt: skip
WHOLE = {"CLP", "PYG", "JPY", "KRW"}
SPACE = "\u00a0"
STALE = timedelta(hours=24)


@register.filter
def number(value: int | None) -> str:
    """With the thousands of the reader's language; a dash for none; a real minus sign."""
    if value is None:
        return "–"
    return _number(value, get_language() or "")


@lru_cache(maxsize=8192)
def _number(value: int, language: str) -> str:
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
    return _money(cents, currency, get_language() or "")


@lru_cache(maxsize=8192)
def _money(cents: int, currency: str, language: str) -> str:
    digits = 0 if currency in WHOLE else 2
    amount = number_format(abs(cents) / 100, decimal_pos=digits, use_l10n=True, force_grouping=True)
    unit = SYMBOLS.get(currency, currency)
    return f"{'−' if cents < 0 else ''}{unit}{SPACE if unit else ''}{amount}"


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """The moment, short; whole precision and the zone in its title and `datetime`."""
    if value is None:
        return "–"
    local, now = timezone.localtime(value), timezone.localtime()
    if local.date() == now.date():
        return stamped(value, written(local, "H:i"))
    if local.year == now.year:
        return stamped(value, written(local, pgettext("date and time in this year", "j M H:i")))
    return stamped(value, written(local, pgettext("date of another year", "j M Y")))


@register.filter
def day(value: datetime) -> str:
    """The date alone, with its year, for reports that outlive it."""
    return written(timezone.localtime(value), pgettext("date of another year", "j M Y"))


@register.filter
def clock(value: datetime) -> SafeString:
    """The time of day alone, where the day stands above it."""
    return stamped(value, written(timezone.localtime(value), "H:i"))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Date and time to the second, for evidence."""
    if value is None:
        return "–"
    exact = pgettext("date and exact time", "j M Y H:i:s")
    return stamped(value, written(timezone.localtime(value), exact))


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """How long since, short: `12 d`, `3 h`, `4 min`, `now`."""
    return "–" if value is None else stamped(value, duration(timezone.now() - value))


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


@register.simple_tag
def fresh(value: datetime | None) -> SafeString:
    """How old a read is, with a dot: green up to a day, amber after, hollow when there was none."""
    if value is None:
        return format_html('<span class="fresh never">{}</span>', _("never read"))
    age = timezone.now() - value
    old = " old" if age > STALE else ""
    said = (
        _("read just now") if age < timedelta(minutes=1) else _("read %(span)s ago") % {"span": duration(age)}
    )
    return format_html('<span class="fresh{}">{}</span>', old, stamped(value, said))
