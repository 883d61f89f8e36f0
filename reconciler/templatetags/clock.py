"""Dates and times as text, quickly: the day of a language is made once, only the time of day each time."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

CLOCK = {"H": "%H", "i": "%M", "s": "%S"}
"""Django's letters of a time of day, as `strftime` spells them."""


def written(local: datetime, pattern: str) -> str:
    """As `dateformat.format`, for patterns whose times of day are of H, i and s."""
    return local.strftime(_day(local.date(), pattern, get_language() or ""))


@lru_cache(maxsize=8192)
def _day(day: date, pattern: str, language: str) -> str:
    """The pattern with its day filled in; its time of day is left to `strftime`."""
    pieces = re.split(r"(\\.|[His])", pattern)
    return "".join(CLOCK[piece] if piece in CLOCK else _text(day, piece) for piece in pieces)


def _text(day: date, piece: str) -> str:
    return dateformat.format(day, piece).replace("%", "%%") if piece else ""


def stamped(value: datetime, shown: str) -> SafeString:
    """`shown` as a <time>. Times are shown in the current zone, which inside a store is the store's."""
    local = timezone.localtime(value)
    exact = f"{local:%Y-%m-%d %H:%M:%S}.{local.microsecond // 1000:03d} {local:%z} {local.tzinfo}"
    stamp = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return mark_safe(f'<time datetime="{stamp}" title="{escape(exact)}">{escape(shown)}</time>')  # noqa: S308
