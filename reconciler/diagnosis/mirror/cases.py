"""One case for each lock and for each balance."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from reconciler.diagnosis.cases import Graces, LockCase, PairCase
from reconciler.diagnosis.facts import ItemFact, Pair, RequestedLine, ReservationFacts
from reconciler.diagnosis.mirror.lookups import Coverage, coverage_of, lookup_of
from reconciler.diagnosis.mirror.orders import orders_of
from reconciler.diagnosis.mirror.pairs import pairs_of
from reconciler.models import OrderLookup as Lookup
from reconciler.models import Reservation, ReservationItem, VtexAccount


def lock_cases(account: VtexAccount, lock_ids: Collection[str], graces: Graces) -> list[LockCase]:
    """The facts of these locks, whether or not a list ever showed them; about fifteen queries."""
    rows = {
        row.lock_id: row
        for row in Reservation.objects.filter(account=account, lock_id__in=lock_ids).prefetch_related("items")
    }
    locks = {lock_id: _reservation(lock_id, rows.get(lock_id)) for lock_id in sorted(lock_ids)}
    orders = orders_of(account, lock_ids, {row.order_id for row in rows.values() if row.order_id})
    missing = any(row.order_lookup == Lookup.MISSING for row in rows.values())
    coverage = coverage_of(account) if missing else Coverage((), ())
    carried = {item.lock_id for order in orders.by_pk.values() for item in order.items.all() if item.lock_id}
    reserved = _reserved_at(account, carried)
    pairs = pairs_of(account, {pair for lock in locks.values() for pair in _pairs(lock)})
    return [
        LockCase(
            reservation=lock,
            order=lookup_of(lock_id, rows.get(lock_id), orders, coverage, reserved),
            pairs=pairs,
            graces=graces,
            acknowledge_proven=account.acknowledge_proven_at is not None,
        )
        for lock_id, lock in locks.items()
    ]


def pair_cases(account: VtexAccount, pairs: Collection[Pair], graces: Graces) -> list[PairCase]:
    """The facts of these balances; a pair without a balance row has none."""
    facts = pairs_of(account, pairs)
    return [PairCase(facts[pair], facts, graces) for pair in sorted(pairs) if pair in facts]


def _pairs(lock: ReservationFacts) -> Iterable[Pair]:
    yield from (item.pair for item in lock.items)
    yield from (line.pair for line in lock.requested)


def _reserved_at(account: VtexAccount, lock_ids: Collection[str]) -> dict[str, datetime | None]:
    rows = Reservation.objects.filter(account=account, lock_id__in=lock_ids)
    return dict(rows.values_list("lock_id", "reserved_at"))


def _reservation(lock_id: str, row: Reservation | None) -> ReservationFacts:
    if row is None:
        return ReservationFacts(lock_id)
    requested = tuple(
        RequestedLine(
            str(line["sku"]), str(line["warehouse"]), int(line["quantity"]), bool(line.get("supply_lot"))
        )
        for line in row.requested
    )
    lots = {line.pair for line in requested if line.supply_lot}
    return ReservationFacts(
        lock_id=lock_id,
        items=tuple(_item(item, lots) for item in row.items.all()),
        requested=requested,
        reserved_at=row.reserved_at,
        confirmed_at=row.confirmed_at,
        maximum_confirmation_at=row.maximum_confirmation_at,
        canceled_at=row.canceled_at,
        by_id_status=row.status_code,
        by_id_read_at=row.status_read_at,
    )


def _item(row: ReservationItem, lots: set[Pair]) -> ItemFact:
    return ItemFact(
        sku=row.sku_id,
        warehouse=row.warehouse_id,
        quantity=row.quantity,
        status=row.status,
        first_seen_at=row.first_seen_at,
        read_at=row.read_at,
        acknowledged_at=row.acknowledged_at,
        partly_acknowledged=row.partly_acknowledged,
        listed=row.gone_at is None,
        supply_lot=(row.sku_id, row.warehouse_id) in lots,
    )
