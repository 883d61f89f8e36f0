"""Live reads of a subject: VTEX -> mirror through `sync`, then the facts as the mirror holds them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.actions import facts
from reconciler.actions.errors import VtexUnavailable
from reconciler.actions.facts import LockFacts, OrderFacts, Pair, PairFacts
from reconciler.models import Attempt, ListState, OrderLookup, Reservation, VtexAccount
from reconciler.sync.connection import StoreNotConfiguredError
from reconciler.sync.lookup import lookup_order_for_lock
from reconciler.sync.orders import MISSING, read_order
from reconciler.sync.reservations import read_reservation
from reconciler.sync.stock import PairRead, read_pair
from reconciler.vtex import VtexClient, errors


class UnreadError(Exception):
    """VTEX answered, but not with what must be known: `reason` as `sync` names it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


TROUBLE = (errors.VtexError, StoreNotConfiguredError, UnreadError)
"""Everything that keeps a live read from giving facts."""


def unavailable(error: Exception) -> VtexUnavailable:
    """The same trouble in the words of this package."""
    if isinstance(error, errors.VtexError):
        return VtexUnavailable(type(error).__name__, error.status, error.message)
    if isinstance(error, UnreadError):
        return VtexUnavailable("Forbidden" if error.reason == "forbidden" else "unreadable")
    return VtexUnavailable("StoreNotConfigured")


def lock(
    account: VtexAccount, client: VtexClient, lock_id: str, attempt: Attempt | None = None
) -> LockFacts | None:
    """A lock by id, its order, and every pair it was made for or is listed in; None when nobody knows it."""
    read = read_reservation(account, client, lock_id)
    if read.reason:
        raise UnreadError(read.reason)
    if read.reservation is None:
        return None
    _order_of(account, client, read.reservation)
    known = facts.of_lock(account, lock_id)
    if known:
        pairs(account, client, known.pairs, attempt)
    return facts.of_lock(account, lock_id)


def order(
    account: VtexAccount, client: VtexClient, order_id: str, attempt: Attempt | None = None
) -> OrderFacts | None:
    """An order with its workflow instances, and the locks its lines name as `lock` reads them."""
    read = read_order(account, client, order_id)
    if read.reason == MISSING:
        return None
    if not read.ok:
        raise UnreadError(read.reason)
    seen = facts.of_order(account, order_id)
    if seen is None:
        return None
    for lock_id in seen.lock_ids:
        _lock_by_id(account, client, lock_id)
    seen = facts.of_order(account, order_id)
    wanted = {pair for known in seen.locks for pair in known.pairs} if seen else set()
    pairs(account, client, sorted(wanted), attempt)
    return facts.of_order(account, order_id)


def pair(
    account: VtexAccount, client: VtexClient, sku_id: str, warehouse_id: str, attempt: Attempt | None = None
) -> PairFacts | None:
    """One pair with everything its list shows; None when VTEX knows no balance of it."""
    try:
        read = read_pair(account, client, sku_id, warehouse_id, attempt=attempt)
    except errors.NotFound:
        return None
    if read.state == ListState.FORBIDDEN:
        raise UnreadError("forbidden")
    known = facts.of_pair(account, sku_id, warehouse_id)
    if read.balance is None or known is None:
        return None
    return replace(known, server_date=read.server_date)


def pairs(
    account: VtexAccount, client: VtexClient, wanted: Iterable[Pair], attempt: Attempt | None = None
) -> dict[Pair, PairRead]:
    return {pair: read_pair(account, client, *pair, attempt=attempt) for pair in wanted if all(pair)}


def _lock_by_id(account: VtexAccount, client: VtexClient, lock_id: str) -> None:
    read = read_reservation(account, client, lock_id)
    if read.reason:
        raise UnreadError(read.reason)


def _order_of(account: VtexAccount, client: VtexClient, reservation: Reservation) -> None:
    """The order as it stands now; where no order is proven to carry the lock, it is looked for again."""
    known = reservation.order
    proven = reservation.order_lookup == OrderLookup.FOUND and not reservation.superseded
    if known is None or not proven:
        lookup_order_for_lock(account, client, reservation)
        return
    read = read_order(account, client, known.order_id)
    if not read.ok:
        raise UnreadError(read.reason)
