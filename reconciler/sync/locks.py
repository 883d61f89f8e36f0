"""The orders of listed locks, and the few reads by id that something depends on (F5.4, F5.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import (
    FINISHED,
    OrderItem,
    OrderLookup,
    Reservation,
    ReservationItem,
    StockBalance,
    VtexAccount,
)
from reconciler.sync import lookup
from reconciler.sync.reservations import ReservationFetch, fetch_reservation, save_reservation
from reconciler.sync.runs import Job

TOGETHER = 50
LOOK_AGAIN_AFTER = timedelta(hours=6)
"""For locks without a readable order: it may appear, or the key may be given the right."""
BY_ID_AGAIN_AFTER = timedelta(hours=1)
CANCELED = tuple(status for status in FINISHED if status != "invoiced")

_LISTED = ReservationItem.objects.filter(reservation=OuterRef("pk"), gone_at__isnull=True)


def run(job: Job) -> None:
    now = timezone.now()
    lookups = lookups_due(job.account, now)
    job.expect(len(lookups))
    for at in range(0, len(lookups), TOGETHER):
        _look_up(job, lookups[at : at + TOGETHER])
    by_id = by_id_due(job.account, now)
    job.expect(len(by_id))
    for at in range(0, len(by_id), TOGETHER):
        _read_by_id(job, by_id[at : at + TOGETHER])


def _look_up(job: Job, rows: list[Reservation]) -> None:
    def save(asked: lookup.Lookup, found: lookup.LookupFetch) -> None:
        lookup.save_lookup(job.account, asked.reservation, found, diagnose=False)

    done: list[str] = []
    try:
        items = (lookup.to_look_up(job.account, row) for row in rows)
        for asked, _ in job.each(lookup.fetch_lookup, items, save):
            done.append(asked.reservation.lock_id)
            job.count("locks")
            job.advance()
    finally:
        refresh(job.account, now=timezone.now(), lock_ids=done)


def lookups_due(account: VtexAccount, now: datetime) -> list[Reservation]:
    """Listed locks whose order is not known, those never looked up first."""
    rows = Reservation.objects.filter(Exists(_LISTED), account=account)
    unknown = Q(order_lookup=OrderLookup.NOT_LOOKED)
    unknown |= Q(order=None, order_lookup_at__lte=now - LOOK_AGAIN_AFTER)
    return list(rows.filter(unknown).order_by(F("order_lookup_at").asc(nulls_first=True), "pk"))


def by_id_due(account: VtexAccount, now: datetime) -> list[str]:
    """Listed locks not read by id yet, those of canceled orders, and the ones a difference may be due to."""
    rows = Reservation.objects.filter(account=account)
    unread = rows.filter(Exists(_LISTED), status_read_at=None)
    return list(
        dict.fromkeys(
            [
                *unread.order_by("pk").values_list("lock_id", flat=True),
                *_of_canceled_orders(account),
                *_suspects(account, now),
            ]
        )
    )


def _of_canceled_orders(account: VtexAccount) -> list[str]:
    """Locks of canceled orders not read by id since the order was canceled (KI-1220722)."""
    lines = OrderItem.objects.filter(order__account=account, order__status__in=CANCELED).exclude(lock_id="")
    read = Reservation.objects.filter(account=account, status_read_at__isnull=False)
    settled = read.filter(lock_id=OuterRef("lock_id")).filter(
        Q(status_read_at__gte=OuterRef("order__last_change_at")) | Q(status_code__gte=3)
    )
    rows = lines.filter(~Exists(settled)).order_by("-order__created_at").values_list("lock_id", flat=True)
    return list(dict.fromkeys(rows))


def _suspects(account: VtexAccount, now: datetime) -> list[str]:
    """Aborted locks that asked for a pair whose reserved units exceed its list: is their status still so?"""
    beyond = StockBalance.objects.filter(account=account, mismatch_units__gt=0)
    pairs = set(beyond.values_list("sku_id", "warehouse_id"))
    if not pairs:
        return []
    rows = Reservation.objects.filter(~Exists(_LISTED), account=account, status_code=3)
    stale = rows.filter(status_read_at__lte=now - BY_ID_AGAIN_AFTER).order_by("pk")
    return [row.lock_id for row in stale if not pairs.isdisjoint(_asked(row))]


def _asked(row: Reservation) -> Iterable[tuple[str, str]]:
    return ((line["sku"], line["warehouse"]) for line in row.requested)


def _read_by_id(job: Job, lock_ids: list[str]) -> None:
    def save(lock_id: str, found: ReservationFetch) -> None:
        save_reservation(job.account, found)

    done: list[str] = []
    try:
        for lock_id, _ in job.each(fetch_reservation, lock_ids, save):
            done.append(lock_id)
            job.count("reservations")
            job.advance()
    finally:
        refresh(job.account, now=timezone.now(), lock_ids=done)
