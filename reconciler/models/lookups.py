"""`name__prefix="abc"`: what begins so, letter by letter, found by an index on either engine.

Django's own `startswith` is a LIKE, which SQLite answers without an index. On PostgreSQL the comparison is by
bytes whatever the database's collation, so its index needs the operator class `varchar_pattern_ops`.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Lookup
from django.db.models.sql.compiler import SQLCompiler

LAST = "\U0010ffff"
"""Sorts after every letter: what begins with "ab" lies between "ab" and "ab" with this."""
BY_BYTES = ("~>=~", "~<~")


@CharField.register_lookup
class Prefix(Lookup):
    lookup_name = "prefix"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, operators: tuple[str, str] = (">=", "<")
    ) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        least, beyond = operators
        values = (*params, self.rhs, *params, f"{self.rhs}{LAST}")
        return f"({column} {least} %s AND {column} {beyond} %s)", values

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        return self.as_sql(compiler, connection, BY_BYTES)
