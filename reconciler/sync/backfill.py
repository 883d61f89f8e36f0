"""Orders of the past: whatever part of the last so many days was not listed yet, newest first."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from reconciler.models import BackfillWindow, VtexAccount
from reconciler.sync.runs import Job
from reconciler.sync.spans import INDEX_LAG, read_spans

LONGEST = timedelta(days=5)
"""Spans are read in pieces of this length: a run that is killed loses little, several workers share them."""

Span = tuple[datetime, datetime]


def run(job: Job, days: int | None = None) -> None:
    read_spans(job, pieces(gaps(job.account, timezone.now(), days or settings.BACKFILL_DAYS)))


def wanted(account: VtexAccount, now: datetime, days: int) -> list[Span]:
    """The gaps that the listing of new orders will not close by itself."""
    return [span for span in gaps(account, now, days) if span[1] - span[0] > timedelta(hours=1)]


def gaps(account: VtexAccount, now: datetime, days: int) -> list[Span]:
    """Parts of the last `days` that no completed window covers, newest first. What is too fresh to list is
    left out.
    """
    reached, end = now - timedelta(days=days), now - INDEX_LAG
    found = []
    windows = BackfillWindow.objects.filter(account=account, completed_at__isnull=False, ends_at__gt=reached)
    for starts_at, ends_at in windows.order_by("starts_at").values_list("starts_at", "ends_at"):
        if starts_at > reached:
            found.append((reached, min(starts_at, end)))
        reached = max(reached, ends_at)
    if reached < end:
        found.append((reached, end))
    return [span for span in reversed(found) if span[1] > span[0]]


def pieces(spans: list[Span]) -> list[Span]:
    """The spans cut to at most LONGEST each, in the same order, newest first."""
    cut = []
    for start, end in spans:
        while end - start > LONGEST:
            cut.append((end - LONGEST, end))
            end -= LONGEST
        cut.append((start, end))
    return cut
