"""Does a text that would be kept for good look like personal data?"""

from __future__ import annotations

import re

EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().]{2,}")
CPF = re.compile(r"(?<![\dA-Za-z])(\d{3})\.?(\d{3})\.?(\d{3})[-\s]?(\d{2})(?![\dA-Za-z])")


def looks_personal(*texts: str) -> str | None:
    """`email` or `cpf` when a text looks like one, else None; a CPF is one only with right check digits."""
    if any(EMAIL.search(text) for text in texts):
        return "email"
    if any(_is_cpf("".join(found.groups())) for text in texts for found in CPF.finditer(text)):
        return "cpf"
    return None


def _is_cpf(digits: str) -> bool:
    if len(set(digits)) == 1:
        return False
    return all(_check_digit(digits[:place]) == int(digits[place]) for place in (9, 10))


def _check_digit(digits: str) -> int:
    weights = range(len(digits) + 1, 1, -1)
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) * 10 % 11
    return rest % 10
