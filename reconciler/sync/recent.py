"""New orders: listed every few minutes, from a little before the last listing on (F3.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from reconciler.models import BackfillWindow, SyncKind, VtexAccount
from reconciler.sync import cursors
from reconciler.sync.runs import Job
from reconciler.sync.spans import INDEX_LAG, read_spans

FIRST_LOOK_BACK = timedelta(hours=1)


def run(job: Job) -> None:
    """Reads orders created since the last complete listing, and joins what it covers to the last window."""
    cursor = cursors.begin(job.account, SyncKind.RECENT, timezone.now())
    now = timezone.now()
    start = _reached(job.account, now)
    read_spans(job, [(start, now)])
    _join(job.account, start)
    cursors.complete(cursor)


def _reached(account: VtexAccount, now: datetime) -> datetime:
    """Where the newest window ends: everything before it was listed after its index had settled."""
    windows = BackfillWindow.objects.filter(account=account, completed_at__isnull=False)
    ends_at = windows.order_by("-ends_at").values_list("ends_at", flat=True).first()
    return min(ends_at, now - INDEX_LAG) if ends_at else now - FIRST_LOOK_BACK


def _join(account: VtexAccount, start: datetime) -> None:
    """One growing window instead of one every few minutes."""
    windows = BackfillWindow.objects.filter(account=account, completed_at__isnull=False)
    older = windows.filter(ends_at=start).order_by("starts_at").first()
    newer = windows.filter(starts_at=start).order_by("-ends_at").first()
    if older is None or newer is None or older.ends_at - older.starts_at > timedelta(days=1):
        return
    if not windows.filter(starts_at=older.starts_at, ends_at=newer.ends_at).exists():
        older.ends_at, older.orders = newer.ends_at, older.orders + newer.orders
        older.completed_at = newer.completed_at
        older.save(update_fields=["ends_at", "orders", "completed_at"])
    newer.delete()
