# ruff: noqa: E501 - a situation is read across
"""What is wrong with a balance, whoever's reservations it is made of."""

from __future__ import annotations

import pytest

from reconciler.diagnosis.cases import PairCase
from reconciler.diagnosis.facts import ListState
from reconciler.diagnosis.rules import diagnose_pair
from reconciler.diagnosis.verdicts import ValueKind

from .builders import NOW, OTHER_SKU, SKU, WAREHOUSE, ago, beyond, pair, pair_case, phantom, shown

WRONG = "balance_mismatch ticket stuck"
SITUATIONS: list[tuple[str, PairCase, list[str]]] = [
    ("reserved and list agree", pair_case(pair()), []),
    ("units are left over that nobody explains", pair_case(beyond(2)), [WRONG]),
    ("left over for five minutes", pair_case(beyond(2, since=ago(minutes=5))), ["balance_mismatch ticket pending"]),
    ("two canceled reservations could explain it", pair_case(beyond(2, phantom(), phantom("00-x"))), [WRONG]),
    ("one canceled reservation of another number", pair_case(beyond(3, phantom())), [WRONG]),
    ("one canceled reservation explains it: the lock's finding", pair_case(beyond(2, phantom())), []),
    ("never read between two equal balances", pair_case(beyond(2, bracketed_at=None)), []),
    ("an unlimited pair", pair_case(beyond(2, unlimited=True)), []),
    ("reserved is negative", pair_case(pair(reserved=-1, mismatch_units=-1, mismatch_since=ago(3))), [WRONG]),
    ("reserved is negative, seen once", pair_case(pair(reserved=-1, mismatch_units=-1, mismatch_since=NOW)),
     ["balance_mismatch ticket pending"]),
    ("the list shows more than is reserved", pair_case(pair(mismatch_units=-1)), []),
    ("rows of an unknown status may explain it", pair_case(beyond(2, other_status_units=2)),
     ["could_not_tell:unknown_status_units"]),
    ("a lock listed elsewhere may explain it", pair_case(beyond(2, elsewhere=True)), ["could_not_tell:unlisted_elsewhere"]),
    ("too many reservations to list", pair_case(pair(list_state=ListState.TOO_MANY)),
     ["could_not_tell:too_many_reservations"]),
    ("the list answers an error", pair_case(pair(list_state=ListState.ERROR)), ["could_not_tell:list_unreadable"]),
    ("the key may not list", pair_case(pair(list_state=ListState.FORBIDDEN)), ["could_not_tell:list_unreadable"]),
    ("an error, but nothing is reserved", pair_case(pair(list_state=ListState.ERROR, reserved=0)), []),
    ("changed while it was listed: read again soon", pair_case(pair(list_state=ListState.UNSTABLE)), []),
    ("not listed yet", pair_case(pair(list_state=ListState.NOT_READ)), []),
]  # fmt: skip


@pytest.mark.parametrize(("says", "case", "expect"), SITUATIONS, ids=[says for says, _, _ in SITUATIONS])
def test_each_balance_has_its_verdict_or_none(says: str, case: PairCase, expect: list[str]) -> None:
    verdict = diagnose_pair(case, NOW)

    assert shown([verdict] if verdict else []) == expect


def test_a_mismatch_is_of_the_pair_and_of_no_reservation() -> None:
    verdict = diagnose_pair(pair_case(beyond(3)), NOW)

    assert verdict is not None
    assert (verdict.lock_id, verdict.pair, verdict.units) == (None, (SKU, WAREHOUSE), 3)
    assert (verdict.since, verdict.value_kind) == (ago(3), ValueKind.TO_CHECK)


def test_a_candidate_whose_other_pair_is_in_order_explains_nothing() -> None:
    both = phantom()
    both = type(both)(both.lock_id, (*both.quantities, ((OTHER_SKU, WAREHOUSE), 1)))

    verdict = diagnose_pair(pair_case(beyond(2, both), pair(OTHER_SKU, phantoms=(both,))), NOW)

    assert shown([verdict]) == [WRONG]
