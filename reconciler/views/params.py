"""What an address line says, made harmless: no NUL, no endless text, no unknown choice."""

from __future__ import annotations

from collections.abc import Container
from urllib.parse import urlencode

from django.http import HttpRequest

MOST_CHARACTERS = 200


def text(request: HttpRequest, name: str) -> str:
    """The parameter without NUL and surrounding blanks, at most 200 characters."""
    return request.GET.get(name, "").replace("\0", "").strip()[:MOST_CHARACTERS]


def exact(request: HttpRequest, name: str) -> str:
    """An id: compared exactly, so its blanks stay (F6.9)."""
    return request.GET.get(name, "").replace("\0", "")[:MOST_CHARACTERS]


def choice(request: HttpRequest, name: str, known: Container[str], default: str = "") -> str:
    """The parameter when it is known, else `default`."""
    given = request.GET.get(name, "")
    return given if given in known else default


def query(**params: str) -> str:
    """`?a=b` of the parameters that say something; empty when none does."""
    said = {name: value for name, value in params.items() if value}
    return f"?{urlencode(said)}" if said else ""
