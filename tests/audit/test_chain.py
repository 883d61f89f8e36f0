"""A change behind the application's back is found, and the first broken entry is named."""

import sqlite3
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reconciler.audit import Actor, chain, triggers
from reconciler.audit.body import canonical, digest
from reconciler.audit.record import record
from reconciler.audit.trigger_set import ENTRIES, HEADS
from reconciler.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db


@pytest.fixture
def five() -> None:
    for number in range(1, 6):
        record(account="luxstore", actor=Actor(name="support"), action="stock.count", subject=f"{number}@cd",
               reason="the shelf was counted", after={"total": number}, outcome="verified")  # fmt: skip
    record(account="-", actor=Actor(name="support"), action="user.login", subject="support")


def behind_the_back(*statements: str) -> None:
    triggers.drop(connection)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    triggers.create(connection)


def verify(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("audit_verify", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        err.write(f"{error} exit {error.returncode}")
    return out.getvalue(), err.getvalue()


def test_an_untouched_chain_holds_and_its_head_is_said(five: None) -> None:
    head = AuditHead.objects.get(chain="luxstore")
    out, err = verify()
    assert f"luxstore: holds, 5 entries, head 5:{head.hash}" in out
    assert "-: holds, 1 entries" in out
    assert err == ""


def test_a_store_without_entries_holds() -> None:
    assert chain.verify("luxstore").holds


E, H = f"UPDATE {ENTRIES} SET", f"UPDATE {HEADS} SET"
THIRD_HASH = f"(SELECT hash FROM {ENTRIES} WHERE chain = 'luxstore' AND sequence = 3)"
TAMPERED = [
    ("a byte", 3, "changed", f"{E} body = replace(body, '\"total\":3', '\"total\":4') WHERE sequence = 3"),
    ("a blank more", 2, "changed", f"{E} body = body || ' ' WHERE sequence = 2"),
    ("a hash", 4, "changed", f"{E} hash = 'f00' WHERE sequence = 4"),
    ("a link", 4, "unlinked", f"{E} previous_hash = 'f00' WHERE sequence = 4"),
    ("an actor column", 2, "columns", f"{E} actor = 'merchant' WHERE sequence = 2"),
    ("a time column", 2, "columns", f"{E} at = '2020-01-01 00:00:00' WHERE sequence = 2"),
    ("an attempt column", 2, "columns", f"{E} attempt_id = 5 WHERE sequence = 2"),
    ("an entry gone", 3, "gap", f"DELETE FROM {ENTRIES} WHERE sequence = 3"),
    ("the first gone", 1, "gap", f"DELETE FROM {ENTRIES} WHERE sequence = 1"),
    ("the tail cut", 4, "tail", f"DELETE FROM {ENTRIES} WHERE sequence >= 4"),
    ("all gone", 1, "tail", f"DELETE FROM {ENTRIES} WHERE true"),
    ("the head's hash", 5, "changed", f"{H} hash = 'f00' WHERE true"),
    ("the head moved back", 4, "beyond_head", f"{H} sequence = 3, hash = {THIRD_HASH} WHERE true"),
    ("the head gone", 6, "head_missing", f"DELETE FROM {HEADS} WHERE true"),
]


@pytest.mark.parametrize(("what", "broken", "fault", "statement"), TAMPERED, ids=[row[0] for row in TAMPERED])
def test_tampering_is_named_by_its_first_sequence(
    five: None, what: str, broken: int, fault: str, statement: str
) -> None:
    behind_the_back(f"{statement} AND chain = 'luxstore'")
    _, err = verify("--account", "luxstore")
    assert f"luxstore: first broken sequence {broken} ({fault})" in err
    assert "exit 1" in err
    assert chain.verify("-").holds


def test_a_chain_cannot_be_passed_off_as_another_stores(five: None) -> None:
    behind_the_back(*(f"{what} chain = 'x' WHERE chain = '-'" for what in (E, H)))
    assert chain.verify("x").fault == "columns"


def test_a_wholly_rewritten_chain_is_found_by_a_head_noted_outside(five: None) -> None:
    noted = AuditHead.objects.get(chain="luxstore")
    rewrite_without_the_last()
    assert "holds" in verify("--account", "luxstore")[0]
    _, err = verify("--account", "luxstore", "--expect", f"{noted.sequence}:{noted.hash}")
    assert "first broken sequence 5 (anchor)" in err


def test_a_head_noted_outside_agrees_while_the_chain_grows(five: None) -> None:
    noted = AuditHead.objects.get(chain="luxstore")
    record(account="luxstore", actor=Actor(name="support"), action="stock.count")
    assert "holds, 6" in verify("--account", "luxstore", "--expect", f"{noted.sequence}:{noted.hash}")[0]


def test_a_missing_trigger_fails_the_verification_too(five: None) -> None:
    triggers.drop(connection)
    _, err = verify()
    assert "missing" in err
    assert "exit 1" in err


def rewrite_without_the_last() -> None:
    """What an owner of the database could do: cut the tail and move the head back."""
    fourth = AuditEntry.objects.get(chain="luxstore", sequence=4)
    behind_the_back(
        f"DELETE FROM {ENTRIES} WHERE sequence = 5",
        f"UPDATE {HEADS} SET sequence = 4, hash = '{fourth.hash}' WHERE chain = 'luxstore'",
    )


def test_a_forged_entry_needs_every_later_hash_and_the_head(five: None) -> None:
    second = AuditEntry.objects.get(chain="luxstore", sequence=2)
    body = second.body.replace("support", "nobody")
    forged = digest(second.previous_hash, body)
    behind_the_back(
        f"UPDATE {ENTRIES} SET body = '{body}', actor = 'nobody', hash = '{forged}' "
        "WHERE chain = 'luxstore' AND sequence = 2"
    )
    found = chain.verify("luxstore")
    assert (found.broken_at, found.fault) == (3, "unlinked")


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_one_byte_changed_in_the_database_file_is_found(five: None) -> None:
    with sqlite3.connect(connection.settings_dict["NAME"]) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    connection.close()
    path = Path(connection.settings_dict["NAME"])
    original = path.read_bytes()
    assert original.count(b'"subject":"3@cd"') == 1
    path.write_bytes(original.replace(b'"subject":"3@cd"', b'"subject":"9@cd"'))
    assert "first broken sequence 3 (changed)" in verify("--account", "luxstore")[1]


def test_the_hash_depends_on_every_field_of_the_body() -> None:
    assert digest("", canonical({"a": 1})) != digest("", canonical({"a": 2}))
    assert digest("x", canonical({"a": 1})) != digest("", canonical({"a": 1}))
