"""The database itself refuses to change or lose audit entries.

`create` may run again at any time. A migration that alters the entries' table must end with it: SQLite
rebuilds the table and silently drops its triggers.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder

from reconciler.audit.triggers_postgresql import POSTGRESQL
from reconciler.audit.triggers_sqlite import SQLITE

MIGRATION = ("reconciler", "0002_audit_append_only")
ENGINES = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def create(connection: BaseDatabaseWrapper) -> None:
    """Puts every trigger in place, replacing those that stand."""
    drop(connection)
    _run(connection, ENGINES[connection.vendor].create)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Takes the protection away: for going back in migrations, and for tests that empty their tables."""
    _run(connection, ENGINES[connection.vendor].drop)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of triggers that should stand and do not, in order; none before their migration was applied."""
    if MIGRATION not in MigrationRecorder(connection).applied_migrations():
        return []
    engine = ENGINES[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(engine.standing)
        standing = {name for (name,) in cursor.fetchall()}
    return sorted(engine.names - standing)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
