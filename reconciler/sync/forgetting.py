"""Old rows go in slices, each its own short transaction, so that no writer waits long."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
SLICE = 1000
MOST_SLICES = 50
"""A time; what is left over goes the next time."""


def forget(old: QuerySet[M], by: str) -> int:
    """Deletes these rows, those first that come first by this field; how many."""
    gone = 0
    for _ in range(MOST_SLICES):
        some = list(old.order_by(by).values_list("pk", flat=True)[:SLICE])
        gone += old.model._default_manager.filter(pk__in=some).delete()[0]
        if len(some) < SLICE:
            break
    return gone
