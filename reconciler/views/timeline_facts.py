"""What changed at some pairs and reservations, for a timeline: one query, however much happened."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import (
    BooleanField,
    CharField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Value,
)

from reconciler.models import (
    OutsideChange,
    OutsideKind,
    ReservationItem,
    StockBalance,
    StockChange,
    VtexAccount,
)

MOST = 300
"""The newest; older ones are on the page of their pair, and in the export of the audit trail."""
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
COUNTED = "counted"
"""A total that moved; `vanished` and `total` are changes outside that were kept (see OutsideKind)."""
Pair = tuple[str, str]


class Changed(NamedTuple):
    """`units` vanished of `lock_id`; or the total went from `before` to `after`. `why`: see OutsideWhy."""

    kind: str
    at: datetime
    previous_read_at: datetime | None
    sku_id: str
    warehouse_id: str
    lock_id: str
    units: int
    acknowledged: bool
    before: int
    after: int
    attempt_id: int | None
    why: str

    @property
    def pair(self) -> Pair:
        return self.sku_id, self.warehouse_id


Kept = dict[tuple[str, str, str, datetime | None], Changed]
"""Changes outside that were kept, by reservation (or nothing), pair and time; who tells one takes it out."""


def of_pairs(
    store: VtexAccount, pairs: Collection[Pair], locks: Collection[int], since: datetime
) -> list[Changed]:
    """How the totals of these pairs moved, and what of these reservations vanished without us."""
    skus, warehouses = {sku for sku, _ in pairs}, {warehouse for _, warehouse in pairs}
    near = StockBalance.objects.filter(account=store, sku_id__in=skus, warehouse_id__in=warehouses)
    mine = ReservationItem.objects.filter(
        reservation__in=locks, sku_id=OuterRef("sku_id"), warehouse_id=OuterRef("warehouse_id")
    )
    near = near.filter(Exists(mine))
    found = _read(near.values("pk"), OutsideChange.objects.filter(reservation__in=locks), since)
    return [each for each in found if each.lock_id or each.pair in pairs]


def of_balance(balance: StockBalance) -> list[Changed]:
    """How the total of this pair moved, and what vanished from its list without us."""
    return _read([balance.pk], OutsideChange.objects.filter(balance=balance), LONG_AGO)


def _read(balances: Any, vanished: QuerySet[OutsideChange], since: datetime) -> list[Changed]:
    moved = StockChange.objects.filter(balance__in=balances, at__gte=since)
    counts = OutsideChange.objects.filter(kind=OutsideKind.TOTAL, balance__in=balances, at__gte=since)
    parts = [
        _values(
            moved.exclude(total_before=F("total_after")), _kind=_text(COUNTED), _lock=_text(""),
            _units=_whole(0), _acknowledged=_no(), _before=F("total_before"), _after=F("total_after"),
            _why=_text(""),
        ),
        _values(
            counts, _kind=F("kind"), _lock=_text(""), _units=_whole(0), _acknowledged=_no(),
            _before=F("total_before"), _after=F("total_after"), _why=F("why"),
        ),
        _values(
            vanished.filter(kind=OutsideKind.VANISHED), _kind=F("kind"), _lock=F("reservation__lock_id"),
            _units=F("quantity"), _acknowledged=F("acknowledged"), _before=_whole(0), _after=_whole(0),
            _why=F("why"),
        ),
    ]  # fmt: skip
    newest = parts[0].union(*parts[1:], all=True).order_by("-at")[:MOST]
    return [Changed(*row) for row in newest]


def _values(rows: QuerySet[Any], **named: Any) -> QuerySet[Any]:
    """Columns in the order of Changed; nothing is null that has no type of its own."""
    return rows.order_by().annotate(**named).values_list(
        "_kind", "at", "previous_read_at", "balance__sku_id", "balance__warehouse_id", "_lock", "_units",
        "_acknowledged", "_before", "_after", "attempt_id", "_why",
    )  # fmt: skip


def _text(said: str) -> Value:
    return Value(said, output_field=CharField())


def _whole(number: int) -> Value:
    return Value(number, output_field=IntegerField())


def _no() -> Value:
    return Value(False, output_field=BooleanField())


def split(found: Iterable[Changed]) -> tuple[list[Changed], Kept]:
    """Totals that moved; and what was kept, by pair and time, and the reservation that vanished."""
    rows = list(found)
    kept: Kept = {(each.lock_id, *each.pair, each.at): each for each in rows if each.kind != COUNTED}
    return [each for each in rows if each.kind == COUNTED], kept
