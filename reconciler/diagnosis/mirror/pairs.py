"""Mirrored balances as facts, with what may explain a difference between `reserved` and the list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef

from reconciler.diagnosis.facts import HOLDING, ListState, Pair, PairFacts, Phantom, TotalChange
from reconciler.diagnosis.mirror.phantoms import asked_in, phantoms_in
from reconciler.diagnosis.mirror.store import HANDLED, Store
from reconciler.models import ReservationItem, StockBalance, StockChange, VtexAccount

_STATES = {state.value: state for state in ListState}


class BalanceRow(NamedTuple):
    """What diagnosis reads of one balance."""

    pk: int
    sku_id: str
    warehouse_id: str
    total: int
    reserved: int
    read_at: datetime
    unlimited: bool
    list_state: str
    list_read_at: datetime | None
    list_tried_at: datetime | None
    bracketed_at: datetime | None
    mismatch_units: int
    mismatch_since: datetime | None
    first_seen_at: datetime

    @property
    def pair(self) -> Pair:
        return self.sku_id, self.warehouse_id

    @property
    def beyond(self) -> bool:
        """Whether more is reserved than its list holds."""
        return self.bracketed_at is not None and self.mismatch_units > 0


def balances_of(account: VtexAccount, pairs: Collection[Pair]) -> dict[Pair, BalanceRow]:
    if not pairs:
        return {}
    skus, warehouses = {sku for sku, _ in pairs}, {warehouse for _, warehouse in pairs}
    rows = StockBalance.objects.filter(account=account, sku_id__in=skus, warehouse_id__in=warehouses)
    names = [name for name in BalanceRow._fields if name != "pk"]
    found = {row.pair: row for row in map(BalanceRow._make, rows.values_list("pk", *names))}
    return {pair: found[pair] for pair in pairs if pair in found}


def pairs_of(store: Store, pairs: Collection[Pair], since: datetime | None = None) -> dict[Pair, PairFacts]:
    """The pairs as facts, and with them the other pairs of their phantoms.

    Changes of totals are told from `since` on; None: they do not matter.
    """
    account = store.account
    balances = balances_of(account, pairs)
    cleared = handled_in(account, balances) if store.lists_show_cleared else set()
    doubted = {pair for pair, row in balances.items() if row.beyond} | cleared
    phantoms = phantoms_in(account, doubted)
    balances |= balances_of(account, set(phantoms) - set(balances))
    beyond = {pair for pair, row in balances.items() if row.beyond}
    other = _other_status_units(account, beyond)
    elsewhere = _held_elsewhere(account, beyond)
    changes = _changes(balances.values(), since) if since else {}
    return {
        pair: _facts(
            row,
            phantoms.get(pair, ()),
            changes.get(row.pk, ()),
            other_status_units=other.get(pair, 0),
            elsewhere=pair in elsewhere,
            masked=pair in cleared and _may_mask(row, phantoms.get(pair, ())),
        )
        for pair, row in balances.items()
    }


def handled_in(account: VtexAccount, pairs: Collection[Pair]) -> set[Pair]:
    """Those of the pairs whose lists show acknowledged rows."""
    skus, warehouses = {sku for sku, _ in pairs}, {warehouse for _, warehouse in pairs}
    rows = HANDLED.filter(account=account, sku_id__in=skus, warehouse_id__in=warehouses)
    return set(rows.values_list("sku_id", "warehouse_id").distinct()).intersection(pairs)


def _may_mask(row: BalanceRow, phantoms: Iterable[Phantom]) -> bool:
    """Whether the difference is smaller than what the phantoms would make it."""
    units = sum(dict(phantom.quantities).get(row.pair, 0) for phantom in phantoms)
    return row.bracketed_at is not None and 0 <= row.mismatch_units < units


def _other_status_units(account: VtexAccount, pairs: Collection[Pair]) -> dict[Pair, int]:
    """Units listed under a Status that is not known to hold (U1)."""
    if not pairs:
        return {}
    skus, warehouses = {sku for sku, _ in pairs}, {warehouse for _, warehouse in pairs}
    rows = ReservationItem.objects.filter(
        account=account, sku_id__in=skus, warehouse_id__in=warehouses, gone_at__isnull=True
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
    of_lock = ReservationItem.objects.filter(reservation=OuterRef("reservation"))
    here = of_lock.filter(sku_id=OuterRef("sku_id"), warehouse_id=OuterRef("warehouse_id"))
    rows = asked_in(account, pairs).filter(Exists(of_lock.filter(gone_at__isnull=True)), ~Exists(here))
    return set(rows.values_list("sku_id", "warehouse_id").distinct()).intersection(pairs)


def _changes(rows: Iterable[BalanceRow], since: datetime) -> dict[int, list[TotalChange]]:
    """How the totals were seen to change, oldest first."""
    seen = StockChange.objects.filter(balance__in=[row.pk for row in rows], at__gte=since)
    moved = seen.exclude(total_before=F("total_after")).order_by("at", "-pk")
    found: dict[int, list[TotalChange]] = defaultdict(list)
    for pk, at, before, after in moved.values_list("balance_id", "at", "total_before", "total_after"):
        found[pk].append(TotalChange(at, before, after))
    return found


def _facts(
    row: BalanceRow,
    phantoms: Iterable[Phantom],
    changes: Iterable[TotalChange],
    *,
    other_status_units: int,
    elsewhere: bool,
    masked: bool,
) -> PairFacts:
    return PairFacts(
        sku=row.sku_id,
        warehouse=row.warehouse_id,
        total=row.total,
        reserved=row.reserved,
        balance_read_at=row.read_at,
        unlimited=row.unlimited,
        list_state=_STATES[row.list_state],
        list_read_at=row.list_read_at,
        list_tried_at=row.list_tried_at,
        bracketed_at=row.bracketed_at,
        mismatch_units=row.mismatch_units,
        mismatch_since=row.mismatch_since,
        other_status_units=other_status_units,
        elsewhere=elsewhere,
        masked=masked,
        phantoms=tuple(phantoms),
        changes=tuple(changes),
        watched_since=row.first_seen_at,
    )
