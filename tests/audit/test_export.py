"""Files made from the trail."""

import csv
import hashlib
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reconciler.audit import Actor
from reconciler.audit.export import COLUMNS, KEYS, export
from reconciler.audit.record import record
from reconciler.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db
AUDITOR = Actor(name="auditor", role="auditor")


@pytest.fixture
def three() -> None:
    for number, reason in enumerate(["shelf counted", "=cmd|' /C calc'!A0", 'é, "quoted"\nnext line']):
        record(account="luxstore", actor=AUDITOR, action="stock.count", subject=f"{number}@cd", reason=reason,
               before={"total": 5}, after={"total": number}, outcome="verified")  # fmt: skip
    record(account="-", actor=AUDITOR, action="user.login", subject="auditor")


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("audit_export", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_json_lines_have_exactly_the_agreed_keys_in_order(three: None) -> None:
    out, _ = run("--format", "jsonl", "--account", "luxstore")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [list(line) for line in lines] == [KEYS] * 3
    assert [line["sequence"] for line in lines] == [1, 2, 3]
    assert lines[2]["reason"] == 'é, "quoted"\nnext line'
    assert lines[0]["after"] == {"total": 0}
    assert lines[0]["attempt_id"] is None
    assert [line["previous_hash"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]


def test_csv_carries_the_hashed_text_so_that_anyone_can_check_it(three: None) -> None:
    out, _ = run("--format", "csv", "--account", "luxstore")
    rows = list(csv.DictReader(StringIO(out, newline="")))
    assert list(rows[0]) == COLUMNS
    for row in rows:
        assert hashlib.sha256((row["previous_hash"] + row["body"]).encode()).hexdigest() == row["hash"]
    assert rows[0]["role"] == "auditor"


def test_no_cell_starts_a_formula(three: None) -> None:
    out, _ = run("--format", "csv", "--account", "luxstore")
    reasons = [row["reason"] for row in csv.DictReader(StringIO(out, newline=""))]
    assert reasons[1] == "'=cmd|' /C calc'!A0"


def test_an_export_says_what_it_holds_and_is_an_entry_itself(three: None) -> None:
    head = AuditHead.objects.get(chain="luxstore")
    _, err = run("--format", "jsonl", "--account", "luxstore")
    manifest = json.loads(err)
    assert manifest == {"chain": "luxstore", "format": "jsonl", "filter": {}, "rows": 3, "head_sequence": 3,
                        "head_hash": head.hash}  # fmt: skip
    entry = AuditEntry.objects.get(chain="luxstore", sequence=4)
    assert (entry.action, json.loads(entry.body)["after"]) == ("audit.export", manifest)
    assert entry.actor.startswith("console:")


def test_without_a_store_the_chains_of_all_stores_come_but_not_the_logins(three: None) -> None:
    record(account="other", actor=AUDITOR, action="stock.check")
    out, err = run("--format", "csv")
    assert [row["chain"] for row in csv.DictReader(StringIO(out, newline=""))] == ["luxstore"] * 3 + ["other"]
    assert len(err.splitlines()) == 2


def test_the_installations_chain_is_exported_by_its_name(three: None) -> None:
    out, _ = run("--format", "jsonl", "--account", "-")
    assert [json.loads(line)["action"] for line in out.splitlines()] == ["user.login"]


def test_an_unknown_store_is_an_error_and_leaves_no_entry() -> None:
    with pytest.raises(CommandError, match="no store nowhere"):
        run("--format", "csv", "--account", "nowhere")
    assert not AuditEntry.objects.exists()


def test_entries_made_while_a_file_is_written_do_not_enter_it(three: None) -> None:
    made = export(
        chain="luxstore", form="jsonl", actor=AUDITOR, chosen=AuditEntry.objects.all(), chosen_by={}
    )
    record(account="luxstore", actor=AUDITOR, action="stock.count")
    assert len(list(made.lines)) == made.manifest.rows == 3


def test_a_long_trail_is_written_line_by_line(three: None) -> None:
    made = export(chain="luxstore", form="csv", actor=AUDITOR, chosen=AuditEntry.objects.all(), chosen_by={})
    assert next(made.lines).startswith("sequence,at,actor")
    assert made.manifest.filename.endswith(".csv")
    assert "/" not in made.manifest.filename
