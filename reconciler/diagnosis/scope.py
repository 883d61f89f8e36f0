"""Which locks and balances a change of the mirror concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from reconciler.diagnosis.facts import ABORTED_COMMITTED, Pair
from reconciler.diagnosis.mirror.pairs import balances_of
from reconciler.diagnosis.mirror.phantoms import asked_in, phantom_ids
from reconciler.models import Cause, Finding, Order, OrderItem, Reservation, ReservationItem, VtexAccount
from reconciler.models.findings import FindingQuerySet
from reconciler.models.reservations import RequestedUnits


@dataclass
class Scope:
    """Subjects to judge anew: lock ids and pairs."""

    locks: set[str] = field(default_factory=set)
    pairs: set[Pair] = field(default_factory=set)


def scope_of(
    account: VtexAccount, lock_ids: Collection[str], pairs: Collection[Pair], order_ids: Collection[str]
) -> Scope:
    """What these changes may touch: as many queries and rows as hang on them, whatever else is mirrored."""
    changed = _rows_of(account, lock_ids)
    touched = set(pairs) | _pairs_of_locks(changed.values())
    canceled = Reservation.objects.filter(pk__in=changed.values(), status_code=ABORTED_COMMITTED)
    listing = set(pairs) | _asked_by(canceled.values_list("pk", flat=True))
    locks = {*lock_ids, *_locks_of_orders(account, set(order_ids)), *_locks_listed_in(account, listing)}
    return Scope(locks | candidates_of(account, touched), touched)


def candidates_of(account: VtexAccount, pairs: Collection[Pair]) -> set[str]:
    """Locks that may explain a difference in these pairs, or did until now."""
    if not pairs:
        return set()
    asked = asked_in(account, pairs).filter(reservation__status_code=ABORTED_COMMITTED)
    judged = asked.filter(
        reservation__findings__closed_at__isnull=True,
        reservation__findings__cause__in=(Cause.CANCEL_INCOMPLETE, Cause.COULD_NOT_TELL),
    )
    rows = judged.values_list("sku_id", "warehouse_id", "reservation__lock_id")
    explained = {lock_id for sku, warehouse, lock_id in rows if (sku, warehouse) in pairs}
    beyond = {pair for pair, row in balances_of(account, pairs).items() if row.mismatch_units > 0}
    return explained.union(phantom_ids(account, beyond))


def _rows_of(account: VtexAccount, lock_ids: Collection[str]) -> dict[str, int]:
    if not lock_ids:
        return {}
    rows = Reservation.objects.filter(account=account, lock_id__in=lock_ids)
    return dict(rows.values_list("lock_id", "pk"))


def _locks_of_orders(account: VtexAccount, order_ids: set[str]) -> set[str]:
    """Locks the orders carry, are named for, or were found guilty with."""
    if not order_ids:
        return set()
    orders = Order.objects.filter(account=account, order_id__in=order_ids)
    known = dict(orders.values_list("pk", "seller_order_id"))
    names = (
        {f"00-{order_id}" for order_id in order_ids} | order_ids | {name for name in known.values() if name}
    )
    locks = Reservation.objects.filter(account=account)
    return {
        *OrderItem.objects.filter(order__in=known).exclude(lock_id="").values_list("lock_id", flat=True),
        *locks.filter(order__in=known).values_list("lock_id", flat=True),
        *locks.filter(lock_id__in=names).values_list("lock_id", flat=True),
        *open_findings(account)
        .filter(order__in=known, balance__isnull=True)
        .values_list("subject", flat=True),
    }


def _pairs_of_locks(pks: Collection[int]) -> set[Pair]:
    """Every pair the locks hold, held or asked for: a balance's verdict depends on its candidates."""
    items = ReservationItem.objects.filter(reservation__in=pks)
    return {*items.values_list("sku_id", "warehouse_id"), *_asked_by(pks)}


def _asked_by(pks: Collection[int]) -> set[Pair]:
    rows = RequestedUnits.objects.filter(reservation__in=pks)
    return set(rows.values_list("sku_id", "warehouse_id"))


def _locks_listed_in(account: VtexAccount, pairs: set[Pair]) -> set[str]:
    """What changes with a read of these pairs."""
    if not pairs:
        return set()
    skus, warehouses = {sku for sku, _ in pairs}, {warehouse for _, warehouse in pairs}
    rows = ReservationItem.objects.filter(
        account=account, sku_id__in=skus, warehouse_id__in=warehouses, gone_at__isnull=True
    )
    found = rows.values_list("sku_id", "warehouse_id", "reservation__lock_id")
    return {lock_id for sku, warehouse, lock_id in found if (sku, warehouse) in pairs}


def open_findings(account: VtexAccount) -> FindingQuerySet:
    return Finding.objects.filter(account=account).open()
