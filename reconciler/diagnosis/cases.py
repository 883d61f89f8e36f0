"""What a rule is given: the facts of one lock or of one balance, and the graces. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from reconciler.diagnosis.facts import OrderLookup, Pair, PairFacts, ReservationFacts


@dataclass(frozen=True, slots=True)
class Graces:
    """How long each condition may last before it counts (settings of design section 9)."""

    stuck: timedelta = timedelta(hours=36)
    handling: timedelta = timedelta(hours=48)
    workflow: timedelta = timedelta(hours=24)
    abandoned: timedelta = timedelta(days=14)
    missing_order: timedelta = timedelta(days=12)
    mismatch: timedelta = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class LockCase:
    """Everything the rules look at for one lock."""

    reservation: ReservationFacts
    order: OrderLookup
    pairs: Mapping[Pair, PairFacts]
    graces: Graces = field(default_factory=Graces)
    acknowledge_proven: bool = False


@dataclass(frozen=True, slots=True)
class PairCase:
    """Everything the rules look at for one balance; `pairs` also holds the other pairs of its phantoms."""

    pair: PairFacts
    pairs: Mapping[Pair, PairFacts]
    graces: Graces = field(default_factory=Graces)
