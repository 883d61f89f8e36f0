"""Both databases refuse to change or lose audit entries."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction
from django.test import Client

from reconciler.audit import Actor, triggers
from reconciler.audit.checks import audit_is_append_only
from reconciler.audit.record import record
from reconciler.audit.trigger_set import ENTRIES, HEADS
from reconciler.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db

CHANGES = [
    f"UPDATE {ENTRIES} SET actor = 'nobody'",
    f"UPDATE {ENTRIES} SET body = body",
    f"DELETE FROM {ENTRIES}",
    f"DELETE FROM {HEADS}",
    f"UPDATE {HEADS} SET sequence = 1",
    f"UPDATE {HEADS} SET sequence = sequence, hash = 'x'",
    f"UPDATE {HEADS} SET chain = 'other', sequence = 9",
]
SQLITE_CHANGES = [
    f"INSERT OR REPLACE INTO {ENTRIES} SELECT id, 'x', 7, at, actor, action, subject, outcome, cause, "
    f"ticket, attempt_id, body, previous_hash, hash FROM {ENTRIES} WHERE sequence = 1",
    f"INSERT OR REPLACE INTO {ENTRIES} SELECT * FROM {ENTRIES} WHERE sequence = 1",
    f"REPLACE INTO {ENTRIES} SELECT NULL, chain, sequence, at, 'nobody', action, subject, outcome, cause, "
    f"ticket, attempt_id, body, previous_hash, hash FROM {ENTRIES} WHERE sequence = 1",
    f"UPDATE OR REPLACE {ENTRIES} SET sequence = 2 WHERE sequence = 1",
    f"INSERT OR REPLACE INTO {HEADS} (chain, sequence, hash) VALUES ('luxstore', 1, '')",
]
POSTGRESQL_CHANGES = [
    f"TRUNCATE {ENTRIES}",
    f"TRUNCATE {HEADS} CASCADE",
    f"INSERT INTO {ENTRIES} SELECT * FROM {ENTRIES} "
    "ON CONFLICT (chain, sequence) DO UPDATE SET actor = 'nobody'",
]


def two_entries() -> None:
    for number in (1, 2):
        record(account="luxstore", actor=Actor(name="support"), action="stock.count", subject=f"{number}@cd")


def change(statement: str) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


@pytest.fixture
def entries() -> list[dict[str, object]]:
    two_entries()
    return list(AuditEntry.objects.values())


@pytest.mark.parametrize("statement", CHANGES)
def test_a_change_of_the_trail_is_refused(entries: list[dict[str, object]], statement: str) -> None:
    with pytest.raises(Error):
        change(statement)
    assert list(AuditEntry.objects.values()) == entries
    assert AuditHead.objects.get().sequence == 2


@pytest.mark.sqlite
@pytest.mark.parametrize("statement", SQLITE_CHANGES)
def test_a_replacing_insert_is_refused_on_sqlite(entries: list[dict[str, object]], statement: str) -> None:
    with pytest.raises(Error, match=r"append-only|only moves forward"):
        change(statement)
    assert list(AuditEntry.objects.values()) == entries


@pytest.mark.postgresql
@pytest.mark.parametrize("statement", POSTGRESQL_CHANGES)
def test_truncating_and_upserting_are_refused_on_postgresql(
    entries: list[dict[str, object]], statement: str
) -> None:
    with pytest.raises(Error):
        change(statement)
    assert list(AuditEntry.objects.values()) == entries


@pytest.mark.parametrize(
    "call", [AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(actor="x")]
)
def test_the_orm_is_refused_as_well(entries: list[dict[str, object]], call: object) -> None:
    with pytest.raises(Error), transaction.atomic():
        call()  # type: ignore[operator]


def test_no_trigger_is_missing_after_migrating() -> None:
    assert triggers.missing(connection) == []
    assert audit_is_append_only(databases=["default"]) == []


def test_a_dropped_trigger_is_an_error_of_the_system_check() -> None:
    triggers.drop(connection)
    (error,) = audit_is_append_only(databases=["default"])
    assert error.id == "reconciler.E001"
    assert "audit_head_no_delete" in error.msg


def test_the_check_is_silent_without_a_database_at_hand() -> None:
    assert audit_is_append_only(databases=None) == []


def test_a_site_whose_trail_is_unprotected_is_not_ready(client: Client) -> None:
    assert client.get("/readyz").status_code == 200
    triggers.drop(connection)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"audit triggers: run manage.py audit_protect\n")


def test_protection_can_be_put_back_by_command() -> None:
    triggers.drop(connection)
    call_command("audit_protect", stdout=StringIO())
    assert triggers.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_has_the_protection_too() -> None:
    two_entries()
    with pytest.raises(Error):
        change(f"DELETE FROM {ENTRIES}")
