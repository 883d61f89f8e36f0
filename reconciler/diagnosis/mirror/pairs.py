"""Mirrored balances as facts, with what may explain a difference between `reserved` and the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef

from reconciler.diagnosis.facts import (
    ABORTED_COMMITTED,
    HOLDING,
    INVOICED,
    ListState,
    Pair,
    PairFacts,
    Phantom,
    TotalChange,
)
from reconciler.models import OrderItem, Reservation, ReservationItem, StockBalance, VtexAccount

_FEW, _SHARE = 3, 0.1
"""From so many pairs, and from this share of them, lists are taken to show what counts have cleared."""

_LISTED = ReservationItem.objects.filter(reservation=OuterRef("pk"), gone_at__isnull=True)


def requested_units(lines: Iterable[dict[str, Any]]) -> dict[Pair, int]:
    """Units of a by-id read per pair, supply lots left out."""
    units: dict[Pair, int] = defaultdict(int)
    for line in lines:
        if not line.get("supply_lot"):
            units[str(line["sku"]), str(line["warehouse"])] += int(line["quantity"])
    return dict(units)


def balances_of(account: VtexAccount, pairs: Collection[Pair]) -> dict[Pair, StockBalance]:
    rows = StockBalance.objects.filter(account=account, sku_id__in={sku for sku, _ in pairs})
    wanted = rows.filter(warehouse_id__in={warehouse for _, warehouse in pairs}).prefetch_related("changes")
    found = {(row.sku_id, row.warehouse_id): row for row in wanted}
    return {pair: found[pair] for pair in pairs if pair in found}


def pairs_of(account: VtexAccount, pairs: Collection[Pair]) -> dict[Pair, PairFacts]:
    """The pairs as facts, and with them the other pairs of their phantoms."""
    balances = balances_of(account, pairs)
    beyond = {pair for pair, row in balances.items() if row.bracketed_at and row.mismatch_units > 0}
    cleared = cleared_listed(account, balances)
    phantoms = phantoms_in(account) if beyond or cleared else {}
    named = [phantom for pair in beyond | cleared for phantom in phantoms.get(pair, [])]
    balances |= balances_of(account, {pair for each in named for pair, _ in each.quantities} - set(balances))
    other = _other_status_units(account, balances)
    elsewhere = _held_elsewhere(account, beyond)
    return {
        pair: replace(
            _facts(row, phantoms.get(pair, ())),
            other_status_units=other.get(pair, 0),
            elsewhere=pair in elsewhere,
            masked=pair in cleared and _may_mask(row, phantoms.get(pair, ())),
        )
        for pair, row in balances.items()
    }


def cleared_listed(account: VtexAccount, pairs: Collection[Pair]) -> set[Pair]:
    """The pairs with acknowledged rows, in a store whose lists show what counts have cleared (U1).

    That is so where many of the pairs with acknowledged rows list more than is reserved; one or two such
    pairs are only wrong balances (KI-991735).
    """
    rows = ReservationItem.objects.filter(
        account=account, gone_at__isnull=True, acknowledged_at__isnull=False
    )
    here = rows.filter(sku_id__in={sku for sku, _ in pairs}).values_list("sku_id", "warehouse_id")
    acknowledged = set(here).intersection(pairs)
    bracketed = StockBalance.objects.filter(account=account, bracketed_at__isnull=False)
    if not acknowledged or not bracketed.filter(mismatch_units__lt=0).exists():
        return set()
    own = rows.filter(sku_id=OuterRef("sku_id"), warehouse_id=OuterRef("warehouse_id"))
    differences = bracketed.filter(Exists(own)).values_list("mismatch_units", flat=True)
    exceeding = [units < 0 for units in differences]
    many = max(_FEW, len(exceeding) * _SHARE)
    return acknowledged if sum(exceeding) >= many else set()


def _may_mask(row: StockBalance, phantoms: Iterable[Phantom]) -> bool:
    """Whether the difference is smaller than what the phantoms would make it."""
    pair = row.sku_id, row.warehouse_id
    units = sum(dict(phantom.quantities).get(pair, 0) for phantom in phantoms)
    return row.bracketed_at is not None and 0 <= row.mismatch_units < units


def phantoms_in(account: VtexAccount) -> dict[Pair, list[Phantom]]:
    """Every lock whose by-id status is exactly 3 and that no list shows, under each pair it names."""
    rows = Reservation.objects.filter(~Exists(_LISTED), account=account, status_code=ABORTED_COMMITTED)
    handled = set(rows.filter(items__acknowledged_at__isnull=False).values_list("lock_id", flat=True))
    invoiced = OrderItem.objects.filter(order__account=account, order__status=INVOICED)
    cleared = handled | set(
        invoiced.filter(lock_id__in=rows.values("lock_id")).values_list("lock_id", flat=True)
    )
    found: dict[Pair, list[Phantom]] = defaultdict(list)
    for row in rows.order_by("lock_id"):
        units = requested_units(row.requested)
        credible = row.canceled_at is not None and row.lock_id not in cleared
        phantom = Phantom(row.lock_id, tuple(sorted(units.items())), credible)
        for pair in units:
            found[pair].append(phantom)
    return found


def _other_status_units(account: VtexAccount, pairs: Collection[Pair]) -> dict[Pair, int]:
    """Units listed under a Status that is not known to hold (U1)."""
    rows = ReservationItem.objects.filter(
        account=account, sku_id__in={sku for sku, _ in pairs}, gone_at__isnull=True
    )
    units: dict[Pair, int] = defaultdict(int)
    for sku, warehouse, quantity in rows.exclude(status__in=HOLDING).values_list(
        "sku_id", "warehouse_id", "quantity"
    ):
        units[sku, warehouse] += quantity
    return units


def _held_elsewhere(account: VtexAccount, pairs: Collection[Pair]) -> set[Pair]:
    """Pairs that a lock listed in another pair asked for without ever being listed here (U12)."""
    if not pairs:
        return set()
    listed = Reservation.objects.filter(Exists(_LISTED), account=account).exclude(requested=[])
    asked = {
        (row.pk, pair): units
        for row in listed.only("pk", "requested")
        for pair, units in requested_units(row.requested).items()
        if pair in pairs
    }
    known = ReservationItem.objects.filter(reservation__in={pk for pk, _ in asked})
    seen = {(pk, (sku, wh)) for pk, sku, wh in known.values_list("reservation_id", "sku_id", "warehouse_id")}
    return {pair for pk, pair in asked if (pk, pair) not in seen}


def _facts(row: StockBalance, phantoms: Iterable[Phantom]) -> PairFacts:
    return PairFacts(
        sku=row.sku_id,
        warehouse=row.warehouse_id,
        total=row.total,
        reserved=row.reserved,
        balance_read_at=row.read_at,
        unlimited=row.unlimited,
        list_state=ListState(row.list_state),
        list_read_at=row.list_read_at,
        list_tried_at=row.list_tried_at,
        bracketed_at=row.bracketed_at,
        mismatch_units=row.mismatch_units,
        mismatch_since=row.mismatch_since,
        phantoms=tuple(phantoms),
        changes=tuple(
            TotalChange(each.at, each.total_before, each.total_after, each.previous_read_at)
            for each in sorted(row.changes.all(), key=lambda change: change.at)
            if each.total_before != each.total_after
        ),
        watched_since=row.first_seen_at,
    )
