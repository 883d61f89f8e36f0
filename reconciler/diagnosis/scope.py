"""Which locks and balances a change of the mirror concerns."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from reconciler.diagnosis.facts import ABORTED_COMMITTED, FINISHED, TRANSIENT, Pair
from reconciler.diagnosis.mirror.pairs import balances_of, phantoms_in, requested_units
from reconciler.models import (
    Cause,
    Finding,
    Order,
    OrderItem,
    Reservation,
    ReservationItem,
    StockBalance,
    VtexAccount,
)
from reconciler.models.findings import FindingQuerySet

_LISTED = ReservationItem.objects.filter(reservation=OuterRef("pk"), gone_at__isnull=True)


@dataclass
class Scope:
    """Subjects to judge anew: lock ids and pairs."""

    locks: set[str] = field(default_factory=set)
    pairs: set[Pair] = field(default_factory=set)


def scope_of(
    account: VtexAccount,
    lock_ids: Collection[str] | None,
    pairs: Collection[Pair] | None,
    order_ids: Collection[str] | None,
) -> Scope:
    """What these changes may touch; everything when nothing is named."""
    if lock_ids is None and pairs is None and order_ids is None:
        return Scope(_all_locks(account), _all_pairs(account))
    locks = set(lock_ids or ()) | _locks_of_orders(account, set(order_ids or ()))
    touched = set(pairs or ()) | _pairs_of_locks(account, set(lock_ids or ()))
    locks |= _locks_listed_in(account, set(pairs or ()) | _pairs_of_phantoms(account, set(lock_ids or ())))
    locks |= _candidates_of(account, touched)
    return Scope(locks, touched)


def _all_locks(account: VtexAccount) -> set[str]:
    locks = Reservation.objects.filter(account=account)
    holding = locks.filter(Exists(_LISTED) | Q(status_code=ABORTED_COMMITTED))
    moving = ~Q(order__status__in=FINISHED) | Q(order__workflow_in_error=True)
    moving |= Q(order__workflows__current_step__in=TRANSIENT)
    lines = OrderItem.objects.filter(moving, order__account=account, order__read_at__isnull=False)
    return {
        *holding.values_list("lock_id", flat=True),
        *lines.exclude(lock_id="").values_list("lock_id", flat=True),
        *_open(account).filter(balance__isnull=True).values_list("subject", flat=True),
    }


def _all_pairs(account: VtexAccount) -> set[Pair]:
    balances = StockBalance.objects.filter(account=account).exclude(reserved=0, mismatch_units=0)
    judged = _open(account).filter(balance__isnull=False)
    return {
        *balances.values_list("sku_id", "warehouse_id"),
        *(
            (sku, wh)
            for sku, wh in judged.values_list("balance__sku_id", "balance__warehouse_id")
            if sku and wh
        ),
    }


def _locks_of_orders(account: VtexAccount, order_ids: set[str]) -> set[str]:
    """Locks the orders carry, are named for, or were found guilty with."""
    if not order_ids:
        return set()
    orders = Order.objects.filter(account=account, order_id__in=order_ids)
    names = {f"00-{order_id}" for order_id in order_ids} | order_ids
    names |= {name for name in orders.values_list("seller_order_id", flat=True) if name}
    attached = Q(order__in=orders) | Q(lock_id__in=names)
    return {
        *OrderItem.objects.filter(order__in=orders).exclude(lock_id="").values_list("lock_id", flat=True),
        *Reservation.objects.filter(attached, account=account).values_list("lock_id", flat=True),
        *_open(account).filter(order__in=orders, balance__isnull=True).values_list("subject", flat=True),
    }


def _pairs_of_locks(account: VtexAccount, lock_ids: set[str]) -> set[Pair]:
    """Every pair the locks hold, held or asked for: a balance's verdict depends on its candidates."""
    locks = Reservation.objects.filter(account=account, lock_id__in=lock_ids)
    items = ReservationItem.objects.filter(reservation__in=locks)
    asked = [requested_units(lines) for lines in locks.values_list("requested", flat=True)]
    return {*items.values_list("sku_id", "warehouse_id"), *(pair for units in asked for pair in units)}


def _pairs_of_phantoms(account: VtexAccount, lock_ids: set[str]) -> set[Pair]:
    """What these locks asked for, if VTEX calls them canceled: rows listed there may be masking them."""
    canceled = Reservation.objects.filter(
        account=account, lock_id__in=lock_ids, status_code=ABORTED_COMMITTED
    )
    return {pair for lines in canceled.values_list("requested", flat=True) for pair in requested_units(lines)}


def _locks_listed_in(account: VtexAccount, pairs: set[Pair]) -> set[str]:
    rows = ReservationItem.objects.filter(
        account=account, sku_id__in={sku for sku, _ in pairs}, gone_at__isnull=True
    )
    found = rows.values_list("sku_id", "warehouse_id", "reservation__lock_id")
    return {lock_id for sku, warehouse, lock_id in found if (sku, warehouse) in pairs}


def _candidates_of(account: VtexAccount, pairs: set[Pair]) -> set[str]:
    """Locks that may explain a difference in these pairs, or did until now."""
    judged = _open(account).filter(balance__isnull=True, reservation__status_code=ABORTED_COMMITTED)
    explained = judged.filter(cause__in=(Cause.CANCEL_INCOMPLETE, Cause.COULD_NOT_TELL))
    candidates = {
        lock_id
        for lock_id, asked in explained.values_list("subject", "reservation__requested")
        if not pairs.isdisjoint(requested_units(asked or ()))
    }
    beyond = {pair for pair, row in balances_of(account, pairs).items() if row.mismatch_units > 0}
    if beyond:
        phantoms = phantoms_in(account)
        candidates |= {phantom.lock_id for pair in beyond for phantom in phantoms.get(pair, ())}
    return candidates


def _open(account: VtexAccount) -> FindingQuerySet:
    return Finding.objects.filter(account=account).open()
