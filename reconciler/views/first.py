"""What to fix first: each cause with what its repair gives back, and the pairs that it would help most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from reconciler.diagnosis import meaning
from reconciler.models import Cause, ValueKind, VtexAccount
from reconciler.sync.releases import Release, Releases
from reconciler.views import links
from reconciler.views.tally import CauseSum, Sum, Tally

FEW = 1000
OFTEN, SELDOM = timedelta(minutes=1), timedelta(minutes=10)
"""A store with few findings is counted again soon after each action, a large one less often."""


@dataclass(frozen=True)
class CauseFirst:
    """held, to_check, at_risk: kept apart, since only the first is known to be for nothing. skus: SKUs that
    its units push to zero or below.
    """

    cause: Cause
    sum: Sum
    width: str
    held: Sum
    to_check: Sum
    at_risk: Sum
    skus: int
    do: str


@dataclass(frozen=True)
class PairFirst:
    release: Release
    url: str


def often(tally: Tally) -> timedelta:
    """How old figures of what is given back may be."""
    return OFTEN if tally.stuck().rows <= FEW else SELDOM


def causes(tally: Tally, found: Releases) -> list[CauseFirst]:
    """What is held for nothing first, then what is to be checked, then what a count alone clears."""
    firsts = [_cause(tally, each, found) for each in tally.causes()]
    return sorted(firsts, key=_weight, reverse=True)


def pairs(store: VtexAccount, found: Releases) -> list[PairFirst]:
    return [PairFirst(each, links.stock_item(store, each.sku_id, each.warehouse_id)) for each in found.pairs]


def _cause(tally: Tally, each: CauseSum, found: Releases) -> CauseFirst:
    held, to_check, at_risk = (
        tally.of_kind(kind, each.cause) for kind in (ValueKind.HELD, ValueKind.TO_CHECK, ValueKind.AT_RISK)
    )
    skus = found.skus.get(each.cause, 0)
    return CauseFirst(
        each.cause, each.sum, each.width, held, to_check, at_risk, skus, meaning.to_do(each.cause)
    )


def _weight(first: CauseFirst) -> tuple[int, ...]:
    kinds = (first.held, first.to_check, first.at_risk)
    return tuple(figure for kind in kinds for figure in (kind.weight, kind.units))
