"""The trail as a file: JSON Lines with exactly the agreed keys, or CSV for spreadsheets."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import QuerySet

from reconciler.audit.actor import Actor
from reconciler.audit.record import record
from reconciler.models import AuditEntry, AuditHead

KEYS = [
    "sequence", "at", "actor", "ip", "request_id", "attempt_id", "action", "subject", "cause", "reason",
    "ticket", "before", "after", "sent", "answer", "outcome", "previous_hash", "hash",
]  # fmt: skip
COLUMNS = [*KEYS, "chain", "role", "user_id", "body"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
FORMATS = ("jsonl", "csv")


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a file holds: rows of one chain up to its head, chosen by a filter."""

    chain: str
    format: str
    filter: dict[str, str]
    rows: int
    head_sequence: int
    head_hash: str

    @property
    def filename(self) -> str:
        chain = "installation" if self.chain == "-" else self.chain
        head = f"{self.head_sequence}-{self.head_hash[:12]}"
        return f"audit-{chain}-{self.rows}-rows-head-{head}.{self.format}"


@dataclass(frozen=True, kw_only=True)
class Export:
    manifest: Manifest
    entry: AuditEntry
    lines: Iterator[str]


def export(
    *, chain: str, form: str, actor: Actor, chosen: QuerySet[AuditEntry], chosen_by: dict[str, str]
) -> Export:
    """Records the export in the chain itself, then gives its lines, oldest first, read as they are written.

    `chosen` are entries of `chain`. Entries after the head named in the manifest are left out, also this
    export's own.
    """
    head = AuditHead.objects.filter(chain=chain).first() or AuditHead(chain=chain)
    rows = chosen.filter(chain=chain, sequence__lte=head.sequence).order_by("sequence")
    manifest = Manifest(
        chain=chain,
        format=form,
        filter=chosen_by,
        rows=rows.count(),
        head_sequence=head.sequence,
        head_hash=head.hash,
    )
    entry = record(
        account=chain,
        actor=actor,
        action="audit.export",
        subject=chain,
        outcome="verified",
        after=asdict(manifest),
    )
    write = csv_lines if form == "csv" else json_lines
    return Export(manifest=manifest, entry=entry, lines=write(rows.iterator(chunk_size=500)))


def json_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    for entry in entries:
        values = fields(entry)
        yield json.dumps({key: values[key] for key in KEYS}, ensure_ascii=False) + "\n"


def csv_lines(entries: Iterable[AuditEntry]) -> Iterator[str]:
    """`body` is the text that was hashed, so `hash` can be checked: SHA-256 of previous_hash and body."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        values = {**fields(entry), "body": entry.body}
        yield writer.writerow([_cell(values[column]) for column in COLUMNS])


def fields(entry: AuditEntry) -> dict[str, Any]:
    """What the body of an entry says, and its hash."""
    body: dict[str, Any] = json.loads(entry.body)
    return {**body, "hash": entry.hash}


class _Echo:
    def write(self, line: str) -> str:
        return line


def _cell(value: Any) -> Any:
    """A spreadsheet must take no text for a formula."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
