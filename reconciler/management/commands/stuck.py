"""`manage.py stuck`: what the stuck list holds, for people and for scripts (design section 9)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reconciler.management.stores import add_account_option, chosen_accounts
from reconciler.models import Finding

COLUMNS = (
    "account", "lock_id", "order_id", "order_status", "cause", "since", "sku", "warehouse", "quantity",
    "remedy",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Command(BaseCommand):
    help = "Lists the reservations that hold stock for nothing, as the last reads found them."

    def add_arguments(self, parser: CommandParser) -> None:
        add_account_option(parser)
        parser.add_argument(
            "--all", action="store_true", help="also what is wrong but not stuck, and what could not be told"
        )
        parser.add_argument("--format", choices=["table", "json", "csv"], default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        found = [
            row for account in chosen_accounts(options["account"]) for row in rows(account.pk, options["all"])
        ]
        write = {"table": as_table, "json": as_json, "csv": as_csv}[options["format"]]
        self.stdout.write(write(found), ending="")


def rows(account_id: int, everything: bool) -> list[dict[str, Any]]:
    """One object for each lock and cause, ordered by lock (balances last), then by cause."""
    findings = Finding.objects.filter(account=account_id).select_related("account", "order")
    chosen = findings.shown() if everything else findings.stuck()
    ordered = sorted(chosen, key=lambda each: (each.balance_id is not None, each.subject, each.cause))
    return [_row(finding) for finding in ordered]


def _row(finding: Finding) -> dict[str, Any]:
    order = finding.order
    return {
        "account": finding.account.name,
        "lock_id": None if finding.balance_id is not None else finding.subject,
        "order_id": order.order_id if order else None,
        "order_status": (order.status or None) if order else None,
        "cause": finding.cause,
        "since": _utc(finding),
        "items": finding.items,
        "remedy": finding.remedy,
    }


def _utc(finding: Finding) -> str | None:
    if finding.since is None:
        return None
    return finding.since.astimezone(UTC).isoformat().replace("+00:00", "Z")


def as_json(found: list[dict[str, Any]]) -> str:
    """A JSON array, one object a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in found)
    return f"[\n{lines}\n]\n" if lines else "[]\n"


def as_csv(found: list[dict[str, Any]]) -> str:
    """One line an item; cells that a spreadsheet would take for a formula begin with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in line] for line in _lines(found))
    return out.getvalue()


def as_table(found: list[dict[str, Any]]) -> str:
    """The same lines in aligned columns."""
    if not found:
        return "Nothing is stuck, as far as the last reads tell.\n"
    lines = [list(COLUMNS), *([_text(value) for value in line] for line in _lines(found))]
    widths = [max(len(line[index]) for line in lines) for index in range(len(COLUMNS))]
    return "".join("  ".join(map(str.ljust, line, widths)).rstrip() + "\n" for line in lines)


def _lines(found: list[dict[str, Any]]) -> Iterator[list[Any]]:
    for row in found:
        for item in row["items"] or [{}]:
            line = {**row, **item}
            yield [line.get(column) for column in COLUMNS]


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def _text(value: Any) -> str:
    return "-" if value is None else str(value)
