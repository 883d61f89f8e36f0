"""Reads a SKU's balances around the lists of some of its warehouses: HTTP only, nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone

from reconciler.models import ListState
from reconciler.sync import balances
from reconciler.vtex import VtexClient, errors, payloads

TRIES = 2
"""A list whose pages shifted, or beside which the balance moved, is read once more."""

_OF_THE_PAIR: tuple[tuple[type[errors.VtexError], ListState], ...] = (
    (errors.TooManyReservations, ListState.TOO_MANY),
    (errors.Forbidden, ListState.FORBIDDEN),
    (errors.DotNetError, ListState.ERROR),
    (errors.SuspiciousAnswer, ListState.ERROR),
    (errors.NotFound, ListState.ERROR),
    (errors.MethodMissing, ListState.ERROR),
    (errors.BadRequest, ListState.ERROR),
    (errors.Conflict, ListState.ERROR),
)
"""Answers that say something about the pair or the key: unknown, never "nothing held" (F5.4, F6.1)."""


@dataclass(frozen=True)
class Listing:
    """One try to list a pair.

    rows: None unless the read was complete.
    reserved: units reserved, the same before and after; None when that moved or the list is not complete.
    """

    state: ListState
    rows: tuple[payloads.ReservationItem, ...] | None = None
    reserved: int | None = None
    server_date: datetime | None = None


@dataclass(frozen=True)
class SkuRead:
    """read_at: our clock before the first request, so that nothing seen is older than it says."""

    sku_id: str
    read_at: datetime
    inventory: payloads.SkuInventory
    listings: dict[str, Listing] = field(default_factory=dict)


def sku(client: VtexClient, sku_id: str, warehouses: Iterable[str]) -> SkuRead:
    """Balances, the lists of these warehouses, balances again.

    Raises a VtexError when the balances cannot be read, or the trouble is not the pair's own.
    """
    read_at = timezone.now()
    return around(client, read_at, sku_id, client.get_inventory(sku_id), warehouses)


def around(
    client: VtexClient,
    read_at: datetime,
    sku_id: str,
    before: payloads.SkuInventory,
    warehouses: Iterable[str],
) -> SkuRead:
    """As `sku`, where the first balances were read already, at `read_at`."""
    listings: dict[str, Listing] = {}
    wanted, after = list(dict.fromkeys(warehouses)), before
    for _ in range(TRIES):
        if not wanted:
            break
        tried = {warehouse: _list(client, sku_id, warehouse) for warehouse in wanted}
        after = client.get_inventory(sku_id)
        tried = {warehouse: _bracketed(tried[warehouse], before, after, warehouse) for warehouse in tried}
        listings |= tried
        wanted = [warehouse for warehouse, listing in tried.items() if _worth_another_try(listing)]
        before = after
    return SkuRead(sku_id, read_at, after, listings)


def _list(client: VtexClient, sku_id: str, warehouse_id: str) -> Listing:
    try:
        answer = client.list_all_reservations(warehouse_id, sku_id)
    except errors.VtexError as error:
        return Listing(_state_of(error))
    if not answer.complete:
        return Listing(ListState.UNSTABLE, server_date=answer.server_date)
    return Listing(ListState.OK, tuple(answer.items), server_date=answer.server_date)


def _state_of(error: errors.VtexError) -> ListState:
    for kind, state in _OF_THE_PAIR:
        if isinstance(error, kind):
            return state
    raise error


def _bracketed(
    listing: Listing, before: payloads.SkuInventory, after: payloads.SkuInventory, warehouse_id: str
) -> Listing:
    first, last = before.balance_in(warehouse_id), after.balance_in(warehouse_id)
    if listing.rows is None or last is None or not balances.same(first, last):
        return listing
    return replace(listing, reserved=last.reserved_quantity)


def _worth_another_try(listing: Listing) -> bool:
    return listing.reserved is None and listing.state in (ListState.OK, ListState.UNSTABLE)
