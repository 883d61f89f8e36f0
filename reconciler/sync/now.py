"""Read now: what a person asks for with a button. Reads only, with the staff's share of the budget."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reconciler.models import Order, Reservation, ReservationItem, StockBalance, VtexAccount
from reconciler.sync.connection import StoreNotConfiguredError, client_for
from reconciler.sync.lookup import lookup_order_for_lock
from reconciler.sync.orders import read_order
from reconciler.sync.reservations import read_reservation
from reconciler.sync.runs import NOT_KEPT
from reconciler.sync.stock import read_pair
from reconciler.vtex import VtexClient, errors
from reconciler.vtex.limits import Priority

MOST_PAIRS = 20
"""A lock over more pairs than this is read in part; the sweep reads the rest."""


class ReadError(Exception):
    """VTEX gave nothing. `reason` is the kind of error, for `actions.wording.unavailable`."""

    def __init__(self, reason: str, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


def order(account: VtexAccount, order_id: str) -> Order | None:
    """The order as VTEX has it now; None when VTEX shows none of this id. Raises ReadError."""
    with _reading(account) as client:
        read = read_order(account, client, order_id)
        return read.order if read.ok else None


def reservation(account: VtexAccount, lock_id: str) -> Reservation | None:
    """The lock, its order and the lists of its pairs; None when VTEX knows none. Raises ReadError."""
    with _reading(account) as client:
        read = read_reservation(account, client, lock_id)
        if read.reservation is None:
            return None
        for sku_id, warehouse_id in _pairs(read.reservation)[:MOST_PAIRS]:
            read_pair(account, client, sku_id, warehouse_id)
        return lookup_order_for_lock(account, client, read.reservation)


def pair(account: VtexAccount, sku_id: str, warehouse_id: str) -> StockBalance | None:
    """Balance and list of one SKU in one warehouse; None when VTEX knows no balance. Raises ReadError."""
    with _reading(account) as client:
        try:
            return read_pair(account, client, sku_id, warehouse_id).balance
        except errors.NotFound:
            return None


@contextmanager
def _reading(account: VtexAccount) -> Iterator[VtexClient]:
    try:
        with client_for(account, Priority.STAFF) as client:
            yield client
    except StoreNotConfiguredError as error:
        raise ReadError("StoreNotConfigured") from error
    except errors.VtexError as error:
        raise ReadError(type(error).__name__, error.status) from error
    except NOT_KEPT as error:
        raise ReadError("SuspiciousAnswer") from error


def _pairs(row: Reservation) -> list[tuple[str, str]]:
    """Pairs it is listed in, and pairs it was made for."""
    held = ReservationItem.objects.filter(reservation=row, gone_at__isnull=True)
    named = {(line["sku"], line["warehouse"]) for line in row.requested if line["warehouse"]}
    return sorted(named | set(held.values_list("sku_id", "warehouse_id")))
