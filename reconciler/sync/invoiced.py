"""Once a night: orders invoiced in the last days, listed by that date, so that no invoice is missed (F3.4).

An order may be invoiced months after it was created; the backfill lists by creation, open orders are re-read
in turn, and an event may be lost.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from reconciler.models import SyncCursor, SyncKind, VtexAccount
from reconciler.sync import cursors, spans, together
from reconciler.sync.runs import Job

HOUR = 3
"""Of the store's own clock: few customers buy, and the nightly counts are through."""
LOOK_BACK = timedelta(days=3)


def is_due(account: VtexAccount, now: datetime) -> bool:
    """Whether it has not begun since the last night's hour; first in the night after a store came."""
    cursor = SyncCursor.objects.filter(account=account, kind=SyncKind.INVOICED).first()
    if cursor and cursor.started_at:
        return True
    last = cursor.completed_at if cursor and cursor.completed_at else account.created_at
    return last < _last_night(account, now)


def _last_night(account: VtexAccount, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(account.time_zone))
    night = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return night if night <= local else night - timedelta(days=1)


def run(job: Job) -> None:
    """Lists all, and reads those that the mirror knows otherwise or not at all."""
    now = timezone.now()
    cursor = cursors.begin(job.account, SyncKind.INVOICED, now)
    _read(job, now - LOOK_BACK, now)
    cursors.complete(cursor)


def _read(job: Job, start: datetime, end: datetime) -> None:
    number, pages = 0, 1
    while number < pages:
        number += 1
        page = job.client.list_orders(number, spans.PER_PAGE, invoiced_from=start, invoiced_to=end)
        if page.total > spans.MOST and end - start > spans.SHORTEST:
            middle = start + (end - start) / 2
            _read(job, middle, end)
            _read(job, start, middle)
            return
        pages = min(page.pages, spans.MOST // spans.PER_PAGE)
        job.count("listed", len(page.rows))
        together.read_orders(job, spans.save_listed(job.account, page.rows))
