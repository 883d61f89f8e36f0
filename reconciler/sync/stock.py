"""Balances and reservations of pairs: VTEX to mirror."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Attempt, ListState, ReservationItem, Sku, StockBalance, VtexAccount
from reconciler.sync import balances, fetch, holds
from reconciler.vtex import VtexClient, payloads


@dataclass(frozen=True)
class PairRead:
    """What a read of one pair gave.

    read_at: our clock when the read began. server_date: VTEX's clock when the list was read, None when it
    did not say.
    balance: the mirror's row; None when VTEX knows no balance of the pair. bracketed: the balance did not
    move meanwhile.
    """

    sku_id: str
    warehouse_id: str
    read_at: datetime
    state: ListState
    balance: StockBalance | None = None
    bracketed: bool = False
    server_date: datetime | None = None
    lock_ids: frozenset[str] = field(default_factory=frozenset)

    @property
    def ok(self) -> bool:
        """The list is complete; otherwise nothing may be concluded from what it lacks."""
        return self.state == ListState.OK and self.balance is not None

    @property
    def items(self) -> list[ReservationItem]:
        """What the list shows, with its reservations; only when `ok`."""
        if self.balance is None:
            return []
        rows = listed(self.balance).select_related("reservation__order")
        return list(rows.order_by("reservation__reserved_at", "reservation__lock_id"))


def listed(balance: StockBalance):  # type: ignore[no-untyped-def]
    """The items of the pair that are not gone."""
    return ReservationItem.objects.filter(
        account_id=balance.account_id,
        sku_id=balance.sku_id,
        warehouse_id=balance.warehouse_id,
        gone_at__isnull=True,
    )


def read_pair(
    account: VtexAccount,
    client: VtexClient,
    sku_id: str,
    warehouse_id: str,
    *,
    attempt: Attempt | None = None,
    diagnosed: bool = True,
) -> PairRead:
    """Balance, all pages of the list, balance again; writes the mirror and its findings.

    What went or changed is marked as explained by `attempt`. Not `diagnosed`: the caller hands the read to
    `diagnose` with others. Raises a VtexError when the balance cannot be read or VTEX is out of reach; an
    answer that concerns the pair alone becomes its `state`.
    """
    read = fetch.sku(client, sku_id, [warehouse_id])
    results = save(account, read, attempt=attempt, only={warehouse_id})
    if diagnosed:
        diagnose(account, results)
    return results[0]


def held(account: VtexAccount, sku_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Warehouses with mirrored holds that are not gone yet, by SKU."""
    rows = ReservationItem.objects.filter(account=account, sku_id__in=sku_ids, gone_at__isnull=True)
    found: dict[str, set[str]] = {}
    for sku_id, warehouse_id in rows.values_list("sku_id", "warehouse_id"):
        found.setdefault(sku_id, set()).add(warehouse_id)
    return {sku_id: frozenset(warehouses) for sku_id, warehouses in found.items()}


def worth_listing(inventory: payloads.SkuInventory, held: Collection[str]) -> list[str]:
    """Warehouses with units reserved, or with mirrored holds that are not gone yet."""
    return [b.warehouse_id for b in inventory.balances if b.reserved_quantity or b.warehouse_id in held]


def save(
    account: VtexAccount,
    read: fetch.SkuRead,
    *,
    attempt: Attempt | None = None,
    only: Iterable[str] | None = None,
) -> list[PairRead]:
    """Writes a read, a short transaction a pair."""
    chosen = (
        {b.warehouse_id for b in read.inventory.balances} | set(read.listings) if only is None else set(only)
    )
    results = [_save_pair(account, read, warehouse_id, attempt) for warehouse_id in sorted(chosen)]
    if only is None:
        Sku.objects.filter(account=account, sku_id=read.sku_id).update(swept_at=read.read_at, sweep_error="")
    return results


def diagnose(account: VtexAccount, reads: Iterable[PairRead]) -> None:
    """The findings of these pairs and their locks, together: hundreds cost hardly more than one."""
    done = list(reads)
    if done:
        refresh(
            account,
            now=timezone.now(),
            pairs=[(read.sku_id, read.warehouse_id) for read in done],
            lock_ids=sorted({lock_id for read in done for lock_id in read.lock_ids}),
        )


def _save_pair(
    account: VtexAccount, read: fetch.SkuRead, warehouse_id: str, attempt: Attempt | None
) -> PairRead:
    seen = read.inventory.balance_in(warehouse_id)
    listing = read.listings.get(warehouse_id)
    with transaction.atomic():
        if seen is None:
            _mark_tried(account, read, warehouse_id)
            return PairRead(read.sku_id, warehouse_id, read.read_at, ListState.ERROR)
        row = balances.save(account, read.sku_id, seen, read.read_at, attempt)
        touched = _save_listing(row, listing, read.read_at, attempt) if listing else set()
    return PairRead(
        read.sku_id,
        warehouse_id,
        read.read_at,
        listing.state if listing else ListState.NOT_READ,
        row,
        bool(listing and listing.reserved is not None),
        (listing and listing.server_date) or read.inventory.server_date,
        frozenset(touched),
    )


def _mark_tried(account: VtexAccount, read: fetch.SkuRead, warehouse_id: str) -> None:
    """VTEX no longer shows a balance of the pair: what it holds is unknown, not nothing."""
    rows = StockBalance.objects.filter(account=account, sku_id=read.sku_id, warehouse_id=warehouse_id)
    rows.exclude(list_tried_at__gte=read.read_at).update(
        list_tried_at=read.read_at, list_state=ListState.ERROR
    )


def _save_listing(
    row: StockBalance, listing: fetch.Listing, read_at: datetime, attempt: Attempt | None
) -> set[str]:
    """The locks seen or found gone; an older read than the one that was written last changes nothing."""
    if row.list_tried_at and row.list_tried_at >= read_at:
        return set()
    row.list_tried_at, row.list_state = read_at, listing.state
    touched: set[str] = set()
    if listing.rows is not None:
        row.list_read_at, row.listed_units = read_at, holds.listed_units(listing.rows)
        touched = holds.replace(row, holds.summed(listing.rows), read_at, attempt)
        _save_bracket(row, listing.reserved, read_at)
    row.save()
    return touched


def _save_bracket(row: StockBalance, reserved: int | None, read_at: datetime) -> None:
    if reserved is None:
        return
    units = reserved - row.listed_units
    if units == 0:
        row.mismatch_since = None
    elif row.mismatch_since is None or units != row.mismatch_units:
        row.mismatch_since = read_at
    row.mismatch_units, row.bracketed_at = units, read_at
