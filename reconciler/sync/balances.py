"""Balances as VTEX answered them, and how they changed between two reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from reconciler.models import Attempt, StockBalance, StockChange, VtexAccount
from reconciler.sync.upsert import assign
from reconciler.vtex import payloads

Pair = tuple[str, str]
FIELDS = (
    "total", "reserved", "unlimited", "lead_time", "read_at", "total_changed_at", "list_state",
    "list_read_at", "list_tried_at", "listed_units", "bracketed_at", "mismatch_units", "mismatch_since",
)  # fmt: skip
"""What reading a pair may change of its row."""


def locked(
    account: VtexAccount,
    seen: Mapping[Pair, tuple[payloads.Balance, datetime]],
    others: Collection[Pair] = (),
) -> dict[Pair, StockBalance]:
    """The rows of the pairs seen (made where missing, holding what was seen then) and of others that are
    known. Made and locked in one order wherever that is done. Runs inside a transaction.
    """
    rows = StockBalance.objects.filter(account=account, sku_id__in={sku for sku, _ in [*seen, *others]})
    known = set(rows.filter(warehouse_id__in={wh for _, wh in seen}).values_list("sku_id", "warehouse_id"))
    new = [
        StockBalance(
            account=account,
            sku_id=pair[0],
            warehouse_id=pair[1],
            first_seen_at=seen[pair][1],
            read_at=seen[pair][1],
            **_values(seen[pair][0]),
        )
        for pair in sorted(seen.keys() - known)
    ]
    if new:
        StockBalance.objects.bulk_create(new, ignore_conflicts=True)
    wanted = {*seen, *others}
    found = rows.filter(warehouse_id__in={wh for _, wh in wanted}).select_for_update().order_by("pk")
    return {(row.sku_id, row.warehouse_id): row for row in found if (row.sku_id, row.warehouse_id) in wanted}


def note(
    row: StockBalance, seen: payloads.Balance, read_at: datetime, attempt: Attempt | None
) -> StockChange | None:
    """Sets what was seen, unless a later read is there; the change of the numbers, if any. Writes nothing."""
    if row.read_at >= read_at:
        return None
    before = row.total, row.reserved, row.read_at
    assign(row, **_values(seen), read_at=read_at)
    if before[:2] == (row.total, row.reserved):
        return None
    if before[0] != row.total:
        row.total_changed_at = read_at
    return StockChange(
        balance=row,
        at=read_at,
        previous_read_at=before[2],
        total_before=before[0],
        total_after=row.total,
        reserved_before=before[1],
        reserved_after=row.reserved,
        attempt=attempt,
    )


def _values(seen: payloads.Balance) -> dict[str, Any]:
    return {
        "total": seen.total_quantity,
        "reserved": seen.reserved_quantity,
        "unlimited": seen.unlimited,
        "lead_time": seen.lead_time[:30],
    }


def same(before: payloads.Balance | None, after: payloads.Balance | None) -> bool:
    """Whether nothing that a sum is compared with moved between the two reads."""
    return before is not None and after is not None and _numbers(before) == _numbers(after)


def _numbers(balance: payloads.Balance) -> tuple[int, int, bool]:
    return balance.total_quantity, balance.reserved_quantity, balance.unlimited
