"""How far the two long reads of a store are, from the rows they left: for a page or a progress bar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q, Sum

from reconciler.models import BackfillWindow, Order, Sku, SyncCursor, SyncKind, SyncRun, VtexAccount
from reconciler.sync import backfill

LATELY = timedelta(minutes=15)
"""What was read in this time tells the pace."""
SILENT = timedelta(minutes=2)
"""After so long without a sign of life nothing is under way, and no estimate is honest."""


@dataclass(frozen=True)
class BackfillProgress:
    """How much of the last `days` was read. Windows are spans of creation dates; they may still be halved.

    share: of the time, 0.0 to 1.0. orders: created in that time and read. left: orders still to be read, as
    dense as in what was read; None before anything was. seconds: at the present pace; None while nothing is
    read or no pace is known.
    """

    days: int
    windows_done: int
    windows: int
    share: float
    orders: int
    left: int | None
    seconds: float | None

    @property
    def is_complete(self) -> bool:
        return self.windows_done == self.windows


@dataclass(frozen=True)
class SweepProgress:
    """The pass under way: SKUs read since it began, of all; some may be unreadable.

    seconds: as in BackfillProgress.
    """

    started_at: datetime
    skus_done: int
    skus: int
    seconds: float | None

    @property
    def share(self) -> float:
        return self.skus_done / self.skus if self.skus else 0.0


def backfill_progress(account: VtexAccount, now: datetime, days: int | None = None) -> BackfillProgress:
    """In five queries. What is too fresh to be listed belongs to the listing of new orders."""
    days = days or settings.BACKFILL_DAYS
    begin = now - timedelta(days=days)
    todo = backfill.wanted(account, now, days)
    missing = sum((end - start for start, end in todo), timedelta())
    share = 1 - missing / timedelta(days=days)
    rows = BackfillWindow.objects.filter(account=account, completed_at__isnull=False, ends_at__gt=begin)
    read = Order.objects.filter(account=account, created_at__gte=begin, read_at__isnull=False).count()
    done, left = rows.count(), len(backfill.pieces(todo))
    orders = _left(read, share, done) if left else 0
    pace = _pace(account, SyncKind.BACKFILL, now) if orders else None
    return BackfillProgress(days, done, done + left, share, read, orders, _seconds(orders, pace))


def sweep_progress(account: VtexAccount, now: datetime) -> SweepProgress | None:
    """In three queries; None while no pass is under way."""
    started = (
        SyncCursor.objects.filter(account=account, kind=SyncKind.SWEEP, started_at__isnull=False)
        .values_list("started_at", flat=True)
        .first()
    )
    if started is None:
        return None
    read = Count("pk", filter=Q(swept_at__gte=started))
    skus = Sku.objects.filter(account=account).aggregate(all=Count("pk"), read=read)
    pace = _pace(account, SyncKind.SWEEP, now)
    return SweepProgress(started, skus["read"], skus["all"], _seconds(skus["all"] - skus["read"], pace))


def _left(read: int, share: float, windows: int) -> int | None:
    return round(read / share * (1 - share)) if windows and share > 0 else None


def _pace(account: VtexAccount, kind: SyncKind, now: datetime) -> float | None:
    """Units a second of the runs that lived lately, however many ran at once."""
    runs = SyncRun.objects.filter(account=account, kind=kind, heartbeat_at__gte=now - LATELY)
    seen = runs.order_by().aggregate(done=Sum("done"), first=Min("started_at"), last=Max("heartbeat_at"))
    if not seen["done"] or now - seen["last"] > SILENT:
        return None
    seconds = (seen["last"] - seen["first"]).total_seconds()
    return float(seen["done"]) / seconds if seconds > 0 else None


def _seconds(left: int | None, pace: float | None) -> float | None:
    if left == 0:
        return 0.0
    return left / pace if left is not None and pace else None
