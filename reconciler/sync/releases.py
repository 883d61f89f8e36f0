"""What a repair would give back: by cause, and by pair of those it would help most. Counted now and then."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from reconciler.models import Finding, Sku, StockBalance, ValueKind, VtexAccount
from reconciler.sync import snapshots

SHOWN = 5
KEPT = timedelta(minutes=5)
Pair = tuple[str, str]
GIVES_BACK = (ValueKind.HELD, ValueKind.TO_CHECK)
"""Units at risk are gone: a count takes them off the total, and puts none on sale."""


@dataclass
class Release:
    """What one pair gets back. `cents` of one currency, shared out by units where a reservation holds several
    SKUs (`is_about`). `available`: now; None where the balance is not known.
    """

    sku_id: str
    warehouse_id: str
    name: str = ""
    units: int = 0
    cents: int = 0
    currency: str = ""
    reservations: int = 0
    to_check: int = 0
    is_about: bool = False
    causes: list[str] = field(default_factory=list)
    available: int | None = None

    @property
    def after(self) -> int | None:
        return None if self.available is None else self.available + self.units

    @property
    def is_pushed_out(self) -> bool:
        """At zero or below, and only because of units that are surely held for nothing."""
        return (
            self.available is not None and self.available <= 0 < self.available + self.units - self.to_check
        )


@dataclass(frozen=True)
class Releases:
    """skus: by cause, the SKUs that stuck units push to zero or below somewhere. pairs: those helped most."""

    skus: dict[str, int]
    pairs: list[Release]


def counted(every: timedelta) -> snapshots.Counted:
    """To be read beside other figures; counted anew when older than `every`."""
    return snapshots.Counted("releases", every, _figures)


def of_figures(figures: snapshots.Figures) -> Releases:
    return Releases(figures["skus"], [Release(**pair) for pair in figures["pairs"]])


def releases(account: VtexAccount, now: datetime, every: timedelta) -> Releases:
    """As counted at most `every` ago."""
    return of_figures(snapshots.read(account, now, counted(every))[0])


def keep(account: VtexAccount, now: datetime) -> None:
    """Counts often enough that no look at a page has to wait for it."""
    releases(account, now, KEPT)


def count(account: VtexAccount) -> Releases:
    """In four queries: stuck findings, balances that are sold out, and two for the few that are shown."""
    found, by_cause = _by_pair(account)
    available = _available(account)
    for pair, release in found.items():
        release.available = available.get(pair)
    pushed = {pair for pair, release in found.items() if release.is_pushed_out}
    skus: dict[str, set[str]] = defaultdict(set)
    for (cause, pair), units in by_cause.items():
        if (left := available.get(pair)) is not None and left <= 0 < left + units:
            skus[cause].add(pair[0])
    ranked = sorted(found.values(), key=lambda each: _rank(each, pushed), reverse=True)[:SHOWN]
    _complete(account, ranked)
    return Releases({cause: len(found) for cause, found in skus.items()}, ranked)


def _rank(release: Release, pushed: set[Pair]) -> tuple[bool, int, int, str, str]:
    """What cannot be bought at all comes first, then what is worth most."""
    pair = (release.sku_id, release.warehouse_id)
    return (pair in pushed, release.cents, release.units, *pair)


def _rows(account: VtexAccount) -> Any:
    stuck = Finding.objects.stuck().filter(account=account, value_kind__in=GIVES_BACK).order_by()
    return stuck.values_list("cause", "value_kind", "currency", "units", "value_cents", "items")


def _by_pair(account: VtexAccount) -> tuple[dict[Pair, Release], dict[tuple[str, Pair], int]]:
    """What each pair gets back, and by cause the units of each pair."""
    found: dict[Pair, Release] = {}
    by_cause: dict[tuple[str, Pair], int] = defaultdict(int)
    for cause, kind, currency, units, cents, items in _rows(account).iterator():
        for item in items:
            pair = (item["sku"], item["warehouse"])
            by_cause[cause, pair] += item["quantity"]
            release = found.setdefault(pair, Release(*pair, currency=currency))
            release.units += item["quantity"]
            release.reservations += 1
            release.to_check += item["quantity"] if kind == ValueKind.TO_CHECK else 0
            release.is_about |= len(items) > 1
            if currency == release.currency and units:
                release.cents += round(cents * item["quantity"] / units)
            if cause not in release.causes:
                release.causes.append(cause)
    return found, by_cause


def _available(account: VtexAccount) -> dict[Pair, int]:
    """Of what is sold out: of the rest nobody asks here."""
    rows = StockBalance.objects.filter(account=account).sold_out().order_by()
    found = rows.values_list("sku_id", "warehouse_id", "total", "reserved").iterator()
    return {(sku, warehouse): total - reserved for sku, warehouse, total, reserved in found}


def _complete(account: VtexAccount, shown: list[Release]) -> None:
    """Names, and what is available of pairs that are not sold out."""
    ids = {release.sku_id for release in shown}
    names = dict(Sku.objects.filter(account=account, sku_id__in=ids).values_list("sku_id", "name"))
    rows = StockBalance.objects.filter(account=account, sku_id__in=ids, unlimited=False)
    balances = {(row.sku_id, row.warehouse_id): row.available for row in rows}
    for release in shown:
        release.name = names.get(release.sku_id, "")
        release.available = balances.get((release.sku_id, release.warehouse_id))


def _figures(account: VtexAccount, now: datetime) -> snapshots.Figures:
    counted = count(account)
    return {"skus": counted.skus, "pairs": [asdict(pair) for pair in counted.pairs]}
