"""One case for each lock and for each balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from reconciler.diagnosis.cases import LockCase, PairCase
from reconciler.diagnosis.facts import ItemFact, Pair, RequestedLine, ReservationFacts
from reconciler.diagnosis.mirror.lookups import LockRow, lookup_of, surroundings_of
from reconciler.diagnosis.mirror.orders import Orders, orders_of
from reconciler.diagnosis.mirror.pairs import pairs_of
from reconciler.diagnosis.mirror.store import Store
from reconciler.models import Reservation, ReservationItem, VtexAccount


def lock_cases(store: Store, lock_ids: Collection[str]) -> list[LockCase]:
    """The facts of these locks, whether or not a list ever showed them; about fifteen queries."""
    account = store.account
    rows = _rows(account, lock_ids)
    items = _items(rows.values())
    locks = {lock_id: _reservation(lock_id, rows.get(lock_id), items) for lock_id in sorted(lock_ids)}
    orders = orders_of(account, {lock_id: _order_of(rows.get(lock_id)) for lock_id in locks})
    around = surroundings_of(account, rows.values())
    reserved = _reserved_at(account, orders)
    pairs = pairs_of(
        store, {pair for lock in locks.values() for pair in _pairs(lock)}, _watched(locks.values())
    )
    return [
        LockCase(
            reservation=lock,
            order=lookup_of(lock_id, rows.get(lock_id), orders, around, reserved),
            pairs=pairs,
            graces=store.graces,
            acknowledge_proven=account.acknowledge_proven_at is not None,
        )
        for lock_id, lock in locks.items()
    ]


def pair_cases(store: Store, pairs: Collection[Pair]) -> list[PairCase]:
    """The facts of these balances; a pair without a balance row has none."""
    facts = pairs_of(store, pairs)
    return [PairCase(facts[pair], facts, store.graces) for pair in sorted(pairs) if pair in facts]


def _order_of(row: LockRow | None) -> int | None:
    return row.order_id if row else None


def _pairs(lock: ReservationFacts) -> Iterable[Pair]:
    yield from (item.pair for item in lock.items)
    yield from (line.pair for line in lock.requested)


def _watched(locks: Iterable[ReservationFacts]) -> datetime | None:
    """From when on changes of a total may matter to one of the locks."""
    times = (time for lock in locks for time in (lock.confirmed_at, lock.reserved_at, *_seen(lock)) if time)
    return min(times, default=None)


def _seen(lock: ReservationFacts) -> Iterable[datetime]:
    return (item.first_seen_at for item in lock.items)


def _reserved_at(account: VtexAccount, orders: Orders) -> dict[str, datetime | None]:
    """When the locks were reserved that an order carries instead of the one it is named for."""
    named = {row.pk for rows in orders.named.values() for row in rows}
    carried = {line.lock_id for pk in named for line in orders.lines.get(pk, ()) if line.lock_id}
    if not carried:
        return {}
    rows = Reservation.objects.filter(account=account, lock_id__in=carried)
    return dict(rows.values_list("lock_id", "reserved_at"))


def _rows(account: VtexAccount, lock_ids: Collection[str]) -> dict[str, LockRow]:
    found = Reservation.objects.filter(account=account, lock_id__in=lock_ids)
    names = [name for name in LockRow._fields if name != "pk"]
    return {row.lock_id: row for row in map(LockRow._make, found.values_list("pk", *names))}


def _items(rows: Collection[LockRow]) -> dict[int, list[ItemFact]]:
    lots = {
        row.pk: {
            (str(line["sku"]), str(line["warehouse"])) for line in row.requested if line.get("supply_lot")
        }
        for row in rows
    }
    found: dict[int, list[ItemFact]] = defaultdict(list)
    for pk, sku, warehouse, quantity, status, seen, read, acknowledged, partly, gone in (
        ReservationItem.objects.filter(reservation_id__in=lots)
        .order_by("pk")
        .values_list(
            "reservation_id", "sku_id", "warehouse_id", "quantity", "status", "first_seen_at", "read_at",
            "acknowledged_at", "partly_acknowledged", "gone_at",
        )
    ):  # fmt: skip
        lot, listed = (sku, warehouse) in lots[pk], gone is None
        item = ItemFact(sku, warehouse, quantity, status, seen, read, acknowledged, partly, listed, lot)
        found[pk].append(item)
    return found


def _reservation(lock_id: str, row: LockRow | None, items: dict[int, list[ItemFact]]) -> ReservationFacts:
    if row is None:
        return ReservationFacts(lock_id)
    return ReservationFacts(
        lock_id=lock_id,
        items=tuple(items.get(row.pk, ())),
        requested=tuple(
            RequestedLine(
                str(line["sku"]), str(line["warehouse"]), int(line["quantity"]), bool(line.get("supply_lot"))
            )
            for line in row.requested
        ),
        reserved_at=row.reserved_at,
        confirmed_at=row.confirmed_at,
        maximum_confirmation_at=row.maximum_confirmation_at,
        canceled_at=row.canceled_at,
        by_id_status=row.status_code,
        by_id_read_at=row.status_read_at,
    )
