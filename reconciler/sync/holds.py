"""What one complete list read of a pair says about its reservations, written as a set (design section 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from reconciler.models import Attempt, Reservation, ReservationItem, StockBalance, Verb
from reconciler.sync.upsert import assign
from reconciler.vtex import payloads

BATCH = 200
HELD = (
    "quantity", "status", "internal_status", "acknowledged_at", "partly_acknowledged",
    "gone_at", "gone_attempt", "read_at",
)  # fmt: skip
HOLDING = ("Authorized", "Confirmed")
"""The only list statuses known to hold stock; any other is "could not tell" (U1)."""


@dataclass(frozen=True)
class Hold:
    """The rows of one lock in one pair, summed: two order lines may share SKU and warehouse."""

    lock_id: str
    quantity: int
    status: str
    internal_status: str
    acknowledged_at: datetime | None
    partly_acknowledged: bool
    row: payloads.ReservationItem


def summed(rows: Iterable[payloads.ReservationItem]) -> dict[str, Hold]:
    """Holds by lock id. Rows of one lock that differ in status show the one that is not known to hold."""
    groups: dict[str, list[payloads.ReservationItem]] = {}
    for row in rows:
        groups.setdefault(row.lock_id, []).append(row)
    return {lock_id: _hold(lock_id, group) for lock_id, group in groups.items()}


def listed_units(rows: Iterable[payloads.ReservationItem]) -> int:
    return sum(row.quantity for row in rows if row.status in HOLDING)


def _hold(lock_id: str, rows: list[payloads.ReservationItem]) -> Hold:
    shown = min(rows, key=lambda row: row.status in HOLDING)
    acknowledged = [row.acknowledged_at for row in rows if row.acknowledged_at]
    whole = len(acknowledged) == len(rows)
    return Hold(
        lock_id=lock_id,
        quantity=sum(row.quantity for row in rows),
        status=shown.status[:50],
        internal_status=shown.internal_status[:50],
        acknowledged_at=max(acknowledged) if whole else None,
        partly_acknowledged=bool(acknowledged) and not whole,
        row=shown,
    )


def replace(
    balance: StockBalance, holds: dict[str, Hold], read_at: datetime, attempt: Attempt | None
) -> set[str]:
    """Makes the pair's items exactly `holds`; the locks it shows or found gone. Runs inside a transaction."""
    pair = {"sku_id": balance.sku_id, "warehouse_id": balance.warehouse_id}
    items = list(
        ReservationItem.objects.filter(account_id=balance.account_id, **pair).select_related("reservation")
    )
    gone = [item for item in items if item.gone_at is None and item.reservation.lock_id not in holds]
    reservations = _reservations(
        balance.account_id, [*holds, *(i.reservation.lock_id for i in gone)], read_at
    )
    _update_reservations({reservations[lock_id]: hold.row for lock_id, hold in holds.items()}, read_at)
    _write_items(balance, {item.reservation_id: item for item in items}, reservations, holds, read_at)
    _mark_gone(gone, read_at, attempt)
    return set(reservations)


def _reservations(account_id: int, lock_ids: list[str], read_at: datetime) -> dict[str, Reservation]:
    """The rows of these locks, made where missing, locked in one order so that two pairs never deadlock."""
    Reservation.objects.bulk_create(
        [Reservation(account_id=account_id, lock_id=each, first_seen_at=read_at) for each in lock_ids],
        ignore_conflicts=True,
    )
    rows = Reservation.objects.select_for_update().filter(account_id=account_id, lock_id__in=lock_ids)
    return {row.lock_id: row for row in rows.order_by("pk")}


def _update_reservations(seen: dict[Reservation, payloads.ReservationItem], read_at: datetime) -> None:
    """A fixed number of statements, however many reservations the pair has."""
    listed = [row for row in seen if not (row.listed_at and row.listed_at > read_at)]
    changed = [row for row in listed if assign(row, **_said(seen[row]))]
    Reservation.objects.bulk_update(changed, SAID, batch_size=BATCH)
    Reservation.objects.filter(pk__in=[row.pk for row in listed]).update(listed_at=read_at, gone_at=None)


SAID = ("sales_channel", "reserved_at", "maximum_confirmation_at", "confirmed_at")
"""What a list row tells of its reservation."""


def _said(seen: payloads.ReservationItem) -> dict[str, object]:
    said = {
        "sales_channel": seen.sales_channel[:100],
        "reserved_at": seen.reservation_date,
        "maximum_confirmation_at": seen.maximum_confirmation_date,
        "confirmed_at": seen.confirmed_date,
    }
    return {name: value for name, value in said.items() if value}


def _write_items(
    balance: StockBalance,
    known: dict[int, ReservationItem],
    reservations: dict[str, Reservation],
    holds: dict[str, Hold],
    read_at: datetime,
) -> None:
    new, changed, same = [], [], []
    for lock_id, hold in holds.items():
        item = known.get(reservations[lock_id].pk)
        if item is None:
            new.append(_new_item(balance, reservations[lock_id], hold, read_at))
        elif assign(item, **_values(hold), gone_at=None, gone_attempt_id=None):
            item.read_at = read_at
            changed.append(item)
        else:
            same.append(item.pk)
    ReservationItem.objects.bulk_create(new, batch_size=BATCH)
    ReservationItem.objects.bulk_update(changed, HELD, batch_size=BATCH)
    ReservationItem.objects.filter(pk__in=same).update(read_at=read_at)


def _new_item(
    balance: StockBalance, reservation: Reservation, hold: Hold, read_at: datetime
) -> ReservationItem:
    return ReservationItem(
        account_id=balance.account_id,
        reservation=reservation,
        sku_id=balance.sku_id,
        warehouse_id=balance.warehouse_id,
        first_seen_at=read_at,
        read_at=read_at,
        **_values(hold),
    )


def _values(hold: Hold) -> dict[str, object]:
    return {
        "quantity": hold.quantity,
        "status": hold.status,
        "internal_status": hold.internal_status,
        "acknowledged_at": hold.acknowledged_at,
        "partly_acknowledged": hold.partly_acknowledged,
    }


def _mark_gone(gone: list[ReservationItem], read_at: datetime, attempt: Attempt | None) -> None:
    ours = [item.pk for item in gone if attempt and explains(attempt, item)]
    rows = ReservationItem.objects.filter(pk__in=[item.pk for item in gone])
    rows.filter(pk__in=ours).update(gone_attempt=attempt)
    rows.update(gone_at=read_at, read_at=read_at)
    left = Q(pk__in=ReservationItem.objects.filter(gone_at__isnull=True).values("reservation"))
    Reservation.objects.filter(pk__in=[item.reservation_id for item in gone]).exclude(left).update(
        gone_at=read_at
    )


def explains(attempt: Attempt, item: ReservationItem) -> bool:
    """Whether this attempt took the item: a cancel takes its own lock, a count what was acknowledged."""
    if attempt.verb == Verb.COUNT:
        return item.acknowledged_at is not None
    return attempt.subject == item.reservation.lock_id
