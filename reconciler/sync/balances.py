"""Balances as VTEX answered them, and how they changed between two reads."""

from __future__ import annotations

from datetime import datetime

from reconciler.models import Attempt, StockBalance, StockChange, VtexAccount
from reconciler.sync.upsert import assign, locked
from reconciler.vtex import payloads


def save(
    account: VtexAccount,
    sku_id: str,
    seen: payloads.Balance,
    read_at: datetime,
    attempt: Attempt | None = None,
) -> StockBalance:
    """The row of this pair, locked, holding `seen` unless it was read later. Runs inside a transaction."""
    values = {
        "total": seen.total_quantity,
        "reserved": seen.reserved_quantity,
        "unlimited": seen.unlimited,
        "lead_time": seen.lead_time[:30],
    }
    key = {"account": account, "sku_id": sku_id, "warehouse_id": seen.warehouse_id}
    row, _ = locked(StockBalance, key, {**values, "first_seen_at": read_at, "read_at": read_at})
    if row.read_at >= read_at:
        return row
    _note_change(row, seen, read_at, attempt)
    changed = assign(row, **values, read_at=read_at)
    row.save(update_fields=[*changed, "total_changed_at"])
    return row


def _note_change(
    row: StockBalance, seen: payloads.Balance, read_at: datetime, attempt: Attempt | None
) -> None:
    if (row.total, row.reserved) == (seen.total_quantity, seen.reserved_quantity):
        return
    if row.total != seen.total_quantity:
        row.total_changed_at = read_at
    StockChange.objects.create(
        balance=row,
        at=read_at,
        previous_read_at=row.read_at,
        total_before=row.total,
        total_after=seen.total_quantity,
        reserved_before=row.reserved,
        reserved_after=seen.reserved_quantity,
        attempt=attempt,
    )


def same(before: payloads.Balance | None, after: payloads.Balance | None) -> bool:
    """Whether nothing that a sum is compared with moved between the two reads."""
    return before is not None and after is not None and _numbers(before) == _numbers(after)


def _numbers(balance: payloads.Balance) -> tuple[int, int, bool]:
    return balance.total_quantity, balance.reserved_quantity, balance.unlimited
