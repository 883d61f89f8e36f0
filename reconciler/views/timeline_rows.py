"""The line of time in words: a day, a time to the fraction, and how long nothing happened before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import ngettext, pgettext

from reconciler.templatetags.clock import written

if TYPE_CHECKING:
    from reconciler.views.timeline import Entry

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SCALE = (timedelta(minutes=1), HOUR, 6 * HOUR, DAY, 3 * DAY, 10 * DAY)
"""How wide a gap is drawn: one step for each of these that it reaches."""


@dataclass(frozen=True)
class Row:
    """`day` where a new one begins; `later` says a silence of an hour and more; `gap` is 0 to 6."""

    entry: Entry
    day: str
    clock: str
    fraction: str
    stamp: str
    exact: str
    since: str
    later: str
    gap: int


def rows(entries: Sequence[Entry]) -> list[Row]:
    """In the current zone."""
    found: list[Row] = []
    before: datetime | None = None
    for entry in entries:
        found.append(_row(entry, before))
        before = entry.at
    return found


def _row(entry: Entry, before: datetime | None) -> Row:
    local = timezone.localtime(entry.at)
    silence = entry.at - before if before else timedelta()
    new_day = before is None or timezone.localtime(before).date() != local.date()
    return Row(
        entry=entry,
        day=written(local, pgettext("day of a line of time", "D j M Y")) if new_day else "",
        clock=f"{local:%H:%M:%S}",
        fraction=_fraction(local),
        stamp=entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        exact=exactly(entry.at),
        since=_since(entry, local),
        later=later(silence) if silence >= HOUR else "",
        gap=sum(silence >= step for step in SCALE),
    )


def _fraction(local: datetime) -> str:
    """As precise as it was told, at least to the millisecond where it was told finer than a second."""
    return f".{local:%f}".rstrip("0").ljust(4, "0") if local.microsecond else ""


def _since(entry: Entry, local: datetime) -> str:
    """When it had not happened yet, short: the time of the same day, else with its day."""
    if entry.since is None:
        return ""
    then = timezone.localtime(entry.since)
    day = pgettext("date and exact time", "j M Y H:i:s")
    return f"{then:%H:%M:%S}" if then.date() == local.date() else written(then, day)


def exactly(at: datetime) -> str:
    """With every digit, the offset and the name of the zone."""
    local = timezone.localtime(at)
    return f"{local:%Y-%m-%d %H:%M:%S.%f} {local:%z} {local.tzinfo}"


def later(silence: timedelta) -> str:
    """How long after what came before, in its greatest unit."""
    if silence >= DAY:
        return ngettext("%(n)s day later", "%(n)s days later", silence.days) % {"n": silence.days}
    hours, minutes = int(silence / HOUR), int(silence / timedelta(minutes=1))
    if hours:
        return ngettext("%(n)s hour later", "%(n)s hours later", hours) % {"n": hours}
    return ngettext("%(n)s minute later", "%(n)s minutes later", minutes) % {"n": minutes}
