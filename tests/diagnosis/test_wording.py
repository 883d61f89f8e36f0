"""Every code a rule can give has a sentence, and every sentence finds its parameters."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from reconciler.diagnosis import facts, rules, wording
from reconciler.diagnosis.facts import Unreadable
from reconciler.diagnosis.rules import diagnose_lock, diagnose_pair
from reconciler.diagnosis.save import as_json
from reconciler.diagnosis.verdicts import Cause, Reason, Remedy, Source, ValueKind, Verdict
from reconciler.models import Cause as StoredCause
from reconciler.models import ListState as StoredListState
from reconciler.models import ValueKind as StoredValueKind
from reconciler.models.orders import FINISHED

from .builders import NOW
from .test_situations import SITUATIONS

SAID = [
    verdict for situation in SITUATIONS if situation.case for verdict in diagnose_lock(situation.case, NOW)
] + [
    verdict
    for situation in SITUATIONS
    for given in situation.balances
    if (verdict := diagnose_pair(given, NOW))
]


def in_the_rules(called: str, position: int) -> set[str]:
    """The literal strings that the rules pass to this function."""
    found = set()
    for path in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == called:
                found |= {
                    leaf.value for leaf in ast.walk(node.args[position]) if isinstance(leaf, ast.Constant)
                }
    return found


def test_every_cause_has_a_title_and_an_explanation() -> None:
    assert set(wording.TITLES) == set(wording.EXPLANATIONS) == set(Cause)


def test_every_remedy_every_reason_and_every_source_has_words() -> None:
    assert set(wording.REMEDIES) == set(Remedy)
    assert set(wording.REASONS) == {*Reason, *Unreadable}
    assert set(wording.SOURCES) == set(Source)


def test_every_kind_of_evidence_the_rules_give_has_a_sentence() -> None:
    kinds = {piece.kind for verdict in SAID for piece in verdict.evidence}

    assert in_the_rules("fact", 0) <= set(wording.EVIDENCE)
    assert kinds <= set(wording.EVIDENCE)


def test_every_near_miss_the_rules_give_has_a_sentence() -> None:
    assert in_the_rules("NearMiss", 1) == set(wording.NEAR_MISSES)


@pytest.mark.parametrize("verdict", SAID, ids=lambda verdict: f"{verdict.cause}-{verdict.reason}")
def test_every_sentence_finds_its_parameters(verdict: Verdict) -> None:
    for piece in verdict.evidence:
        assert "%(" not in wording.evidence(as_json(piece))


def test_a_missing_value_reads_as_a_dash() -> None:
    assert wording.evidence({"kind": "order_status", "order": "x", "status": None}) == "Order x is —."


def test_a_code_of_an_older_release_does_not_fail_a_page() -> None:
    assert wording.evidence({"kind": "forgotten", "at": None}) == "forgotten"


def test_known_issues_are_named_for_the_ticket() -> None:
    assert wording.known_issues("cancel_incomplete") == ("KI-1220722",)
    assert wording.known_issues("could_not_tell", "too_many_reservations") == ("KI-296066",)


def test_the_rules_and_the_rows_use_the_same_codes() -> None:
    assert [cause.value for cause in Cause] == StoredCause.values
    assert [kind.value for kind in ValueKind] == StoredValueKind.values
    assert {state.value for state in facts.ListState} == set(StoredListState.values)
    assert set(FINISHED) == facts.FINISHED
