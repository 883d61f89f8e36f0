"""Every labelled situation has its verdict and its remedy, and nothing else has."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from reconciler.diagnosis.facts import Unreadable
from reconciler.diagnosis.verdicts import Cause, Reason

from .balances import SITUATIONS as BALANCES
from .doubts import SITUATIONS as DOUBTS
from .finished import SITUATIONS as FINISHED
from .flow import SITUATIONS as FLOW
from .missing import SITUATIONS as MISSING
from .moments import SITUATIONS as MOMENTS
from .shapes import SITUATIONS as SHAPES
from .situations import Situation, verdicts

SITUATIONS = [*FINISHED, *FLOW, *MISSING, *BALANCES, *MOMENTS, *SHAPES, *DOUBTS]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.says)
def test_each_situation_has_its_verdicts_or_none(situation: Situation) -> None:
    assert verdicts(situation) == situation.expect


def test_there_are_at_least_150_each_with_its_own_sentence_and_the_facts_behind_it() -> None:
    sentences = Counter(situation.says for situation in SITUATIONS)

    assert [says for says, times in sentences.items() if times > 1] == []
    assert len(sentences) >= 150
    assert [each.says for each in SITUATIONS if not re.search(r"\b[FU]\d", each.facts)] == []


def test_every_cause_comes_up_stuck_and_to_be_confirmed() -> None:
    said = [piece for situation in SITUATIONS for piece in situation.expect]

    for cause in set(Cause) - {Cause.COULD_NOT_TELL}:
        for state in ("stuck", "pending"):
            assert any(f"{cause} " in piece and piece.endswith(state) for piece in said), (cause, state)


def test_every_reason_why_it_could_not_be_told_comes_up() -> None:
    said = {piece.partition("could_not_tell:")[2] for each in SITUATIONS for piece in each.expect}

    assert {str(reason) for reason in (*Reason, *Unreadable)} <= said
