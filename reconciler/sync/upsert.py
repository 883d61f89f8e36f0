"""Rows that several processes may make at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)


def locked(model: type[M], key: dict[str, Any], defaults: dict[str, Any]) -> tuple[M, bool]:
    """The row with exactly `key`, made if missing, locked until the transaction ends; whether it was made.

    Must run inside a transaction.
    """
    manager = model._default_manager
    row = manager.select_for_update().filter(**key).first()
    if row:
        return row, False
    manager.bulk_create([model(**key, **defaults)], ignore_conflicts=True)
    return manager.select_for_update().get(**key), True


def assign(row: Model, **values: Any) -> list[str]:
    """Sets the values that differ; the names of those that did."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def write(rows: Sequence[Model], fields: Collection[str]) -> None:
    """Writes these fields of rows that exist and are locked, in one statement however many there are."""
    if rows:
        manager = type(rows[0])._default_manager
        manager.bulk_create(rows, update_conflicts=True, unique_fields=["pk"], update_fields=[*fields])
