"""Findings as lists and exports show them: light rows of one query, where models would cost a page most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models.query import ValuesListIterable

from reconciler.models.orders import FINISHED

OF_FINDING = (
    "id", "subject", "cause", "remedy", "reason", "telling", "items", "units", "value_cents", "currency",
    "value_kind", "held_since", "since", "facts_read_at",
)  # fmt: skip
OF_LOCK = ("reservation_id",)
"""Its subject names it already; joined, a fourth table took a tenth of the page."""
OF_BALANCE = ("balance__sku_id", "balance__warehouse_id")
OF_ORDER = (
    "order_id", "order__order_id", "order__status", "order__authorized_at", "order__invoiced_at",
    "order__canceled_at", "order__history_read_at", "order__last_change_at",
)  # fmt: skip
PLAIN, SUBJECT = len(OF_FINDING), OF_FINDING.index("subject")
FIELDS = (*OF_FINDING, *OF_LOCK, *OF_BALANCE, *OF_ORDER)

TELLING = (
    "total_fell", "total_did_not_fall", "order_carries_another_lock", "by_id_status",
    "reserved_beyond_list", "reserved_negative", "instance_in_error", "instance_step",
    "item_partly_acknowledged", "item_acknowledged", "item_not_acknowledged", "confirmation_expired",
    "backfill_covers",
)  # fmt: skip
"""Kinds of evidence worth half a line in a list, the most telling first."""


class ListedLock(NamedTuple):
    lock_id: str


class ListedBalance(NamedTuple):
    sku_id: str
    warehouse_id: str


class ListedOrder(NamedTuple):
    pk: int
    order_id: str
    status: str
    authorized_at: datetime | None
    invoiced_at: datetime | None
    canceled_at: datetime | None
    history_read_at: datetime | None
    last_change_at: datetime | None

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


class ListedFinding(NamedTuple):
    """What a row shows of a `Finding`, under the names that it has there."""

    id: int
    subject: str
    cause: str
    remedy: str
    reason: str
    telling: dict[str, Any] | None
    items: list[dict[str, Any]]
    units: int
    value_cents: int
    currency: str
    value_kind: str
    held_since: datetime
    since: datetime | None
    facts_read_at: datetime
    reservation: ListedLock | None
    balance: ListedBalance | None
    order: ListedOrder | None


class ListedFindings(ValuesListIterable):
    """What a queryset of the values of `FIELDS` gives instead of tuples."""

    def __iter__(self) -> Iterator[ListedFinding]:
        return map(_listed, super().__iter__())


def _listed(values: tuple[Any, ...]) -> ListedFinding:
    lock, sku_id, warehouse_id, order, *of_order = values[PLAIN:]
    return ListedFinding._make(
        (
            *values[:PLAIN],
            None if lock is None else ListedLock(values[SUBJECT]),
            None if sku_id is None else ListedBalance(sku_id, warehouse_id),
            None if order is None else ListedOrder(order, *of_order),
        )
    )
