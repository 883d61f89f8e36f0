"""Every rule is sharp: a small error put into it is noticed by a test that needs no database.

Figures and survivors: `python -m tests.diagnosis.mutants`.
"""

from __future__ import annotations

import pytest

from .equivalent import EQUIVALENT
from .mutants import Mutant, mutants, prove_unchanged, survives

TOGETHER = 12
"""Mutants of one function that are one case: it takes a second at most."""


def parts() -> dict[str, list[Mutant]]:
    functions: dict[str, list[Mutant]] = {}
    for mutant in mutants():
        functions.setdefault(mutant.place, []).append(mutant)
    return {
        f"{place} {at // TOGETHER + 1}": found[at : at + TOGETHER]
        for place, found in functions.items()
        for at in range(0, len(found), TOGETHER)
    }


PARTS = parts()


def test_the_tests_pass_while_nothing_is_changed() -> None:
    assert prove_unchanged() > 400


@pytest.mark.sampled(8)
@pytest.mark.parametrize("part", PARTS)
def test_each_mutant_goes_red_unless_it_is_equivalent(part: str) -> None:
    alive = {each.name for each in PARTS[part] if each.name not in EQUIVALENT and survives(each)}

    assert alive == set()


def test_what_is_called_equivalent_is_there_and_is_no_more_than_a_twentieth() -> None:
    names = {mutant.name for mutant in mutants()}

    assert set(EQUIVALENT) <= names
    assert len(EQUIVALENT) * 20 <= len(names)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", sorted(EQUIVALENT))
def test_what_is_called_equivalent_survives(name: str) -> None:
    [mutant] = [mutant for mutant in mutants() if mutant.name == name]

    assert survives(mutant)
