"""CSV that streams, and that a spreadsheet cannot take for formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from django.http import StreamingHttpResponse

from reconciler.models import VtexAccount
from reconciler.models.listed import ListedFinding

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FINDING_HEADER = [
    "account", "lock_id", "order_id", "order_status", "cause", "since", "units", "items",
    "value", "currency", "value_kind", "remedy", "facts_read_at",
]  # fmt: skip


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, value: str) -> str:
        return value


def stream(filename: str, header: Sequence[str], lines: Iterable[Sequence[object]]) -> StreamingHttpResponse:
    """A download with a byte order mark, so that spreadsheets read it as UTF-8."""
    response = StreamingHttpResponse(_written(header, lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _written(header: Sequence[str], lines: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(header)
    for line in lines:
        yield writer.writerow([cell(value) for value in line])


def cell(value: object) -> str:
    """Text of one cell: times in ISO 8601 UTC, and a quote before what would start a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def finding_line(store: VtexAccount, finding: ListedFinding) -> list[object]:
    """One finding; `items` as `2 x sku@warehouse`, separated by semicolons; value in whole currency units."""
    return [
        store.name,
        finding.reservation.lock_id if finding.reservation else None,
        finding.order.order_id if finding.order else None,
        finding.order.status if finding.order else None,
        finding.cause,
        finding.since,
        finding.units,
        "; ".join(f"{item['quantity']} x {item['sku']}@{item['warehouse']}" for item in finding.items),
        f"{finding.value_cents / 100:.2f}",
        finding.currency,
        finding.value_kind,
        finding.remedy,
        finding.facts_read_at,
    ]
