"""Counts and sums of findings, for headlines, facets and bars: counted when they change, not at each look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.models import ALSO_WRONG, STUCK_CAUSES, Cause, Finding, ValueKind, VtexAccount
from reconciler.models.findings import sold_out_by_stuck
from reconciler.views.filters import StuckFilter
from reconciler.views.remembered import Remembered

SECONDS = 10
"""A change that took long to commit may carry an older stamp than one counted before: no longer than this."""
SOLD_OUT_SECONDS = 60
"""Balances move it too, and they have no stamp."""
_GROUPS: Remembered[list[dict[str, Any]]] = Remembered(SECONDS)
_SOLD_OUT: Remembered[int] = Remembered(SOLD_OUT_SECONDS)


@dataclass(frozen=True)
class Sum:
    """Findings, the units they hold, and their value per currency in cents."""

    rows: int
    units: int
    cents: dict[str, int]

    @property
    def money(self) -> list[tuple[int, str]]:
        """(cents, currency), the largest first; a store that sells in two currencies has two."""
        return sorted(((cents, name) for name, cents in self.cents.items() if cents), reverse=True)

    @property
    def weight(self) -> int:
        """For bars: value where there is one, else units."""
        return sum(self.cents.values())


@dataclass(frozen=True)
class CauseSum:
    cause: Cause
    sum: Sum
    share: float

    @property
    def width(self) -> str:
        """The share in percent, written as SVG wants it whatever the language."""
        return f"{self.share * 100:.1f}"


class Tally:
    """The sums of one set of findings."""

    def __init__(self, store: VtexAccount, stamp: object, groups: list[dict[str, Any]]) -> None:
        self._store, self._stamp, self._groups = store, stamp, groups

    @classmethod
    def of(cls, store: VtexAccount, wanted: StuckFilter) -> Tally:
        """Of what the filter leaves, whatever its cause."""
        key, stamp = (store.pk, wanted.q, wanted.warehouse), _stamp(store)
        return cls(store, stamp, _GROUPS.get(key, stamp, lambda: list(wanted.all_causes(store).tally())))

    def stuck(self, cause: str = "") -> Sum:
        """All that count as stuck, or one cause whatever it is."""
        wanted = [cause] if cause else STUCK_CAUSES
        return self._sum(lambda group: group["cause"] in wanted)

    def of_kind(self, kind: ValueKind, cause: str = "") -> Sum:
        wanted = [cause] if cause else STUCK_CAUSES
        return self._sum(lambda group: group["cause"] in wanted and group["value_kind"] == kind)

    @property
    def held(self) -> Sum:
        return self.of_kind(ValueKind.HELD)

    @property
    def at_risk(self) -> Sum:
        return self.of_kind(ValueKind.AT_RISK)

    @property
    def to_check(self) -> Sum:
        return self.of_kind(ValueKind.TO_CHECK)

    @property
    def could_not_tell(self) -> Sum:
        return self.stuck(Cause.COULD_NOT_TELL)

    @property
    def also_wrong(self) -> Sum:
        return self._sum(lambda group: group["cause"] in ALSO_WRONG)

    @property
    def sold_out(self) -> int:
        """How many SKUs of the store nobody can buy only because units are held for nothing."""
        store = self._store
        return _SOLD_OUT.get(store.pk, self._stamp, lambda: sold_out_by_stuck(store)) if self.held.rows else 0

    def causes(self, among: Iterable[Cause] = STUCK_CAUSES) -> list[CauseSum]:
        """The causes that occur, the heaviest first, each with its share of the heaviest (0 to 1)."""
        sums = [(cause, self.stuck(cause)) for cause in among]
        present = [(cause, found) for cause, found in sums if found.rows]
        worth = any(found.weight for _, found in present)
        weights = {cause: found.weight if worth else found.units for cause, found in present}
        most = max(weights.values(), default=0) or 1
        ranked = sorted(present, key=lambda pair: (weights[pair[0]], pair[1].rows), reverse=True)
        return [CauseSum(cause, found, max(weights[cause], 0) / most) for cause, found in ranked]

    def _sum(self, wanted: Callable[[dict[str, Any]], bool]) -> Sum:
        groups = list(filter(wanted, self._groups))
        cents: dict[str, int] = {}
        for currency, amount in _amounts(groups):
            cents[currency] = cents.get(currency, 0) + amount
        return Sum(
            rows=sum(group["rows"] for group in groups),
            units=sum(group["held"] for group in groups),
            cents=cents,
        )


def _stamp(store: VtexAccount) -> object:
    """Moves with every finding that is opened, changed or closed."""
    latest = Finding.objects.filter(account=store).order_by("-updated_at", "-id")
    return latest.values_list("updated_at", "pk").first()


def _amounts(groups: list[dict[str, Any]]) -> Iterator[tuple[str, int]]:
    for group in groups:
        yield group["currency"], group["cents"]
