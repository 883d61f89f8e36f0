"""Open orders, re-read in turn: what is fresh without a feed (design section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from reconciler.models import FINISHED, Order, VtexAccount
from reconciler.sync import together
from reconciler.sync.runs import Job

MOST_A_RUN = 1000
TOGETHER = 50


def due(account: VtexAccount, now: datetime) -> list[str]:
    """Orders that were only listed, then those open longest unread; unreadable ones wait for `locks`."""
    before = now - timedelta(minutes=settings.OPEN_ORDERS_MINUTES)
    stale = Q(read_at__isnull=True) | Q(read_at__lte=before)
    rows = Order.objects.open().filter(stale, account=account, unreadable_reason="")
    ordered = rows.order_by(F("read_at").asc(nulls_first=True), "-created_at", "pk")
    return [*ordered.values_list("order_id", flat=True)[:MOST_A_RUN], *_without_history(account, before)]


def _without_history(account: VtexAccount, before: datetime) -> list[str]:
    """Finished orders whose history could not be read with the detail, where the key may read histories."""
    read = Order.objects.filter(account=account, read_at__isnull=False)
    if not read.filter(history_read_at__isnull=False).exists():
        return []
    rows = read.filter(status__in=FINISHED, history_read_at__isnull=True, read_at__lte=before)
    rows = rows.filter(unreadable_reason="")
    return list(rows.order_by("read_at", "pk").values_list("order_id", flat=True)[:TOGETHER])


def run(job: Job) -> None:
    read_all(job, due(job.account, timezone.now()))


def read_all(job: Job, order_ids: list[str]) -> None:
    """Reads these orders, each one unit of the job's progress."""
    job.expect(len(order_ids))
    together.read_orders(job, order_ids)
