"""What stood stuck day by day, what opened and what healed: three small drawings, and the same as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from reconciler.models import STUCK_CAUSES, TrendDay, VtexAccount
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.remembered import Remembered

DAYS = 30
BAR, GAP, HEIGHT = 10, 2, 100
SECONDS = 60
Weigh = Callable[[TrendDay], int]


@dataclass
class Day:
    """One day of the store; without rows it was not counted."""

    day: date
    rows: dict[str, TrendDay] = field(default_factory=dict)

    @property
    def is_counted(self) -> bool:
        return bool(self.rows)

    def sum(self, weigh: Weigh) -> int:
        return sum(map(weigh, self.rows.values()))

    @property
    def units(self) -> int:
        return self.sum(_units)

    @property
    def reservations(self) -> int:
        return self.sum(lambda row: row.reservations)

    @property
    def opened(self) -> int:
        return self.sum(_opened)

    @property
    def healed(self) -> int:
        return self.sum(_healed)

    @property
    def money(self) -> list[tuple[int, str]]:
        """(cents, currency) of all causes together, the largest first."""
        sums: dict[str, int] = {}
        for row in self.rows.values():
            for currency, cents in row.cents.items():
                sums[currency] = sums.get(currency, 0) + cents
        return sorted(((cents, currency) for currency, cents in sums.items()), reverse=True)

    @property
    def counted_at(self) -> datetime | None:
        return max((row.counted_at for row in self.rows.values()), default=None)


@dataclass(frozen=True)
class Block:
    """One cause on one day, in units of the drawing; `tint` numbers the cause."""

    tint: int
    x: int
    y: str
    height: str


@dataclass(frozen=True)
class Chart:
    """`most`: what the full height stands for; `ground`: where the line of nothing lies."""

    blocks: list[Block]
    gaps: list[int]
    most: int
    ground: str
    width: int = DAYS * BAR


@dataclass(frozen=True)
class Trend:
    """The latest days, oldest first. A day before the first count is neither a gap nor nothing."""

    days: list[Day]
    currency: str

    @property
    def counted(self) -> list[Day]:
        return [day for day in self.days if day.is_counted]

    @property
    def first(self) -> Day | None:
        return next(iter(self.counted), None)

    @property
    def last(self) -> Day | None:
        return next(reversed(self.counted), None)

    @property
    def opened(self) -> int:
        return sum(day.opened for day in self.days)

    @property
    def healed(self) -> int:
        return sum(day.healed for day in self.days)

    @property
    def missing(self) -> int:
        """Days between the first count and today that nobody counted."""
        return len(self._gaps)

    @property
    def causes(self) -> list[tuple[int, str]]:
        """(tint, cause) of those that occur."""
        rows = [row for day in self.days for row in day.rows.values()]
        seen = {row.cause for row in rows if row.reservations or row.opened or row.healed}
        return [(tint, cause.value) for tint, cause in enumerate(STUCK_CAUSES) if cause in seen]

    @property
    def value(self) -> Chart | None:
        """In the currency of the most of it; None where nothing has a price."""
        chart = self._drawn(lambda row: row.cents.get(self.currency, 0))
        return chart if chart.most else None

    @property
    def units(self) -> Chart:
        return self._drawn(_units)

    @property
    def moves(self) -> Chart:
        """Opened above the line, healed below it, on one scale."""
        up, down = (max((day.sum(weigh) for day in self.days), default=0) for weigh in (_opened, _healed))
        scale = HEIGHT / ((up + down) or 1)
        ground = up * scale
        blocks = [
            block
            for index, day in enumerate(self.days)
            for block in (
                *_stack(day, index, _opened, ground, -scale),
                *_stack(day, index, _healed, ground, scale),
            )
        ]
        return Chart(blocks, self._gaps, max(up, down), f"{ground:.2f}")

    @property
    def table(self) -> list[tuple[Day, list[TrendDay | None]]]:
        """Newest first: the day, and its rows of the causes that occur."""
        causes = [cause for _, cause in self.causes]
        began = self.first.day if self.first else None
        days = [day for day in reversed(self.days) if began and day.day >= began]
        return [(day, [day.rows.get(cause) for cause in causes]) for day in days]

    def _drawn(self, weigh: Weigh) -> Chart:
        most = max((day.sum(weigh) for day in self.days), default=0)
        blocks = [
            block
            for index, day in enumerate(self.days)
            for block in _stack(day, index, weigh, HEIGHT, -HEIGHT / (most or 1))
        ]
        return Chart(blocks, self._gaps, most, str(HEIGHT))

    @property
    def _gaps(self) -> list[int]:
        began = self.first.day if self.first else None
        middle = enumerate(self.days[:-1])
        return [_x(index) for index, day in middle if began and day.day > began and not day.is_counted]


_LATELY: Remembered[Trend] = Remembered(SECONDS)


def of_store(store: VtexAccount, now: datetime) -> Trend:
    """The latest days, in one query over a few hundred rows at most."""
    today = now.astimezone(ZoneInfo(store.time_zone)).date()
    days = {(day := today - timedelta(days=back)): Day(day) for back in range(DAYS - 1, -1, -1)}
    for row in TrendDay.objects.filter(account=store, day__gte=min(days), day__lte=today):
        days[row.day].rows[row.cause] = row
    return Trend(list(days.values()), _currency(days.values()) or store.currency)


def lately(store: VtexAccount, now: datetime) -> Trend:
    """As it stood a minute ago at most: a day is counted once an hour."""
    today = now.astimezone(ZoneInfo(store.time_zone)).date()
    return _LATELY.get(store.pk, today, lambda: of_store(store, now))


@store_view()
@require_safe
def trend(request: StoreRequest, account: str) -> HttpResponse:
    found = of_store(request.store, timezone.now())
    return render(request, "reconciler/trend/page.html", {"account": request.store, "trend": found})


def _currency(days: Iterable[Day]) -> str:
    sums: dict[str, int] = {}
    for day in days:
        for cents, currency in day.money:
            sums[currency] = sums.get(currency, 0) + cents
    return max(sums, key=lambda currency: sums[currency], default="")


def _stack(day: Day, index: int, weigh: Weigh, ground: float, scale: float) -> list[Block]:
    """From the ground on, up with a negative scale, down with a positive one."""
    found, reached = [], ground
    for tint, cause in enumerate(STUCK_CAUSES):
        row = day.rows.get(cause)
        length = (weigh(row) if row else 0) * scale
        if length:
            top = min(reached, reached + length)
            found.append(Block(tint, _x(index), f"{top:.2f}", f"{abs(length):.2f}"))
            reached += length
    return found


def _x(index: int) -> int:
    return BAR * index + GAP // 2


def _units(row: TrendDay) -> int:
    return row.units


def _opened(row: TrendDay) -> int:
    return row.opened


def _healed(row: TrendDay) -> int:
    return row.healed
