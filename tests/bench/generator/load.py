"""Rows into tables as fast as each engine takes them: no triggers, no foreign keys, indexes afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from reconciler.audit import triggers

Model = type[models.Model]


class Table:
    """Rows of one model, gathered in `rows` as tuples in the order of `columns`; the rest gets defaults."""

    def __init__(self, model: Model, *columns: str) -> None:
        self.model, self.columns = model, columns
        self.name = model._meta.db_table
        self.rows: list[tuple[Any, ...]] = []
        fields = {field.column: field for field in model._meta.concrete_fields}
        unknown = set(columns) - set(fields)
        assert not unknown, f"{self.name} has no {unknown}"
        self.rest = {
            column: field.get_db_prep_save(field.get_default(), connection)
            for column, field in fields.items()
            if column not in columns
        }


class Loader:
    """The tables being filled, in one transaction."""

    def __init__(self) -> None:
        self.tables: list[Table] = []

    def table(self, model: Model, *columns: str) -> Table:
        self.tables.append(Table(model, *columns))
        return self.tables[-1]

    def flush(self) -> None:
        for table in self.tables:
            if table.rows:
                _WRITE[connection.vendor](table)
                table.rows.clear()


@contextmanager
def loading(*emptied: Model) -> Iterator[Loader]:
    """A loader for these models, which nobody else may touch meanwhile."""
    names = [model._meta.db_table for model in emptied]
    with connection.cursor() as cursor:
        for statement in _BEFORE[connection.vendor]:
            cursor.execute(statement)
        triggers.drop(connection)
        indexes = _secondary(names)
        for name in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute("BEGIN")
        loader = Loader()
        yield loader
        loader.flush()
        cursor.execute("COMMIT")
        for statement in indexes.values():
            cursor.execute(statement)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(emptied)):
            cursor.execute(statement)
        triggers.create(connection)
        for statement in _AFTER[connection.vendor]:
            cursor.execute(statement)


def _secondary(tables: list[str]) -> dict[str, str]:
    """Indexes that state no invariant of a table, with what creates each."""
    wanted = ", ".join(f"'{name}'" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES[connection.vendor] % wanted)
        return dict(cursor.fetchall())


def _to_sqlite(table: Table) -> None:
    columns = ", ".join(f'"{name}"' for name in (*table.columns, *table.rest))
    values = ", ".join(["?"] * len(table.columns) + [_literal(value) for value in table.rest.values()])
    connection.connection.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({values})', table.rows)


def _to_postgresql(table: Table) -> None:
    rest = tuple(_plain(value) for value in table.rest.values())
    columns = ", ".join(f'"{name}"' for name in (*table.columns, *table.rest))
    tail = "".join(f"\t{value}" for value in rest) + "\n"
    lines = ["\t".join(["\\N" if v is None else str(v) for v in row]) + tail for row in table.rows]
    raw = connection.connection.cursor()
    with raw.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
        copy.write("".join(lines))


def _plain(value: object) -> str:
    """A default as COPY takes it; JSON comes wrapped, and is empty."""
    value = getattr(value, "obj", value)
    if isinstance(value, bool):
        return "t" if value else "f"
    if value in ([], {}):
        return "[]" if value == [] else "{}"
    return "\\N" if value is None else str(value)


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return str(int(value)) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


_WRITE = {"sqlite": _to_sqlite, "postgresql": _to_postgresql}
_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
    "AND tbl_name IN (%s)",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN (%s) "
    "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
}
_BEFORE = {
    "sqlite": (
        "PRAGMA foreign_keys = OFF",
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA cache_size = -300000",
    ),
    "postgresql": (
        "SET session_replication_role = replica",  # no foreign keys, no triggers
        "SET TIME ZONE 'UTC'",
        "SET maintenance_work_mem = '512MB'",
    ),
}
_AFTER = {
    "sqlite": (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = NORMAL",
        "PRAGMA cache_size = -2000",
        "PRAGMA foreign_keys = ON",
        "ANALYZE",
    ),
    "postgresql": ("SET session_replication_role = origin", "RESET maintenance_work_mem", "VACUUM ANALYZE"),
}
