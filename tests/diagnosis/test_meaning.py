"""What a finding means, how sure it is and what nobody knows: said for every cause and reason there is."""

from __future__ import annotations

import pytest
from django.utils import translation

from reconciler.diagnosis import meaning, references, wording
from reconciler.diagnosis.facts import Unreadable
from reconciler.diagnosis.verdicts import Cause, Reason
from reconciler.models import STUCK_CAUSES


def test_every_cause_says_what_it_means_and_how_sure_it_is() -> None:
    assert set(meaning.MEANINGS) == set(meaning.WHY_SURE) == set(Cause)


def test_every_stuck_cause_says_what_to_do_in_a_line() -> None:
    assert set(meaning.TO_DO) == set(STUCK_CAUSES)


def test_every_reason_has_its_own_advice() -> None:
    assert set(meaning.ADVICE) == {*Reason, *Unreadable}


def test_what_evidence_leaves_open_is_evidence_that_exists() -> None:
    assert set(meaning.UNKNOWN_OF_EVIDENCE) <= set(wording.EVIDENCE)


def test_every_known_issue_of_a_finding_is_explained() -> None:
    named = {number for numbers in wording.KNOWN_ISSUES.values() for number in numbers}
    assert named == set(references.ISSUES)


@pytest.mark.parametrize("cause", list(Cause))
def test_nothing_is_certain_before_the_read_that_confirms_it(cause: str) -> None:
    with translation.override("en"):
        assert meaning.confidence(cause, due=False)[0] == "not certain yet"


def test_what_is_inferred_is_not_called_certain() -> None:
    with translation.override("en"):
        assert meaning.confidence(Cause.CANCEL_INCOMPLETE, due=True)[0] == "very likely"
        assert meaning.confidence(Cause.ORDER_MISSING, due=True)[0] == "as good as certain"
        assert meaning.confidence(Cause.COULD_NOT_TELL, due=True)[0] == "not known"


def test_a_total_that_was_not_watched_is_named_as_not_known() -> None:
    open_ones = meaning.unknowns(Cause.HANDLING_SKIPPED, ["item_listed", "total_not_watched"])
    assert open_ones == [str(meaning.UNKNOWN_OF_EVIDENCE["total_not_watched"])]


def test_a_canceled_order_whose_handling_had_begun_is_another_matter() -> None:
    handled = ["order_status", "item_acknowledged"]
    assert meaning.means(Cause.ORDER_CANCELED, handled) == str(meaning.AFTER_HANDLING)
    assert str(meaning.LEFT_OR_BACK) in meaning.unknowns(Cause.ORDER_CANCELED, handled)
    assert meaning.means(Cause.ORDER_CANCELED, ["item_not_acknowledged"]) != str(meaning.AFTER_HANDLING)


def test_a_code_of_an_older_release_fails_no_page() -> None:
    assert meaning.means("forgotten") == meaning.to_do("forgotten") == ""
    assert meaning.unknowns("forgotten", ["gone"]) == []
    assert meaning.advice("forgotten") == str(meaning.ELSE_ADVICE)
    assert references.references("forgotten", "gone") == []
