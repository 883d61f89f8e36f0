"""Every code has its sentence, and every sentence its values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler import actions
from reconciler.actions import wording
from reconciler.models import Attempt, Outcome, State, Verb

SOURCE = "\n".join(path.read_text() for path in sorted(Path(actions.__file__).parent.glob("*.py")))
CODES = sorted(set(re.findall(r'(?:refuse|ActionRefused)\(\s*"(\w+)"|"code": "(\w+)"', SOURCE)))
VALUES = {"pairs": ["0123@CD~2FSP"], "locks": ["00-v1-01"], "role": "operator"}


@pytest.mark.parametrize("code", sorted({one or other for one, other in CODES}))
def test_every_code_that_is_used_has_a_sentence(code: str) -> None:
    assert code in wording.NOTES


@pytest.mark.parametrize("code", sorted(wording.NOTES))
def test_every_sentence_is_filled(code: str) -> None:
    names = re.findall(r"%\((\w+)\)s", str(wording.NOTES[code]))
    said = wording.refusal(code, {name: VALUES.get(name, "x") for name in names})
    assert "%(" not in said
    assert ("SKU 0123 in CD/SP" in said) == ("pairs" in names)


@pytest.mark.parametrize("verb", Verb)
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_of_every_verb_is_told(verb: Verb, outcome: Outcome) -> None:
    assert wording.outcome(Attempt(verb=verb, state=State.DONE, outcome=outcome)).endswith(".")


@pytest.mark.parametrize("state", [State.REQUESTED, State.SENDING, State.VERIFYING])
@pytest.mark.parametrize("outcome", ["", Outcome.UNKNOWN])
def test_every_state_is_told(state: State, outcome: str) -> None:
    assert wording.outcome(Attempt(verb=Verb.COUNT, state=state, outcome=outcome)).endswith(".")


def test_locks_that_stayed_and_locks_that_went_are_named() -> None:
    note = {"code": "locks_stayed", "params": {"locks": ["00-v1-01"]}, "also_gone": ["00-v2-01"]}
    said = wording.outcome(Attempt(verb=Verb.COUNT, state=State.DONE, outcome=Outcome.VERIFIED, note=note))
    assert "00-v1-01" in said
    assert "00-v2-01" in said
