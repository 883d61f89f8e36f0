"""Figures of a store that cost too much to count for every look: counted once in a while, read by all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reconciler.models import Snapshot, VtexAccount

Figures = dict[str, Any]
"""JSON."""


@dataclass(frozen=True)
class Counted:
    """Figures under a name, counted by `count` when they are older than `every`."""

    name: str
    every: timedelta
    count: Callable[[VtexAccount, datetime], Figures]


def read(account: VtexAccount, now: datetime, *wanted: Counted) -> list[Figures]:
    """In one query; what is too old is counted anew by one of those who ask at the same time."""
    rows = Snapshot.objects.filter(account=account, name__in=[each.name for each in wanted])
    found = {row.name: row for row in rows}
    return [_figures(account, now, each, found.get(each.name)) for each in wanted]


def _figures(account: VtexAccount, now: datetime, wanted: Counted, row: Snapshot | None) -> Figures:
    rows = Snapshot.objects.filter(account=account, name=wanted.name)
    if row is None:
        figures = wanted.count(account, now)
        new = Snapshot(account=account, name=wanted.name, taken_at=now, figures=figures)
        Snapshot.objects.bulk_create([new], ignore_conflicts=True)
        return figures
    if timedelta() <= now - row.taken_at < wanted.every:
        return row.figures
    if not rows.filter(taken_at=row.taken_at).update(taken_at=now):
        return row.figures
    figures = wanted.count(account, now)
    rows.update(figures=figures)
    return figures
