"""People in tables: their roles as words."""

from __future__ import annotations

from django import template

from reconciler.models import Role

register = template.Library()
LABELS = dict(Role.choices)


@register.filter
def roles(codes: str) -> str:
    """Role codes as recorded, split by commas, in the reader's language; an unknown one says itself."""
    return ", ".join(str(LABELS.get(code, code)) for code in codes.split(", ") if code)
