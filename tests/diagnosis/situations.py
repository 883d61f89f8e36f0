"""A situation in one sentence, with the verdicts it must give."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.diagnosis.cases import LockCase
from reconciler.diagnosis.facts import OrderLine

from .builders import SKU, ago, item, lock

ACKED = item(acked=ago(11))
AUTHORIZED = item(status="Authorized")
EXPIRED = lock(AUTHORIZED, maximum_confirmation_at=ago(5), confirmed_at=None, by_id_status=1)
SECOND = "0f0e-second"
CARRIES_SECOND = (OrderLine(SKU, 2, SECOND),)


@dataclass(frozen=True)
class Situation:
    says: str
    case: LockCase
    expect: list[str]


def healthy(says: str, given: LockCase) -> Situation:
    return Situation(says, given, [])


def wrong(says: str, given: LockCase, *expect: str) -> Situation:
    return Situation(says, given, list(expect))
