"""Texts that would be kept for good are looked at first. CPF numbers are made at run time."""

import random

import pytest

from reconciler.audit.diff import Difference, differences
from reconciler.audit.personal import looks_personal
from reconciler.audit.sentences import ACTIONS, label, sentence
from reconciler.models import AuditEntry, Verb


def cpf(seed: int) -> str:
    digits = random.Random(seed).sample(range(10), 9)
    for size in (9, 10):
        rest = sum(digit * (size + 1 - place) for place, digit in enumerate(digits)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return "".join(map(str, digits))


@pytest.mark.parametrize("seed", range(20))
def test_a_cpf_is_seen_plain_and_punctuated(seed: int) -> None:
    number = cpf(seed)
    dotted = f"{number[:3]}.{number[3:6]}.{number[6:9]}-{number[9:]}"
    assert looks_personal(f"customer {number} called") == "cpf"
    assert looks_personal("fine", f"CPF:{dotted}.") == "cpf"
    wrong = number[:10] + str((int(number[10]) + 1) % 10)
    assert looks_personal(wrong) is None


@pytest.mark.parametrize("text", ["ask someone@example.org", "<a.b+c@mail.example.com.br>", "x@ex.io,"])
def test_an_email_address_is_seen(text: str) -> None:
    assert looks_personal(text) == "email"


@pytest.mark.parametrize(
    "text",
    ["", "shelf counted twice", "order v71425090lux-01", "0123@cd_sp", "lock 00-1172452900788-01", "TCK-123",
     "111.111.111-11", "5 @ 3.50", "12345678901234567890"],
)  # fmt: skip
def test_words_of_the_trade_are_not_personal(text: str) -> None:
    assert looks_personal(text) is None


def test_before_and_after_are_laid_side_by_side_value_by_value() -> None:
    rows = differences(
        {"total": 5, "pairs": [{"sku": "1"}]}, {"total": 3, "pairs": [{"sku": "1"}], "new": None}
    )
    assert rows == [
        Difference("total", 5, 3), Difference("pairs.0.sku", "1", "1"), Difference("new", None, None),
    ]  # fmt: skip
    assert [row.changed for row in rows] == [True, False, False]
    assert differences(None, None) == []


def test_every_verb_of_the_product_can_be_recorded() -> None:
    assert set(Verb.values) <= set(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_has_a_label_and_a_sentence(action: str) -> None:
    said = sentence(AuditEntry(action=action, actor="support", subject="00-1"))
    assert label(action)
    assert "%" not in said
    assert "support" in said or "00-1" in said or action == "user.login_failed"


def test_an_action_of_a_later_version_shows_its_code() -> None:
    assert sentence(AuditEntry(action="moon.land", actor="support", subject="x")) == "support: moon.land x"
    assert label("moon.land") == "moon.land"
