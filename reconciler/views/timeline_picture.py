"""The line of time drawn to scale: a lane a kind, a mark an event, a bar for units held.

Positions are per cents of the width, so that one drawing fits every screen; heights are pixels. The list of
events below it says the same in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reconciler.templatetags.clock import written
from reconciler.views.timeline_rows import exactly

if TYPE_CHECKING:
    from reconciler.views.timeline import Entry, Kind, Span

TOP, LANE = 22, 26
LEFT, RIGHT = 2.0, 97.0
CLOSE = 2.4
"""Marks of one lane that are closer, in per cents, are drawn as one with their number."""
LAST_TICK = 87.0
"""None is named further right: there stands "now"."""
MOST_TICKS = 6
MOST_NAMED = 12
STEPS = (
    *(timedelta(minutes=n) for n in (1, 5, 15, 30)),
    *(timedelta(hours=n) for n in (1, 3, 6, 12)),
    *(timedelta(days=n) for n in (1, 2, 4, 7, 14, 30, 61, 122, 365, 730, 3650, 36500)),
)


@dataclass(frozen=True)
class Mark:
    x: str
    look: str
    title: str
    number: int = 1


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    title: str
    open: bool


@dataclass(frozen=True)
class Lane:
    kind: str
    label: str
    y: int
    marks: list[Mark] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)


@dataclass(frozen=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True)
class Picture:
    lanes: list[Lane]
    ticks: list[Tick]
    height: int
    now: str
    said: str


@dataclass(frozen=True)
class _Scale:
    start: datetime
    end: datetime

    def at(self, moment: datetime) -> float:
        whole = (self.end - self.start) / timedelta(microseconds=1)
        part = (min(max(moment, self.start), self.end) - self.start) / timedelta(microseconds=1)
        return LEFT + (RIGHT - LEFT) * part / whole


def drawn(
    entries: Sequence[Entry], spans: Sequence[Span], kinds: Mapping[Kind, str], now: datetime
) -> Picture | None:
    """None when there is nothing to scale: fewer than two moments. In the current zone."""
    still_open = any(span.end is None for span in spans)
    times = [entry.at for entry in entries] + [span.start for span in spans] + [now] * still_open
    if len(set(times)) < 2:
        return None
    scale = _Scale(min(times), max(times))
    here = {entry.kind for entry in entries} | {span.kind for span in spans}
    lanes = [
        Lane(
            str(kind),
            label,
            TOP + index * LANE + LANE // 2,
            _marks(scale, [entry for entry in entries if entry.kind == kind]),
            [_bar(scale, span) for span in spans if span.kind == kind],
        )
        for index, (kind, label) in enumerate((kind, kinds[kind]) for kind in kinds if kind in here)
    ]
    shows_now = _per_cent(scale.at(now)) if still_open else ""
    return Picture(lanes, _ticks(scale), TOP + LANE * len(lanes) + 2, shows_now, _said(scale, entries))


def _marks(scale: _Scale, entries: Iterable[Entry]) -> list[Mark]:
    groups: list[tuple[float, list[Entry]]] = []
    for entry in entries:
        x = scale.at(entry.at)
        if groups and x - groups[-1][0] < CLOSE:
            groups[-1][1].append(entry)
        else:
            groups.append((x, [entry]))
    return [_mark(x, group) for x, group in groups]


def _mark(x: float, group: list[Entry]) -> Mark:
    looks = [entry.tone for entry in group]
    look = next((tone for tone in ("skip", "bad", "warn") if tone in looks), "")
    named = [f"{exactly(entry.at)}  {_words(entry)}" for entry in group[:MOST_NAMED]]
    return Mark(_per_cent(x), look, "\n".join(named), len(group))


def _words(entry: Entry) -> str:
    said = f"{entry.step}: {entry.title}" if entry.step and entry.tone else entry.step or entry.title
    return f"{said} ({entry.detail})" if entry.detail else said


def _bar(scale: _Scale, span: Span) -> Bar:
    start, end = scale.at(span.start), scale.at(span.end) if span.end else RIGHT
    return Bar(_per_cent(start), _per_cent(max(end - start, 0.2)), span.title, span.end is None)


def _ticks(scale: _Scale) -> list[Tick]:
    length = scale.end - scale.start
    step = next((each for each in STEPS if length / each <= MOST_TICKS), STEPS[-1])
    at = _first(scale.start, step)
    found: list[Tick] = []
    while at <= scale.end and len(found) <= MOST_TICKS:
        if scale.at(at) < LAST_TICK:
            found.append(Tick(_per_cent(scale.at(at)), _label(timezone.localtime(at), step)))
        at += step
    return found


def _label(local: datetime, step: timedelta) -> str:
    """The time of day, at midnight the day; of a long scale the month."""
    if step < timedelta(days=1) and (local.hour or local.minute):
        return f"{local:%H:%M}"
    if step < timedelta(days=30):
        return written(local, pgettext("day of a scale", "j M"))
    return written(local, pgettext("month of a scale", "M Y"))


def _first(start: datetime, step: timedelta) -> datetime:
    """The first round moment of this step at or after `start`: of its day, or a midnight."""
    local = timezone.localtime(start)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if step >= timedelta(days=1):
        return midnight if midnight == local else midnight + timedelta(days=1)
    return midnight + step * -((midnight - local) // step)


def _per_cent(value: float) -> str:
    return f"{value:.2f}%"


def _said(scale: _Scale, entries: Sequence[Entry]) -> str:
    count = len(entries)
    span = {"n": count, "start": _moment(scale.start), "end": _moment(scale.end)}
    told = ngettext("%(n)s event", "%(n)s events", count) % span
    return _("To scale, %(start)s to %(end)s: %(told)s. The list below says the same.") % {
        **span,
        "told": told,
    }


def _moment(at: datetime) -> str:
    return written(timezone.localtime(at), pgettext("date and exact time", "j M Y H:i:s"))
