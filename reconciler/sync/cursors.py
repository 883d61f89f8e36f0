"""Where a resumable job stands."""

from __future__ import annotations

from datetime import datetime, timedelta

from reconciler.models import SyncCursor, SyncKind, VtexAccount


def of(account: VtexAccount, kind: SyncKind) -> SyncCursor:
    return SyncCursor.objects.get_or_create(account=account, kind=kind)[0]


def begin(account: VtexAccount, kind: SyncKind, now: datetime) -> SyncCursor:
    """The cursor of the pass under way, or of a new one that starts now."""
    cursor = of(account, kind)
    if cursor.started_at is None:
        cursor.started_at, cursor.position = now, {}
        cursor.save()
    return cursor


def complete(cursor: SyncCursor) -> None:
    cursor.completed_at, cursor.started_at, cursor.position = cursor.started_at, None, {}
    cursor.save()


def is_due(account: VtexAccount, kind: SyncKind, every: timedelta, now: datetime) -> bool:
    """Whether a pass is under way, never completed, or completed at least `every` ago."""
    cursor = SyncCursor.objects.filter(account=account, kind=kind).first()
    return (
        cursor is None
        or cursor.started_at is not None
        or not cursor.completed_at
        or cursor.completed_at <= now - every
    )
