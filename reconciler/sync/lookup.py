"""The order behind a lock (F3.1): by the lines of mirrored orders, else by asking VTEX for likely ids."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Order, OrderItem, OrderLookup, Reservation, VtexAccount
from reconciler.sync.orders import (
    FORBIDDEN,
    MISSING,
    OrderAsked,
    OrderFetch,
    OrderRead,
    asked,
    fetch_order,
    save_order,
)
from reconciler.vtex import VtexClient

UNLINKED, ERROR = "unlinked", "error"


def lookup_order_for_lock(
    account: VtexAccount, client: VtexClient, reservation: Reservation, *, diagnose: bool = True
) -> Reservation:
    """Finds the order of a lock and records what was tried; the row as it then is.

    `superseded` is set only when the order of that name is readable and its lines carry other locks.
    *Missing* means that every id was answered 404; anything else that gave no order is *unreadable*, with
    the reason. Raises a VtexError when VTEX is out of reach.
    """
    fetched = fetch_lookup(client, to_look_up(account, reservation))
    return save_lookup(account, reservation, fetched, diagnose=diagnose)


@dataclass(frozen=True)
class Lookup:
    """A lock and the orders to ask for."""

    reservation: Reservation
    orders: list[OrderAsked]


@dataclass(frozen=True)
class LookupFetch:
    started: datetime
    orders: list[OrderFetch]


def to_look_up(account: VtexAccount, reservation: Reservation) -> Lookup:
    return Lookup(reservation, asked(account, candidates(account, reservation.lock_id)))


def fetch_lookup(client: VtexClient, lookup: Lookup) -> LookupFetch:
    """Asks for one after the other until one carries the lock: HTTP only."""
    started, found = timezone.now(), []
    for order in lookup.orders:
        found.append(fetch_order(client, order))
        seen = found[-1].seen
        if seen and lookup.reservation.lock_id in seen.lock_ids:
            break
    return LookupFetch(started, found)


def save_lookup(
    account: VtexAccount, reservation: Reservation, fetched: LookupFetch, *, diagnose: bool = True
) -> Reservation:
    """Writes the orders that were read and what they say of the lock. Raises what kept a history from being
    read.
    """
    reads = [(found.order_id, save_order(account, found)) for found in fetched.orders]
    reservation.refresh_from_db()
    if reservation.order_id is None:
        reservation.order_lookup, reservation.order_lookup_reason = _verdict(reads)
    reservation.order_lookup_at = fetched.started
    reservation.order_lookup_tried = [{"id": order_id, "answer": read.answer} for order_id, read in reads]
    reservation.save(
        update_fields=["order_lookup", "order_lookup_reason", "order_lookup_at", "order_lookup_tried"]
    )
    if diagnose:
        orders = [read.order.order_id for _, read in reads if read.order]
        locks = {reservation.lock_id, *(lock_id for _, read in reads for lock_id in read.lock_ids)}
        refresh(account, now=timezone.now(), order_ids=orders, lock_ids=sorted(locks))
    for found in fetched.orders:
        if found.trouble:
            raise found.trouble
    return reservation


def candidates(account: VtexAccount, lock_id: str) -> list[str]:
    """Order ids to ask for: proven by a mirrored line, named by the lock, or of a mirrored seller order."""
    proven = OrderItem.objects.filter(order__account=account, lock_id=lock_id)
    ids = list(proven.order_by("order__pk").values_list("order__order_id", flat=True))
    by_seller = Order.objects.filter(account=account, seller_order_id=lock_id).order_by("pk")
    ids += [lock_id.removeprefix("00-"), lock_id, *by_seller.values_list("order_id", flat=True)]
    return [each for each in dict.fromkeys(ids) if each]


def _verdict(reads: list[tuple[str, OrderRead]]) -> tuple[OrderLookup, str]:
    """What the answers say of a lock that no readable order carries or names."""
    reasons = [read.reason for _, read in reads]
    if FORBIDDEN in reasons:
        return OrderLookup.UNREADABLE, FORBIDDEN
    if any(read.ok for _, read in reads):
        return OrderLookup.UNREADABLE, UNLINKED
    if all(reason == MISSING for reason in reasons):
        return OrderLookup.MISSING, ""
    return OrderLookup.UNREADABLE, ERROR
