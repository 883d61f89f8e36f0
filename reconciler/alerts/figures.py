"""What the rules compare: counted once for all causes, from the index alone (`finding_tally`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from reconciler.models import ALERT_CAUSES, STUCK_CAUSES, Finding, Measure, VtexAccount

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BURST = timedelta(minutes=10)
INCIDENT = 50
"""So many new within a burst look like VTEX's trouble, not like one merchant's (F9: incidents of 2026)."""


@dataclass(frozen=True)
class Figures:
    """Confirmed, open findings. `new_*` counts those confirmed since; cents are per currency."""

    rows: int = 0
    units: int = 0
    new_burst: int = 0
    new_hour: int = 0
    new_day: int = 0
    cents: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Figures) -> Figures:
        cents = {
            name: self.cents.get(name, 0) + other.cents.get(name, 0) for name in {*self.cents, *other.cents}
        }
        return Figures(
            self.rows + other.rows,
            self.units + other.units,
            self.new_burst + other.new_burst,
            self.new_hour + other.new_hour,
            self.new_day + other.new_day,
            cents,
        )

    def measured(self, measure: str, currency: str) -> int:
        """Value only in this currency: a limit has no other."""
        if measure == Measure.VALUE:
            return self.cents.get(currency, 0)
        return int(getattr(self, measure))

    @property
    def burst(self) -> bool:
        """Many within minutes, and at least half of all that is open."""
        return self.new_burst >= INCIDENT and 2 * self.new_burst >= self.rows


class Counted:
    """The figures of one store at one moment."""

    def __init__(self, account: VtexAccount, now: datetime) -> None:
        self._known = account.created_at < now - DAY
        self.by_cause: dict[str, Figures] = {}
        for row in _rows(account, now):
            cause = self.by_cause.get(row["cause"], Figures())
            self.by_cause[row["cause"]] = cause + _figures(row)

    def of(self, cause: str) -> Figures:
        """Of one cause, or with "" of all that count as stuck."""
        wanted = [cause] if cause else STUCK_CAUSES
        return sum((self.by_cause.get(each, Figures()) for each in wanted), Figures())

    def incident(self, cause: str) -> bool:
        """A burst, unless the store is so new that its first sweep finds what gathered for years."""
        return self._known and self.of(cause).burst


def _rows(account: VtexAccount, now: datetime) -> Iterable[dict[str, Any]]:
    def since(span: timedelta) -> Count:
        return Count("id", filter=Q(confirmed_at__gt=now - span))

    found = Finding.objects.filter(account=account, cause__in=ALERT_CAUSES).confirmed().tally()
    return found.annotate(new_burst=since(BURST), new_hour=since(HOUR), new_day=since(DAY))


def _figures(row: dict[str, Any]) -> Figures:
    return Figures(
        rows=row["rows"],
        units=row["held"],
        new_burst=row["new_burst"],
        new_hour=row["new_hour"],
        new_day=row["new_day"],
        cents={row["currency"]: row["cents"]},
    )
