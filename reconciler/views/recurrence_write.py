"""A recurrence report as its page shows it: a sentence, a drawing of the weeks, the ways, an example each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from reconciler.diagnosis import wording
from reconciler.models import VtexAccount
from reconciler.models.recurrence import Example, Period, Way
from reconciler.templatetags.clock import written
from reconciler.templatetags.formats import day, number
from reconciler.views import links
from reconciler.views.recurrence_count import Counted, CountedCause, CountedWay, Total
from reconciler.views.recurrence_words import WORDS, Words, label, where

WIDE, HIGH, BROADEST = 728, 72, 64
"""Of the drawing: its width, the height of its highest bar, and the width that a week has at most."""
DATED = 6
"""So many weeks carry their date below, evenly spread."""
A_DATE = 40
"""The width of one."""


@dataclass(frozen=True)
class Bar:
    """A week as the drawing shows it, in its units; the text of numbers is as SVG wants it."""

    week: str
    orders: int
    of: int | None
    share: str
    x: str
    middle: str
    y: str
    above: str
    width: str
    height: str
    dated: bool
    under_way: bool


@dataclass(frozen=True)
class Named:
    """An example, and where it is told of."""

    name: str
    url: str


@dataclass(frozen=True)
class Line:
    """A way in the table: `of` and `share` of all orders on it in the period."""

    label: str
    orders: int
    of: int | None
    share: str
    since: str
    last: str
    bars: list[Bar]
    examples: list[Named]


@dataclass(frozen=True)
class Section:
    cause: str
    title: str
    says: str
    words: Words
    known_issues: tuple[str, ...]
    total: Total
    still_open: int
    bars: list[Bar]
    width: int
    lines: list[Line]
    others: str
    before: str

    @property
    def missed(self) -> bool:
        return any(missed for _step, missed in self.words.steps)


def sections(store: VtexAccount, found: Counted, cause: str = "") -> list[Section]:
    """One for each cause that occurred, or for the one asked for; no query."""
    return [_section(store, found, each) for each in found.causes if each.cause == (cause or each.cause)]


def _section(store: VtexAccount, found: Counted, each: CountedCause) -> Section:
    span = found.period
    return Section(
        cause=each.cause.value,
        title=wording.title(each.cause),
        says=_says(found, each),
        words=WORDS[each.cause],
        known_issues=wording.known_issues(each.cause),
        total=each.total,
        still_open=each.still_open,
        bars=_bars(span, each.total),
        width=len(span.starts) * _step(len(span.starts)),
        lines=[_line(store, span, found.way, way) for way in each.ways],
        others=_others(each),
        before=_before(span, each.first_ever),
    )


def _says(found: Counted, each: CountedCause) -> str:
    """`Since the week of 2 Mar 2026, 214 of 1,930 invoiced orders of affiliate XYZ skipped handling;
    elsewhere 3 of 8,011`: of the way with most orders where there is a choice, else of the store.
    """
    leader = each.ways[0] if each.ways else None
    clause = where(found.way, leader.value) if leader and len(each.ways) > 1 else ""
    total = leader.total if leader and clause else each.total
    since = total.first
    orders, of = total.orders, total.of(since)
    said = WORDS[each.cause].said % {"number": _of(orders, of), "where": clause, "count": of or orders}
    rest = _elsewhere(each.total, total, since) if clause and found.way != Way.WAREHOUSE else ""
    return _("Since the week of %(week)s, %(said)s%(rest)s.") % {
        "week": day(found.period.starts[since]), "said": said, "rest": rest,
    }  # fmt: skip


def _elsewhere(whole: Total, part: Total, since: int) -> str:
    """The same weeks on all other ways: what makes the one way stand out."""
    orders = sum(whole.weeks[since:]) - part.orders
    of_whole, of_part = whole.of(since), part.of(since)
    of = of_whole - of_part if of_whole is not None and of_part is not None else None
    if of is not None and of < orders:
        of = None
    return _("; elsewhere %(number)s") % {"number": _of(orders, of)} if orders or of else ""


def _of(orders: int, of: int | None) -> str:
    if of is None:
        return number(orders)
    return _("%(count)s of %(of)s") % {"count": number(orders), "of": number(of)}


def share(orders: int, of: int | None) -> str:
    """In percent, with one place below ten; empty where there is nothing to share."""
    if not of:
        return ""
    percent = orders / of * 100
    if 0 < percent < 0.1:
        return f"< {number_format(0.1, decimal_pos=1)}%"
    return f"{number_format(percent, decimal_pos=0 if percent >= 10 else 1)}%"


def _line(store: VtexAccount, span: Period, by: Way, way: CountedWay) -> Line:
    total, of = way.total, way.total.of()
    return Line(
        label=label(by, way.value),
        orders=total.orders,
        of=of,
        share=share(total.orders, of),
        since=day(span.starts[total.first]),
        last=day(span.starts[total.last]),
        bars=_bars(span, total),
        examples=[_named(store, example) for example in way.examples],
    )


def _named(store: VtexAccount, example: Example) -> Named:
    if example.order_id:
        return Named(example.order_id, links.order(store, example.order_id))
    return Named(example.subject, links.reservation(store, example.subject))


def _bars(span: Period, total: Total) -> list[Bar]:
    most, count = max(total.weeks, default=0) or 1, len(total.weeks)
    every, step = max(-(-count // DATED), 1), _step(count)
    gap = step // 5
    bars = []
    for index, orders in enumerate(total.weeks):
        height = max(round(orders / most * HIGH), 2) if orders else 0
        of = total.of_weeks[index] if total.of_weeks else None
        bars.append(
            Bar(
                week=written(timezone.localtime(span.starts[index]), pgettext("day of this year", "j M")),
                orders=orders,
                of=of,
                share=share(orders, of),
                x=str(index * step + gap // 2),
                middle=str(index * step + step // 2),
                y=str(HIGH + 14 - height),
                above=str(HIGH + 10 - height),
                width=str(step - gap),
                height=str(height),
                dated=index % every == 0 and (count - index) * step >= A_DATE,
                under_way=index == count - 1,
            )
        )
    return bars


def _step(weeks: int) -> int:
    return min(WIDE // weeks, BROADEST)


def _others(each: CountedCause) -> str:
    if not each.others:
        return ""
    return ngettext(
        "%(count)s more, with %(orders)s orders: in the CSV.",
        "%(count)s more, together with %(orders)s orders: in the CSV.",
        each.others,
    ) % {"count": number(each.others), "orders": number(each.others_orders)}


def _before(span: Period, first: datetime | None) -> str:
    if first is None or first >= span.starts[0]:
        return ""
    return _("It is older than this report: first seen on %(day)s.") % {"day": day(first)}
