"""What a finding waits for: its pair or order read after it fell due, and once an hour while it is open."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import (
    FINISHED,
    STUCK_CAUSES,
    Cause,
    Finding,
    ReservationItem,
    StockBalance,
    VtexAccount,
)
from reconciler.sync import open_orders, together
from reconciler.sync.runs import Job

EVERY = timedelta(hours=1)
MOST_OVERTAKEN = 500
"""In one run; the next takes the rest."""

Pair = tuple[str, str]


def run(job: Job) -> None:
    """Orders first: what their status became decides what the read of the pair confirms."""
    now = timezone.now()
    open_orders.read_all(job, orders_due(job.account, now))
    pairs = pairs_due(job.account, now)
    job.expect(len(pairs))
    together.read_pairs(job, pairs)
    if overtaken := _overtaken(job.account):
        refresh(job.account, now=timezone.now(), lock_ids=overtaken)


def orders_due(account: VtexAccount, now: datetime) -> list[str]:
    """Orders of open findings that were read before the finding fell due, or not within the hour.

    A final status stays; only what still can change, or cannot be read, is asked for again.
    """
    waiting = Finding.objects.filter(account=account).open().exclude(order=None)
    moving = (
        ~Q(order__status__in=FINISHED)
        | Q(order__workflow_in_error=True)
        | ~Q(order__unreadable_reason="")
        | Q(cause=Cause.WORKFLOW_STUCK)
    )
    unconfirmed = Q(due_at__lte=now, confirmed_at=None) & Q(order__read_at__lt=F("due_at"))
    stale = Q(order__read_at__isnull=True) | Q(order__read_at__lte=now - EVERY)
    rows = waiting.filter(moving, unconfirmed | stale)
    return list(dict.fromkeys(rows.order_by("due_at", "pk").values_list("order__order_id", flat=True)))


def pairs_due(account: VtexAccount, now: datetime) -> list[Pair]:
    """Pairs whose finding fell due since their last list, then those of open findings not listed within the
    hour.
    """
    listed = _last_lists(account)
    due = {pair: at for pair, at in _due_times(account).items() if _is_due(listed.get(pair), at, now)}
    late = datetime.max.replace(tzinfo=now.tzinfo)
    wanted = sorted(due, key=lambda pair: (due[pair] or late, pair))
    return list(dict.fromkeys([*_unproven_differences(account, now), *wanted]))


def _overtaken(account: VtexAccount) -> list[str]:
    """Locks of open findings on units that no list shows any more.

    Judged by a read that a newer one overtook meanwhile: no later read would come by and close them.
    """
    here = ReservationItem.objects.filter(reservation=OuterRef("reservation"), gone_at__isnull=True)
    found = Finding.objects.filter(account=account, cause__in=STUCK_CAUSES, reservation__isnull=False).open()
    found = found.exclude(cause=Cause.CANCEL_INCOMPLETE).filter(~Exists(here))
    return list(found.values_list("subject", flat=True)[:MOST_OVERTAKEN])


def _is_due(listed_at: datetime | None, due_at: datetime | None, now: datetime) -> bool:
    if listed_at is None or listed_at <= now - EVERY:
        return True
    return due_at is not None and listed_at < due_at <= now


def _due_times(account: VtexAccount) -> dict[Pair, datetime | None]:
    """The earliest due time of the open findings of each pair; None where none of them waits for a read."""
    open_ = Finding.objects.filter(account=account).open()
    waits: dict[int, datetime | None] = {}
    of_locks = open_.filter(reservation__isnull=False)
    for lock, due_at, confirmed_at in of_locks.values_list("reservation_id", "due_at", "confirmed_at"):
        if lock is not None:
            waits[lock] = _earliest(waits.get(lock), None if confirmed_at else due_at)
    held = ReservationItem.objects.filter(account=account, gone_at__isnull=True)
    held = held.filter(reservation__in=of_locks.values("reservation"))
    times: dict[Pair, datetime | None] = {}
    for lock, sku, warehouse in held.values_list("reservation_id", "sku_id", "warehouse_id"):
        times[sku, warehouse] = _earliest(times.get((sku, warehouse)), waits.get(lock))
    balances = open_.filter(balance__isnull=False)
    for sku_id, warehouse_id, at in balances.values_list(
        "balance__sku_id", "balance__warehouse_id", "due_at"
    ):
        if sku_id is not None and warehouse_id is not None:
            times[sku_id, warehouse_id] = _earliest(times.get((sku_id, warehouse_id)), at)
    return times


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, [one, other]), default=None)


def _last_lists(account: VtexAccount) -> dict[Pair, datetime | None]:
    rows = StockBalance.objects.filter(account=account).exclude(list_tried_at=None)
    return {(sku, wh): at for sku, wh, at in rows.values_list("sku_id", "warehouse_id", "list_tried_at")}


def _unproven_differences(account: VtexAccount, now: datetime) -> list[Pair]:
    """Pairs whose difference was seen on one bracketed read and needs the second, some minutes later."""
    apart = timedelta(minutes=settings.MISMATCH_CONFIRM_MINUTES)
    rows = StockBalance.objects.filter(account=account, mismatch_since__lte=now - apart)
    rows = rows.filter(bracketed_at__lt=F("mismatch_since") + apart)
    return list(rows.order_by("mismatch_since", "pk").values_list("sku_id", "warehouse_id"))
