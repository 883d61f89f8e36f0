"""Locks that VTEX calls canceled and no list shows, looked up by the pairs whose units they asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from reconciler.diagnosis.facts import ABORTED_COMMITTED, INVOICED, Pair, Phantom
from reconciler.models import OrderItem, Reservation, ReservationItem, VtexAccount
from reconciler.models.reservations import RequestedUnits

LISTED = ReservationItem.objects.filter(reservation=OuterRef("pk"), gone_at__isnull=True)
_LISTED = ReservationItem.objects.filter(reservation=OuterRef("reservation"), gone_at__isnull=True)


def asked_in(account: VtexAccount, pairs: Collection[Pair]) -> QuerySet[RequestedUnits]:
    """What reservations asked for in these pairs, and in others of the same SKUs and warehouses."""
    skus, warehouses = {sku for sku, _ in pairs}, {warehouse for _, warehouse in pairs}
    return RequestedUnits.objects.filter(account=account, sku_id__in=skus, warehouse_id__in=warehouses)


def phantom_ids(account: VtexAccount, pairs: Collection[Pair]) -> dict[str, int]:
    """Lock ids and rows of every phantom that asked for units of one of these pairs."""
    if not pairs:
        return {}
    rows = asked_in(account, pairs).filter(~Exists(_LISTED), reservation__status_code=ABORTED_COMMITTED)
    found = rows.values_list("sku_id", "warehouse_id", "reservation__lock_id", "reservation_id")
    return {lock_id: pk for sku, warehouse, lock_id, pk in found if (sku, warehouse) in pairs}


def phantoms_in(account: VtexAccount, pairs: Collection[Pair]) -> dict[Pair, list[Phantom]]:
    """The phantoms of these pairs, and of every other pair that one of them names, in order of lock ids."""
    first = phantom_ids(account, pairs)
    named = _quantities(first.values())
    others = {pair for units in named.values() for pair, _ in units} - set(pairs)
    second = {name: pk for name, pk in phantom_ids(account, others).items() if name not in first}
    units = named | _quantities(second.values())
    credible = _credible(account, first | second)
    dates = _dates((first | second).values())
    found: dict[Pair, list[Phantom]] = defaultdict(list)
    for lock_id, pk in sorted((first | second).items()):
        phantom = Phantom(
            lock_id, tuple(units.get(pk, ())), lock_id in credible, *dates.get(pk, (None, None))
        )
        for pair, _ in phantom.quantities:
            found[pair].append(phantom)
    return found


def _quantities(pks: Collection[int]) -> dict[int, list[tuple[Pair, int]]]:
    found: dict[int, list[tuple[Pair, int]]] = defaultdict(list)
    if pks:
        rows = RequestedUnits.objects.filter(reservation__in=pks).order_by("sku_id", "warehouse_id")
        for pk, sku, warehouse, units in rows.values_list(
            "reservation_id", "sku_id", "warehouse_id", "quantity"
        ):
            found[pk].append(((sku, warehouse), units))
    return found


def _dates(pks: Collection[int]) -> dict[int, tuple[datetime | None, datetime | None]]:
    """When they were reserved and canceled."""
    rows = Reservation.objects.filter(pk__in=pks) if pks else Reservation.objects.none()
    return {
        pk: (reserved, canceled)
        for pk, reserved, canceled in rows.values_list("pk", "reserved_at", "canceled_at")
    }


def _credible(account: VtexAccount, locks: dict[str, int]) -> set[str]:
    """Those that were canceled as far as one can see: dated, never acknowledged, their order not invoiced."""
    if not locks:
        return set()
    rows = Reservation.objects.filter(pk__in=locks.values())
    dated = set(rows.filter(canceled_at__isnull=False).values_list("lock_id", flat=True))
    handled = ReservationItem.objects.filter(
        reservation__in=locks.values(), acknowledged_at__isnull=False
    ).values_list("reservation__lock_id", flat=True)
    invoiced = OrderItem.objects.filter(order__account=account, lock_id__in=locks, order__status=INVOICED)
    return dated - set(handled) - set(invoiced.values_list("lock_id", flat=True))
