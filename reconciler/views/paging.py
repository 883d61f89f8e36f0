"""Keyset paging: pages by the values of the last row seen, so depth costs nothing and rows never repeat.

A cursor is signed and bound to its list and sort; one that was altered, or belongs to another sort,
opens the first page instead of an error.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Q, QuerySet

Row = TypeVar("Row")
Values = list[Any]
AFTER, BEFORE = "after", "before"


@dataclass(frozen=True)
class Sort:
    """A total order: fields that are never null, the last of them unique; `-` in front descends."""

    name: str
    fields: tuple[str, ...]

    def reversed(self) -> tuple[str, ...]:
        return tuple(field[1:] if field.startswith("-") else f"-{field}" for field in self.fields)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page; `next` and `previous` are cursors, empty at the ends."""

    rows: Sequence[Row]
    next: str
    previous: str


def page(queryset: QuerySet[Any, Row], sort: Sort, cursor: str, *, size: int = 50) -> Page[Row]:
    """One page of `queryset` in the order of `sort`: one query, whatever the depth."""
    direction, values = _read(sort, cursor)
    fields = sort.reversed() if direction == BEFORE else sort.fields
    found = queryset.order_by(*fields)
    if values:
        found = found.filter(_beyond(fields, values))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if direction == BEFORE:
        rows.reverse()
        return Page(rows, _write(sort, AFTER, rows, -1), _write(sort, BEFORE, rows, 0) if more else "")
    return Page(
        rows, _write(sort, AFTER, rows, -1) if more else "", _write(sort, BEFORE, rows, 0) if values else ""
    )


def _beyond(fields: Sequence[str], values: Values) -> Q:
    """Rows strictly after `values` in the order of `fields`.

    That the first field is not before its value follows from the rest; said apart, an index starts there.
    """
    found, equal = Q(), Q()
    for field, value in zip(fields, values, strict=True):
        found |= equal & Q(**{f"{field.removeprefix('-')}__{_side(field)}": value})
        equal &= Q(**{field.removeprefix("-"): value})
    return Q(**{f"{fields[0].removeprefix('-')}__{_side(fields[0])}e": values[0]}) & found


def _side(field: str) -> str:
    return "lt" if field.startswith("-") else "gt"


def _write(sort: Sort, direction: str, rows: Sequence[Row], index: int) -> str:
    if not rows:
        return ""
    values = [getattr(rows[index], field.removeprefix("-")) for field in sort.fields]
    packed = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return signing.dumps([direction, *packed], salt=f"paging:{sort.name}")


def _read(sort: Sort, cursor: str) -> tuple[str, Values]:
    try:
        direction, *packed = signing.loads(cursor, salt=f"paging:{sort.name}")
    except signing.BadSignature:
        return AFTER, []
    return direction, [
        datetime.fromisoformat(value["t"]) if isinstance(value, dict) else value for value in packed
    ]
