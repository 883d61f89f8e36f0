"""What complete list reads of pairs say about their reservations, written as sets (design section 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from reconciler.models import Reservation, ReservationItem, StockBalance
from reconciler.sync import ours
from reconciler.sync.outside import Vanished, keep_vanished
from reconciler.sync.upsert import assign, write
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


@dataclass(frozen=True)
class Listed:
    """What a complete list said of a pair at `read_at`; the pair's row is locked."""

    balance: StockBalance
    holds: dict[str, Hold]
    read_at: datetime

    @property
    def pair(self) -> tuple[str, str]:
        return self.balance.sku_id, self.balance.warehouse_id


def replace(listed: Sequence[Listed]) -> dict[tuple[str, str], set[str]]:
    """Makes the items of each pair exactly its holds; the locks that each shows or found gone.

    Pairs of one store, each once. Runs inside a transaction, in a number of statements that does not grow
    with the pairs.
    """
    if not listed:
        return {}
    items = _items(listed)
    gone = {each.pair: _no_longer(items[each.pair], each) for each in listed}
    touched = {
        each.pair: {*each.holds, *(item.reservation.lock_id for item in gone[each.pair])} for each in listed
    }
    reservations = _reservations(listed, touched)
    _update_reservations(listed, reservations)
    left = _shown_items(listed, items, reservations)
    _mark_gone(listed, gone)
    write([item for item in left if item.pk], HELD)
    ReservationItem.objects.bulk_create([item for item in left if not item.pk], batch_size=BATCH)
    _close_reservations(listed, gone)
    return touched


Items = dict[tuple[str, str], dict[str, ReservationItem]]
"""By pair and lock id."""


def _items(listed: Sequence[Listed]) -> Items:
    rows = ReservationItem.objects.filter(
        account_id=listed[0].balance.account_id,
        sku_id__in={each.balance.sku_id for each in listed},
        warehouse_id__in={each.balance.warehouse_id for each in listed},
    ).select_related("reservation")
    found: Items = {each.pair: {} for each in listed}
    for item in rows.order_by("pk"):
        if (pair := (item.sku_id, item.warehouse_id)) in found:
            found[pair][item.reservation.lock_id] = item
    return found


def _no_longer(items: dict[str, ReservationItem], listed: Listed) -> list[ReservationItem]:
    return [item for lock_id, item in items.items() if item.gone_at is None and lock_id not in listed.holds]


def _reservations(
    listed: Sequence[Listed], touched: dict[tuple[str, str], set[str]]
) -> dict[str, Reservation]:
    """The rows of these locks, made where missing; made and locked in one order so that nobody deadlocks."""
    account = listed[0].balance.account_id
    seen = {lock_id: each.read_at for each in reversed(listed) for lock_id in touched[each.pair]}
    rows = Reservation.objects.filter(account_id=account, lock_id__in=seen)
    missing = seen.keys() - set(rows.values_list("lock_id", flat=True))
    new = [
        Reservation(account_id=account, lock_id=each, first_seen_at=seen[each]) for each in sorted(missing)
    ]
    if new:
        Reservation.objects.bulk_create(new, ignore_conflicts=True)
    return {row.lock_id: row for row in rows.select_for_update().order_by("pk")}


def _update_reservations(listed: Sequence[Listed], reservations: dict[str, Reservation]) -> None:
    shown = {}
    for each in listed:
        for lock_id, hold in each.holds.items():
            row = reservations[lock_id]
            if not (row.listed_at and row.listed_at > each.read_at):
                assign(row, **_said(hold.row), listed_at=each.read_at, gone_at=None)
                shown[row.pk] = row
    write([shown[key] for key in sorted(shown)], (*SAID, "listed_at", "gone_at"))


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


def _shown_items(
    listed: Sequence[Listed], items: Items, reservations: dict[str, Reservation]
) -> list[ReservationItem]:
    """The items that the lists show, with the values they show; nothing is written yet."""
    left = []
    for each in listed:
        for lock_id, hold in each.holds.items():
            item = items[each.pair].get(lock_id)
            if item is None:
                item = _new_item(each.balance, reservations[lock_id], hold, each.read_at)
            else:
                assign(item, **_values(hold), gone_at=None, gone_attempt_id=None, read_at=each.read_at)
            left.append(item)
    return left


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


def _mark_gone(listed: Sequence[Listed], gone: dict[tuple[str, str], list[ReservationItem]]) -> None:
    """What is gone and not by us is kept where it matters."""
    rows = [(each, item, item.read_at) for each in listed for item in gone[each.pair]]
    if not rows:
        return
    locks = {item.reservation.lock_id for _, item, _ in rows}
    mine = ours.to(rows[0][1].account_id, lock_ids=locks, pairs={each.pair for each, _, _ in rows})
    for each, item, since in rows:
        item.gone_at = item.read_at = each.read_at
        item.gone_attempt = mine.released(item, since)
    write([item for _, item, _ in rows], HELD)
    keep_vanished(
        [
            Vanished(item, each.balance, since, each.read_at)
            for each, item, since in rows
            if item.gone_attempt is None
        ]
    )


def _close_reservations(listed: Sequence[Listed], gone: dict[tuple[str, str], list[ReservationItem]]) -> None:
    """Those of which nothing is left anywhere."""
    left = Q(pk__in=ReservationItem.objects.filter(gone_at__isnull=True).values("reservation"))
    for each in listed:
        if keys := [item.reservation_id for item in gone[each.pair]]:
            Reservation.objects.filter(pk__in=keys).exclude(left).update(gone_at=each.read_at)
