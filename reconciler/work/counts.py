"""What waits and what runs, for pages and metrics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from reconciler.models import VtexAccount, WorkUnit

RUNNING = Q(lease_until__isnull=False)
FAILING = Q(lease_until__isnull=True) & ~Q(error="")
FINE = Q(lease_until__isnull=True, error="")


@dataclass(frozen=True)
class Pending:
    """Units of one kind; each is in exactly one of the four counts."""

    kind: str
    ready: int
    """Could run now."""
    running: int
    waiting: int
    """For a time that has not come yet."""
    failing: int
    """Were put back with an error, and are tried again."""
    oldest: datetime | None
    """Since when the one that waits the longest could have run."""


def pending(account: VtexAccount, now: datetime | None = None) -> dict[str, Pending]:
    """What there is to do for a store, by kind; kinds of which nothing is left are not named."""
    now = now or timezone.now()
    due = Q(run_after__lte=now)
    rows = WorkUnit.objects.filter(account=account).order_by("kind").values_list("kind")
    counted = rows.annotate(
        ready=Count("id", filter=FINE & due),
        running=Count("id", filter=RUNNING),
        waiting=Count("id", filter=FINE & ~due),
        failing=Count("id", filter=FAILING),
        oldest=Min("run_after", filter=~RUNNING & due),
    )
    return {row[0]: Pending(*row) for row in counted}


def failing(account: VtexAccount, most: int = 20) -> list[WorkUnit]:
    """The units that failed most often, with their errors."""
    return list(WorkUnit.objects.filter(FAILING, account=account).order_by("-attempts", "pk")[:most])
