"""Outside changes on the audit trail: observations by the system, at most so many.

After the mirror is written, each entry in a transaction of its own: the chain's head stays locked for one
entry, and what a killed process left is taken up by the next run.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from reconciler.audit.actor import SYSTEM
from reconciler.audit.record import record
from reconciler.models import OutsideChange, OutsideKind, OutsideWhy, StockBalance, VtexAccount
from reconciler.sync.ours import named

MOST = 20
"""Entries that one call writes: whoever saves pairs does not wait for hundreds."""
EVERY = timedelta(hours=24)
"""Changes of one pair's count between two entries are told by the next one's number."""

VANISHED, TOTAL = "outside.vanished", "outside.total"


def log(account: VtexAccount) -> int:
    """Takes up what is not on the trail yet, oldest first; how many rows it took up."""
    waiting = OutsideChange.objects.filter(account=account, logged_at__isnull=True)
    rows = waiting.select_related("balance", "reservation").order_by("id")[:MOST]
    return sum(_log(account, row) for row in rows)


def _log(account: VtexAccount, row: OutsideChange) -> bool:
    with transaction.atomic():
        mine = OutsideChange.objects.filter(pk=row.pk, logged_at__isnull=True)
        if not mine.update(logged_at=timezone.now()):
            return False
        if not _is_told_already(row):
            OutsideChange.objects.filter(pk=row.pk).update(audit_sequence=_entry(account, row))
    return True


def _is_told_already(row: OutsideChange) -> bool:
    """Whether the pair's count has an entry of this day. During an attempt each change is told."""
    if row.kind != OutsideKind.TOTAL or row.why == OutsideWhy.UNDER_WAY:
        return False
    return _told(row).filter(at__gt=row.at - EVERY).exists()


def _told(row: OutsideChange):  # type: ignore[no-untyped-def]
    same = OutsideChange.objects.filter(balance=row.balance_id, kind=row.kind, at__lte=row.at)
    return same.filter(audit_sequence__isnull=False)


def _entry(account: VtexAccount, row: OutsideChange) -> int:
    """The change and what lies between: no person is named, for nobody here did it."""
    return record(
        account=account.name,
        actor=SYSTEM,
        action=VANISHED if row.kind == OutsideKind.VANISHED else TOTAL,
        subject=row.reservation.lock_id if row.reservation else _subject(row.balance),
        cause=row.cause,
        before=_before(row),
        after=_after(row),
        attempt_id=row.attempt_id,
    ).sequence


def _subject(balance: StockBalance) -> str:
    return named((balance.sku_id, balance.warehouse_id)) or str(balance)


def _before(row: OutsideChange) -> dict[str, object]:
    read_at = row.previous_read_at.isoformat() if row.previous_read_at else None
    if row.kind == OutsideKind.TOTAL:
        return {"read_at": read_at, "total": row.total_before}
    return {
        "read_at": read_at,
        "pair": _subject(row.balance),
        "quantity": row.quantity,
        "acknowledged": row.acknowledged,
    }


def _after(row: OutsideChange) -> dict[str, object]:
    seen: dict[str, object] = {"read_at": row.at.isoformat(), "why": row.why}
    if row.kind == OutsideKind.VANISHED:
        return {**seen, "listed": False}
    return {**seen, "total": row.total_after, "changes_not_told_before": _between(row)}


def _between(row: OutsideChange) -> int:
    """Changes of this pair's count since its last entry that have none of their own."""
    last = _told(row).order_by("-at").values_list("at", flat=True).first()
    since = OutsideChange.objects.filter(balance=row.balance_id, kind=row.kind, at__lt=row.at)
    untold = since.filter(logged_at__isnull=False, audit_sequence__isnull=True)
    return (untold.filter(at__gt=last) if last else untold).count()
