"""What an action knows of its subject, taken from the mirror.

A preview and the re-read before sending refresh the mirror first and then look here, so that the guard is
the same predicate for a button and for a POST.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from reconciler.actions import released
from reconciler.diagnosis.facts import CANCELED
from reconciler.ids import pair_subject
from reconciler.models import (
    Finding,
    ListState,
    Order,
    OrderLookup,
    OrderWorkflow,
    Reservation,
    ReservationItem,
    StockBalance,
    StockChange,
    VtexAccount,
)

Pair = tuple[str, str]
"""(SKU id, warehouse id), compared exactly (F6.9)."""


@dataclass(frozen=True)
class LockFacts:
    """One reservation: what the lists show of it, what its by-id read says, its order and its open findings.

    `items` are listed now; `falls` holds the last fall of each pair's total since the reservation was made.
    """

    reservation: Reservation
    order: Order | None
    items: tuple[ReservationItem, ...]
    balances: Mapping[Pair, StockBalance]
    falls: Mapping[Pair, StockChange]
    findings: tuple[Finding, ...]

    @property
    def requested(self) -> dict[Pair, int]:
        """Units by pair of the by-id read: what the lock was made for."""
        units: dict[Pair, int] = defaultdict(int)
        for line in self.reservation.requested:
            units[line["sku"], line["warehouse"]] += line["quantity"]
        return dict(units)

    @property
    def listed(self) -> dict[Pair, int]:
        return {pair_of(item): item.quantity for item in self.items}

    @property
    def pairs(self) -> tuple[Pair, ...]:
        return tuple(sorted(self.requested.keys() | self.listed.keys()))


@dataclass(frozen=True)
class OrderFacts:
    """One order, where its workflow instances stand, and the reservations its lines name."""

    order: Order
    workflows: tuple[OrderWorkflow, ...]
    locks: tuple[LockFacts, ...]
    lock_ids: tuple[str, ...]

    def step(self, instance: str) -> str:
        return next((flow.current_step for flow in self.workflows if flow.instance == instance), "")


@dataclass(frozen=True)
class PairFacts:
    """One SKU in one warehouse: its balance and every item its list shows.

    `released` are items that a count took off the list while their goods may still be in the house.
    `server_date` is VTEX's clock at a live read of the list, None for the mirror.
    """

    balance: StockBalance
    items: tuple[ReservationItem, ...]
    released: tuple[ReservationItem, ...]
    server_date: datetime | None = None

    @property
    def acknowledged(self) -> tuple[ReservationItem, ...]:
        return tuple(item for item in self.items if item.acknowledged_at)

    @property
    def partly(self) -> tuple[ReservationItem, ...]:
        return tuple(item for item in self.items if item.partly_acknowledged)

    @property
    def pair(self) -> Pair:
        return self.balance.sku_id, self.balance.warehouse_id


def pair_of(item: ReservationItem | StockBalance) -> Pair:
    return item.sku_id, item.warehouse_id


def subjects(pairs: Iterable[Pair]) -> list[str]:
    """As routes and claims name them; a pair whose warehouse VTEX did not name has no name."""
    return [pair_subject(*pair) for pair in pairs if all(pair)]


def readable(balance: StockBalance | None) -> bool:
    """Whether the last list read of the pair was complete: only then does absence mean anything."""
    return balance is not None and balance.list_state == ListState.OK


def needs_no_goods(reservation: Reservation) -> bool:
    """Whether the order that carries this lock is canceled or replaced: its units are for sale again."""
    order = reservation.order
    found = reservation.order_lookup == OrderLookup.FOUND and not reservation.superseded
    return bool(order and found and order.status in CANCELED)


def of_lock(account: VtexAccount, lock_id: str) -> LockFacts | None:
    """The facts of a reservation; None when the mirror does not hold it."""
    reservation = Reservation.objects.filter(account=account, lock_id=lock_id).select_related("order").first()
    return _lock(account, reservation) if reservation else None


def of_order(account: VtexAccount, order_id: str) -> OrderFacts | None:
    order = Order.objects.filter(account=account, order_id=order_id).first()
    if order is None or order.read_at is None:
        return None
    lock_ids = tuple(dict.fromkeys(order.items.exclude(lock_id="").values_list("lock_id", flat=True)))
    reservations = Reservation.objects.filter(account=account, lock_id__in=lock_ids).select_related("order")
    return OrderFacts(
        order=order,
        workflows=tuple(order.workflows.all()),
        locks=tuple(_lock(account, reservation) for reservation in reservations),
        lock_ids=lock_ids,
    )


def of_pair(account: VtexAccount, sku_id: str, warehouse_id: str) -> PairFacts | None:
    balance = StockBalance.objects.filter(account=account, sku_id=sku_id, warehouse_id=warehouse_id).first()
    if balance is None:
        return None
    items = ReservationItem.objects.filter(account=account, sku_id=sku_id, warehouse_id=warehouse_id)
    return PairFacts(
        balance=balance,
        items=tuple(
            items.filter(gone_at=None).select_related("reservation__order").order_by("reservation__lock_id")
        ),
        released=released.items(account, sku_id, warehouse_id),
    )


def _lock(account: VtexAccount, reservation: Reservation) -> LockFacts:
    items = tuple(reservation.items.filter(gone_at=None).order_by("sku_id", "warehouse_id"))
    wanted = {pair_of(item) for item in items}
    wanted |= {(line["sku"], line["warehouse"]) for line in reservation.requested}
    rows = StockBalance.objects.filter(account=account, sku_id__in={sku for sku, _ in wanted})
    balances = {pair_of(row): row for row in rows if pair_of(row) in wanted}
    return LockFacts(
        reservation=reservation,
        order=reservation.order,
        items=items,
        balances=balances,
        falls=_falls(reservation, balances),
        findings=tuple(Finding.objects.open().filter(account=account, reservation=reservation)),
    )


def _falls(reservation: Reservation, balances: Mapping[Pair, StockBalance]) -> dict[Pair, StockChange]:
    """The last fall of each total since the reservation was made."""
    since = reservation.reserved_at or reservation.first_seen_at
    by_id = {balance.pk: pair for pair, balance in balances.items()}
    changes = StockChange.objects.filter(balance__in=by_id, at__gte=since).order_by("at", "id")
    return {
        by_id[change.balance_id]: change for change in changes if change.total_after < change.total_before
    }
