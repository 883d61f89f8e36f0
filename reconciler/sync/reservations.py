"""One lock by its id. It proves nothing about holding: only the list of a pair does (F5.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Order, OrderLookup, Reservation, VtexAccount
from reconciler.sync.upsert import assign, locked
from reconciler.vtex import VtexClient, errors, payloads


@dataclass(frozen=True)
class ReservationRead:
    """reservation: the mirror's row, None when VTEX and the mirror know none. missing: VTEX knows none (U3).

    reason: "" when VTEX answered, "forbidden" or "error" when this lock cannot be read.
    """

    reservation: Reservation | None
    missing: bool
    reason: str
    read_at: datetime

    @property
    def ok(self) -> bool:
        return not self.reason and not self.missing


def read_reservation(
    account: VtexAccount, client: VtexClient, lock_id: str, *, diagnose: bool = True
) -> ReservationRead:
    """Status code, dates and requested lines of a lock.

    Raises a VtexError when VTEX is out of reach; missing, forbidden and unreadable become part of the result.
    """
    read = save_reservation(account, fetch_reservation(client, lock_id))
    if diagnose and read.reservation and not read.reason:
        refresh(account, now=timezone.now(), lock_ids=[lock_id], pairs=_pairs(read.reservation))
    return read


@dataclass(frozen=True)
class ReservationFetch:
    """What VTEX answered about one lock; nothing is written yet. seen: None where VTEX knows none, or for the
    `reason`.
    """

    lock_id: str
    read_at: datetime
    seen: payloads.Reservation | None = None
    reason: str = ""


def fetch_reservation(client: VtexClient, lock_id: str) -> ReservationFetch:
    """HTTP only. Raises a VtexError when VTEX is out of reach."""
    read_at = timezone.now()
    try:
        return ReservationFetch(lock_id, read_at, client.get_reservation(lock_id))
    except errors.NotFound:
        return ReservationFetch(lock_id, read_at)
    except errors.Forbidden:
        return ReservationFetch(lock_id, read_at, reason="forbidden")
    except (errors.BadRequest, errors.DotNetError, errors.SuspiciousAnswer):
        return ReservationFetch(lock_id, read_at, reason="error")


def save_reservation(account: VtexAccount, fetched: ReservationFetch) -> ReservationRead:
    """Writes it in one short transaction; an older read changes nothing. Not diagnosed."""
    if fetched.reason:
        row = Reservation.objects.filter(account=account, lock_id=fetched.lock_id).first()
        return ReservationRead(row, False, fetched.reason, fetched.read_at)
    with transaction.atomic():
        row = _save(account, fetched.lock_id, fetched.seen, fetched.read_at)
    return ReservationRead(row, fetched.seen is None, "", fetched.read_at)


def _pairs(row: Reservation) -> list[tuple[str, str]]:
    """Pairs that a canceled lock may still hold units of: they depend on its status (KI-1220722)."""
    return sorted({(line["sku"], line["warehouse"]) for line in row.requested if line["warehouse"]})


def _save(
    account: VtexAccount, lock_id: str, seen: payloads.Reservation | None, read_at: datetime
) -> Reservation | None:
    if seen is None and not Reservation.objects.filter(account=account, lock_id=lock_id).exists():
        return None
    row, _ = locked(Reservation, {"account": account, "lock_id": lock_id}, {"first_seen_at": read_at})
    if row.status_read_at and row.status_read_at > read_at:
        return row
    values: dict[str, Any] = {"status_read_at": read_at, "status_missing": seen is None}
    values |= _values(seen) if seen else {"status_code": None}
    values |= _link(account, row)
    row.save(update_fields=assign(row, **values))
    return row


def _link(account: VtexAccount, row: Reservation) -> dict[str, Any]:
    """The mirrored order whose lines carry the lock, where the lock came to be known after it (F3.1)."""
    if row.order_id is not None:
        return {}
    orders = Order.objects.filter(account=account, items__lock_id=row.lock_id, read_at__isnull=False)
    order = orders.order_by("pk").first()
    if order is None:
        return {}
    return {"order": order, "order_lookup": OrderLookup.FOUND, "order_lookup_at": order.read_at}


def _values(seen: payloads.Reservation) -> dict[str, Any]:
    dates = {
        "reserved_at": seen.reservation_date,
        "maximum_confirmation_at": seen.maximum_confirmation_date,
        "authorized_at": seen.authorized_date,
        "confirmed_at": seen.confirmed_date,
        "canceled_at": seen.canceled_date,
        "last_update_at": seen.last_update_date,
    }
    return {
        **{name: moment for name, moment in dates.items() if moment},
        "sales_channel": seen.sales_channel[:100],
        "status_code": seen.status_code
        if seen.status_code is not None and abs(seen.status_code) < 32768
        else None,
        "requested": _requested(seen),
    }


def _requested(seen: payloads.Reservation) -> list[dict[str, Any]]:
    return [
        {
            "sku": line.sku_id,
            "warehouse": line.warehouse_id,
            "quantity": line.quantity,
            "supply_lot": line.supply_lot_id,
        }
        for line in seen.items
    ]
