"""The numbers of a recurrence report: counted once in some minutes, and read by page, print and CSV alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from reconciler.models import Cause, VtexAccount
from reconciler.models import recurrence as rows
from reconciler.models.recurrence import Example, Part, Period, Way, Week
from reconciler.views.remembered import Remembered

SECONDS = 300
SHOWN_WAYS = 12
"""Ways that a cause names one by one, those with most orders; the rest is one line, and whole in the CSV."""
SHOWN_EXAMPLES = 3

ENDED = {
    Cause.HANDLING_SKIPPED: "invoiced_at",
    Cause.COUNT_NOT_UPDATED: "invoiced_at",
    Cause.ORDER_CANCELED: "canceled_at",
}
"""Causes that begin when their order ends, and the time that tells all orders that ended so."""


@dataclass(frozen=True)
class Total:
    """Orders that took a path, a week; and all that could have, a week, where that can be told."""

    weeks: tuple[int, ...]
    of_weeks: tuple[int, ...] | None

    @property
    def orders(self) -> int:
        return sum(self.weeks)

    @property
    def first(self) -> int:
        """The first week with such an order."""
        return next((index for index, orders in enumerate(self.weeks) if orders), 0)

    @property
    def last(self) -> int:
        return max((index for index, orders in enumerate(self.weeks) if orders), default=0)

    def of(self, since: int = 0) -> int | None:
        """All that could have, from week `since` on; None where it cannot be told, or would not add up."""
        if self.of_weeks is None:
            return None
        found = sum(self.of_weeks[since:])
        return found if found >= sum(self.weeks[since:]) else None


@dataclass(frozen=True)
class CountedWay:
    value: str | None
    total: Total
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class CountedCause:
    """`ways`: those with most orders; `others`: how many ways more, with `others_total` orders."""

    cause: Cause
    total: Total
    still_open: int
    first_ever: datetime | None
    ways: tuple[CountedWay, ...]
    others: int
    others_orders: int


@dataclass(frozen=True)
class Counted:
    period: Period
    way: Way
    causes: tuple[CountedCause, ...]
    parts: tuple[Part, ...]
    of_parts: dict[tuple[str, str | None, int], int]
    """(field, way, week): all orders that ended so."""


_COUNTED: Remembered[Counted] = Remembered(SECONDS, most=100)


def counted(store: VtexAccount, way: Way, weeks: int) -> Counted:
    """In six queries, and in none while the last count is fresh; weeks are those of the current zone."""
    zone = timezone.get_current_timezone_name()
    return _COUNTED.get((store.pk, way, weeks, zone), None, lambda: _count(store, period(weeks), way))


def period(weeks: int) -> Period:
    """The last so many weeks, from a Monday on; the one under way is the last."""
    now = timezone.localtime()
    monday = now.date() - timedelta(days=now.weekday())
    days = [monday - timedelta(weeks=back) for back in reversed(range(weeks))]
    return Period(tuple(timezone.make_aware(datetime.combine(day, time())) for day in days), now)


def _count(store: VtexAccount, span: Period, way: Way) -> Counted:
    by_week, parts = rows.by_week(store, span), rows.by_way(store, span, way)
    ended = {
        (field, value, week): orders
        for field in sorted(set(ENDED.values()))
        for value, week, orders in rows.ended(store, span, field, way)
    }
    first = rows.first_ever(store)
    ways = {
        cause: list(rows.ways_of([part for part in parts if part.cause == cause])) for cause in rows.CAUSES
    }
    newest = {part_id for found in ways.values() for _, mine in found[:SHOWN_WAYS] for part_id in _some(mine)}
    told = rows.examples(store, sorted(newest))
    whole = _Whole(span, way, ended)
    causes = [
        _cause(whole, cause, [week for week in by_week if week.cause == cause], ways[cause], told, first)
        for cause in rows.CAUSES
    ]
    present = tuple(each for each in causes if each.total.orders)
    return Counted(span, way, present, tuple(parts), ended)


@dataclass(frozen=True)
class _Whole:
    """What shares are shares of."""

    span: Period
    way: Way
    ended: dict[tuple[str, str | None, int], int]

    def of(self, cause: Cause, value: str | None = None, *, all_ways: bool = False) -> tuple[int, ...] | None:
        """All orders that ended so, a week; None where nothing tells them."""
        field = ENDED.get(cause)
        if field is None or (self.way == Way.WAREHOUSE and not all_ways):
            return None
        found = [
            (week, orders)
            for (ended, way, week), orders in self.ended.items()
            if ended == field and (all_ways or way == value)
        ]
        return self.weeks(found)

    def weeks(self, found: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        return tuple(rows.weeks_of(list(found), len(self.span.starts)))


def _cause(
    whole: _Whole,
    cause: Cause,
    weeks: list[Week],
    ways: list[tuple[str | None, list[Part]]],
    told: dict[int, Example],
    first: dict[str, datetime],
) -> CountedCause:
    total = Total(whole.weeks((week.week, week.orders) for week in weeks), whole.of(cause, all_ways=True))
    shown = ways[:SHOWN_WAYS]
    return CountedCause(
        cause=cause,
        total=total,
        still_open=sum(week.still_open for week in weeks),
        first_ever=first.get(cause),
        ways=tuple(_way(whole, cause, value, mine, told) for value, mine in shown),
        others=len(ways) - len(shown),
        others_orders=sum(part.orders for _, mine in ways[SHOWN_WAYS:] for part in mine),
    )


def _way(
    whole: _Whole, cause: Cause, value: str | None, mine: list[Part], told: dict[int, Example]
) -> CountedWay:
    total = Total(whole.weeks((part.week, part.orders) for part in mine), whole.of(cause, value))
    found = sorted((told[pk] for pk in _some(mine) if pk in told), key=lambda each: each.at, reverse=True)
    seen = {each.order_id or each.subject: each for each in found}
    return CountedWay(value, total, tuple(seen.values())[:SHOWN_EXAMPLES])


def _some(mine: list[Part]) -> list[int]:
    """Ids of findings of the newest weeks, and of the first: enough for the examples."""
    newest = sorted(mine, key=lambda part: -part.week)
    return list(dict.fromkeys(pk for part in newest[:SHOWN_EXAMPLES] for pk in reversed(part.some)))
