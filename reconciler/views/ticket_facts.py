"""The rows a ticket pack is made of: one subject and everything that is known around it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.ids import pair_subject
from reconciler.models import (
    Attempt,
    Finding,
    Order,
    Reservation,
    ReservationItem,
    StockBalance,
    VtexAccount,
)
from reconciler.views import order, reservation, stock_item
from reconciler.views.timeline import Entry, merged

MOST_LOCKS, MOST_ATTEMPTS, MOST_FINDINGS, MOST_PAIRS = 100, 50, 20, 200


@dataclass(frozen=True)
class Facts:
    """`kind` is "reservation", "order" or "pair"; `subject` names it as the audit trail does.

    `asked` are the pairs the reservations are of, whether a balance of them was read or not.
    """

    store: VtexAccount
    kind: str
    subject: str
    orders: list[Order]
    locks: list[Reservation]
    asked: list[tuple[str, str]]
    balances: list[StockBalance]
    findings: list[Finding]
    attempts: list[Attempt]
    entries: list[Entry]


def of_reservation(store: VtexAccount, lock_id: str) -> Facts | None:
    found = Reservation.objects.filter(account=store, lock_id=lock_id).select_related("order")
    lock = found.prefetch_related("items", "order__events", "order__items", "order__workflows").first()
    if lock is None:
        return None
    pairs = _pairs([lock])
    subjects = [lock_id, *_subjects(pairs), *([lock.order.order_id] if lock.order else [])]
    attempts = _attempts(store, subjects)
    return Facts(
        store,
        "reservation",
        lock_id,
        [lock.order] if lock.order else [],
        [lock],
        pairs,
        _balances(store, pairs),
        list(Finding.objects.open().filter(account=store, reservation=lock)[:MOST_FINDINGS]),
        attempts,
        merged(reservation.history(store, lock, attempts).entries),
    )


def of_order(store: VtexAccount, order_id: str) -> Facts | None:
    found = Order.objects.filter(account=store, order_id=order_id)
    bought = found.prefetch_related("events", "items", "workflows").first()
    if bought is None:
        return None
    named = {item.lock_id for item in bought.items.all() if item.lock_id}
    locks = _locks(store, bought, named)
    pairs = _pairs(locks)
    attempts = _attempts(store, [order_id, *named, *(lock.lock_id for lock in locks), *_subjects(pairs)])
    held = ReservationItem.objects.filter(reservation__in=locks).select_related("reservation")
    return Facts(
        store,
        "order",
        order_id,
        [bought],
        locks,
        pairs,
        _balances(store, pairs),
        list(Finding.objects.open().filter(account=store, order=bought)[:MOST_FINDINGS]),
        attempts,
        merged(order.history(store, bought, list(held), attempts).entries),
    )


def of_pair(store: VtexAccount, sku_id: str, warehouse_id: str) -> Facts | None:
    pair = sku_id, warehouse_id
    balances = _balances(store, [pair])
    if not balances:
        return None
    attempts = _attempts(store, _subjects([pair]))
    return Facts(
        store,
        "pair",
        pair_subject(*pair),
        [],
        [],
        [pair],
        balances,
        list(Finding.objects.open().filter(account=store, balance=balances[0])[:MOST_FINDINGS]),
        attempts,
        merged(stock_item.history(store, balances[0], attempts).entries),
    )


def _locks(store: VtexAccount, bought: Order, named: Iterable[str]) -> list[Reservation]:
    """Those its items name, and those found holding for it."""
    mine = Reservation.objects.filter(account=store)
    found = mine.filter(
        pk__in=mine.filter(lock_id__in=named).values("pk").union(bought.reservations.values("pk"))
    )
    return list(found.prefetch_related("items").order_by("lock_id")[:MOST_LOCKS])


def _pairs(locks: Iterable[Reservation]) -> list[tuple[str, str]]:
    """The pairs these reservations hold or were made for."""
    held = {(item.sku_id, item.warehouse_id) for lock in locks for item in lock.items.all()}
    asked = {
        (str(line["sku"]), str(line["warehouse"]))
        for lock in locks
        for line in lock.requested
        if line["warehouse"]
    }
    return sorted(held | asked)[:MOST_PAIRS]


def _subjects(pairs: Iterable[tuple[str, str]]) -> list[str]:
    return [pair_subject(*pair) for pair in pairs]


def _balances(store: VtexAccount, pairs: Iterable[tuple[str, str]]) -> list[StockBalance]:
    wanted = set(pairs)
    found = StockBalance.objects.filter(
        account=store,
        sku_id__in={sku for sku, _ in wanted},
        warehouse_id__in={warehouse for _, warehouse in wanted},
    )
    named = found.with_names().order_by("sku_id", "warehouse_id")
    return [balance for balance in named if (balance.sku_id, balance.warehouse_id) in wanted]


def _attempts(store: VtexAccount, subjects: list[str]) -> list[Attempt]:
    return list(Attempt.objects.filter(account=store, subject__in=subjects)[:MOST_ATTEMPTS])
