"""A situation in one sentence, the facts about VTEX that decide it, and the verdicts they call for.

The verdicts are a person's judgement from the facts, never what the rules happened to say. Those of the
lock come first; those of a balance begin with its pair. What is not named must have none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reconciler.diagnosis.cases import LockCase, PairCase
from reconciler.diagnosis.facts import OrderLine, PairFacts
from reconciler.diagnosis.rules import diagnose_lock, diagnose_pair

from .builders import NOW, SKU, ago, item, lock, pair_case, shown

ACKED = item(acked=ago(11))
AUTHORIZED = item(status="Authorized")
EXPIRED = lock(AUTHORIZED, maximum_confirmation_at=ago(5), confirmed_at=None, by_id_status=1)
SECOND = "0f0e-second"
CARRIES_SECOND = (OrderLine(SKU, 2, SECOND),)


@dataclass(frozen=True)
class Situation:
    """`case` None: only balances are looked at. `facts`: what is known of VTEX, by number (docs/vtex.md)."""

    says: str
    case: LockCase | None
    expect: list[str]
    facts: str = ""
    balances: tuple[PairCase, ...] = ()


def healthy(says: str, given: LockCase, *balances: str) -> Situation:
    return wrong(says, given, *balances)


def wrong(says: str, given: LockCase, *expect: str) -> Situation:
    known = tuple(PairCase(pair, given.pairs, given.graces) for pair in given.pairs.values())
    return Situation(says, given, list(expect), balances=known)


def balance(says: str, given: PairFacts, *expect: str, beside: Iterable[PairFacts] = ()) -> Situation:
    """Of one pair, whoever's reservations it is made of."""
    named = [f"{given.sku}@{given.warehouse} {each}" for each in expect]
    return Situation(says, None, named, balances=(pair_case(given, *beside),))


def by(facts: str, *situations: Situation) -> list[Situation]:
    return [replace(each, facts=facts) for each in situations]


def verdicts(situation: Situation) -> list[str]:
    """What the rules say of the lock, and of each balance beside it."""
    said = shown(diagnose_lock(situation.case, NOW)) if situation.case else []
    for given in situation.balances:
        if verdict := diagnose_pair(given, NOW):
            said += [f"{given.pair.sku}@{given.pair.warehouse} {each}" for each in shown([verdict])]
    return said
