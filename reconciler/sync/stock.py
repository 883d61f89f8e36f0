"""Balances and reservations of pairs: VTEX to mirror."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import (
    Attempt,
    ListState,
    ReservationItem,
    Sku,
    StockBalance,
    StockChange,
    VtexAccount,
)
from reconciler.sync import balances, fetch, holds, ours, outside, outside_log
from reconciler.sync.upsert import write
from reconciler.vtex import VtexClient, payloads

MOST_ROWS = 1000
"""Pairs and rows of their lists that one transaction writes, unless one pair has more."""


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

    `attempt` is the one that reads: a change of `reserved` alone is noted as its own. Not `diagnosed`: the
    caller hands the read to `diagnose` with others. Raises a VtexError when the balance cannot be read or
    VTEX is out of reach; an answer that concerns the pair alone becomes its `state`.
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
    only: Collection[str] | None = None,
) -> list[PairRead]:
    """`save_all` of one."""
    return save_all(account, [(read, only)], attempt=attempt)[0]


def save_all(
    account: VtexAccount,
    reads: Sequence[tuple[fetch.SkuRead, Collection[str] | None]],
    *,
    attempt: Attempt | None = None,
) -> list[list[PairRead]]:
    """Writes these reads, each whole or only some of its warehouses: what became of each one's pairs.

    In short transactions and a number of statements that does not grow with the pairs. An older read changes
    nothing. Not diagnosed.
    """
    pairs = [_Pair(read, warehouse) for read, only in reads for warehouse in _warehouses(read, only)]
    done: dict[_Pair, PairRead] = {}
    for some in _distinct(pairs):
        with transaction.atomic():
            done |= _save_pairs(account, some, attempt)
    outside_log.log(account)
    _note_swept(account, [read for read, only in reads if only is None])
    found: list[list[PairRead]] = []
    for read, _ in reads:
        found.append([done[pair] for pair in pairs if pair.read is read])
    return found


@dataclass(frozen=True, eq=False)
class _Pair:
    """One warehouse of a read."""

    read: fetch.SkuRead
    warehouse_id: str

    @property
    def key(self) -> tuple[str, str]:
        return self.read.sku_id, self.warehouse_id

    @property
    def seen(self) -> payloads.Balance | None:
        return self.read.inventory.balance_in(self.warehouse_id)

    @property
    def listing(self) -> fetch.Listing | None:
        return self.read.listings.get(self.warehouse_id)

    @property
    def size(self) -> int:
        return 1 + len(self.listing.rows or ()) if self.listing else 1


def _warehouses(read: fetch.SkuRead, only: Collection[str] | None) -> list[str]:
    chosen = (
        {b.warehouse_id for b in read.inventory.balances} | set(read.listings) if only is None else set(only)
    )
    return sorted(chosen)


def _distinct(pairs: Iterable[_Pair]) -> Iterator[list[_Pair]]:
    """Not too many at a time, and none twice."""
    some: dict[tuple[str, str], _Pair] = {}
    size = 0
    for pair in pairs:
        if some and (pair.key in some or size + pair.size > MOST_ROWS):
            yield list(some.values())
            some, size = {}, 0
        some[pair.key] = pair
        size += pair.size
    if some:
        yield list(some.values())


def _note_swept(account: VtexAccount, reads: Sequence[fetch.SkuRead]) -> None:
    if not reads:
        return
    swept = {read.sku_id: read.read_at for read in reads}
    with transaction.atomic():
        rows = Sku.objects.select_for_update().filter(account=account, sku_id__in=swept).order_by("pk")
        found = list(rows)
        for row in found:
            row.swept_at, row.sweep_error = swept[row.sku_id], ""
        write(found, ["swept_at", "sweep_error"])


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


def _save_pairs(
    account: VtexAccount, pairs: Sequence[_Pair], attempt: Attempt | None
) -> dict[_Pair, PairRead]:
    seen = {pair.key: (pair.seen, pair.read.read_at) for pair in pairs if pair.seen}
    rows = balances.locked(account, seen, [pair.key for pair in pairs if not pair.seen])
    noted = [
        balances.note(rows[pair.key], pair.seen, pair.read.read_at, attempt) for pair in pairs if pair.seen
    ]
    changes = [change for change in noted if change]
    ours.explain(account, changes)
    StockChange.objects.bulk_create(changes)
    outside.keep_totals(changes)
    touched = _save_listings([(rows[pair.key], pair) for pair in pairs if pair.key in rows])
    write([*rows.values()], balances.FIELDS)
    return {pair: _done(pair, rows.get(pair.key), touched.get(pair.key, set())) for pair in pairs}


def _done(pair: _Pair, row: StockBalance | None, touched: Collection[str]) -> PairRead:
    read, listing = pair.read, pair.listing
    if pair.seen is None:
        return PairRead(read.sku_id, pair.warehouse_id, read.read_at, ListState.ERROR)
    return PairRead(
        read.sku_id,
        pair.warehouse_id,
        read.read_at,
        listing.state if listing else ListState.NOT_READ,
        row,
        bool(listing and listing.reserved is not None),
        (listing and listing.server_date) or read.inventory.server_date,
        frozenset(touched),
    )


def _save_listings(pairs: Iterable[tuple[StockBalance, _Pair]]) -> dict[tuple[str, str], set[str]]:
    """The locks seen or found gone by pair; an older read than the one written last changes nothing."""
    complete: list[holds.Listed] = []
    for row, pair in pairs:
        listing, read_at = pair.listing, pair.read.read_at
        if row.list_tried_at and row.list_tried_at >= read_at:
            continue
        if pair.seen is None:
            # VTEX no longer shows a balance of the pair: what it holds is unknown, not nothing.
            row.list_tried_at, row.list_state = read_at, ListState.ERROR
        elif listing:
            row.list_tried_at, row.list_state = read_at, listing.state
            if listing.rows is not None:
                row.list_read_at, row.listed_units = read_at, holds.listed_units(listing.rows)
                _save_bracket(row, listing.reserved, read_at)
                complete.append(holds.Listed(row, holds.summed(listing.rows), read_at))
    return holds.replace(complete)


def _save_bracket(row: StockBalance, reserved: int | None, read_at: datetime) -> None:
    if reserved is None:
        return
    units = reserved - row.listed_units
    if units == 0:
        row.mismatch_since = None
    elif row.mismatch_since is None or units != row.mismatch_units:
        row.mismatch_since = read_at
    row.mismatch_units, row.bracketed_at = units, read_at
