"""Orders' details as mirror rows, many at once. Runs inside a transaction; payloads name nothing personal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.models import Order, OrderItem, OrderStatusEvent, VtexAccount
from reconciler.sync import labels
from reconciler.sync.upsert import assign, write
from reconciler.vtex import payloads

FIELDS = (
    "order_group", "sequence", "seller_order_id", "marketplace_order_id", "origin", "affiliate_id",
    "sales_channel", "status", "workflow_in_error", "is_completed", "created_at", "last_change_at",
    "authorized_at", "invoiced_at", "canceled_at", "value_cents", "currency", "read_at", "history_read_at",
    "unreadable_reason",
)  # fmt: skip
"""What reading an order may change of its row."""
OF_A_LINE = (
    "sku_id", "quantity", "lock_id", "seller_id", "name", "ref_id", "ean", "price_cents", "components",
    "deliveries",
)  # fmt: skip


@dataclass(frozen=True)
class Detail:
    """A detail as VTEX gave it at `read_at`, and the order's row, locked."""

    row: Order
    seen: payloads.Order
    read_at: datetime

    @property
    def is_newest(self) -> bool:
        return not (self.row.read_at and self.row.read_at > self.read_at)


def locked(
    account: VtexAccount, seen: Mapping[str, datetime], others: Collection[str] = ()
) -> dict[str, Order]:
    """The rows of the orders seen (each made where missing, first seen then) and of others that are known.

    Made and locked in one order wherever that is done, so that no two processes wait for each other.
    """
    rows = Order.objects.filter(account=account)
    known = set(rows.filter(order_id__in=seen).values_list("order_id", flat=True))
    new = [
        Order(account=account, order_id=each, first_seen_at=seen[each]) for each in sorted({*seen} - known)
    ]
    if new:
        Order.objects.bulk_create(new, ignore_conflicts=True)
    found = rows.select_for_update().filter(order_id__in={*seen, *others}).order_by("pk")
    return {row.order_id: row for row in found}


def save(account: VtexAccount, details: Sequence[Detail]) -> None:
    """Writes what these details say, each the newest of another order; of the rows themselves it only sets
    the values.
    """
    for detail in details:
        assign(detail.row, **_values(detail.seen), read_at=detail.read_at, unreadable_reason="")
    if details:
        _replace_items(details)
        _note_statuses(details)
        labels.from_lines(account, [(detail.seen.items, detail.read_at) for detail in details])
        _note_currency(account, [detail.row for detail in details])


def _note_currency(account: VtexAccount, rows: Iterable[Order]) -> None:
    """That of the newest order which names one."""
    named = [row for row in rows if row.currency]
    dated = [(row.created_at, row.currency) for row in named if row.created_at]
    newest, currency = max(dated) if dated else (None, named[-1].currency if named else "")
    if not currency or currency == account.currency:
        return
    newer = Order.objects.filter(account=account, created_at__gt=newest).exclude(currency="")
    if newest is None or not newer.exists():
        VtexAccount.objects.filter(pk=account.pk).update(currency=currency)
        account.currency = currency


def _values(seen: payloads.Order) -> dict[str, Any]:
    return {
        "order_group": seen.order_group[:200],
        "sequence": seen.sequence[:100],
        "seller_order_id": seen.seller_order_id[:200],
        "marketplace_order_id": seen.marketplace_order_id[:200],
        "origin": seen.origin[:50],
        "affiliate_id": seen.affiliate_id[:100],
        "sales_channel": seen.sales_channel[:100],
        "status": seen.status[:100],
        "workflow_in_error": seen.workflow_is_in_error,
        "is_completed": seen.is_completed,
        "created_at": seen.creation_date,
        "last_change_at": seen.last_change,
        "authorized_at": seen.authorized_date,
        "invoiced_at": seen.invoiced_date,
        "canceled_at": seen.cancellation_date,
        "value_cents": seen.value or 0,
        "currency": seen.currency_code[:3],
    }


def _replace_items(details: Sequence[Detail]) -> None:
    known: dict[int, dict[int, OrderItem]] = defaultdict(dict)
    for item in OrderItem.objects.filter(order__in=[detail.row.pk for detail in details]).order_by():
        known[item.order_id][item.index] = item
    new: list[OrderItem] = []
    changed: list[OrderItem] = []
    gone: list[int] = []
    for detail in details:
        mine = known[detail.row.pk]
        for line in detail.seen.items:
            values = _line(detail.seen, line)
            if line.index not in mine:
                new.append(OrderItem(order=detail.row, index=line.index, **values))
            elif assign(item := mine.pop(line.index), **values):
                changed.append(item)
        gone += [item.pk for item in mine.values()]
    if new:
        OrderItem.objects.bulk_create(new)
    write(changed, OF_A_LINE)
    if gone:
        OrderItem.objects.filter(pk__in=gone).delete()


def _line(order: payloads.Order, line: payloads.OrderItem) -> dict[str, Any]:
    return {
        "sku_id": line.id[:100],
        "quantity": line.quantity,
        "lock_id": line.lock_id[:200],
        "seller_id": line.seller[:100],
        "name": line.name[:500],
        "ref_id": line.ref_id[:200],
        "ean": line.ean[:100],
        "price_cents": line.price or 0,
        "components": [{"sku": part.id, "quantity": part.quantity} for part in line.components],
        "deliveries": [
            {"warehouse": part.warehouse_id, "dock": part.dock_id, "quantity": part.quantity}
            for part in order.deliveries(line.index)
        ],
    }


def _note_statuses(details: Sequence[Detail]) -> None:
    """One step of the history whenever the status differs from the last one that a detail showed."""
    rows = [detail.row.pk for detail in details]
    shown = OrderStatusEvent.objects.filter(order__in=rows, source=OrderStatusEvent.Source.DETAIL)
    last = dict(shown.order_by("first_seen_at", "at", "id").values_list("order_id", "step"))
    steps = [
        OrderStatusEvent(
            order=detail.row,
            step=detail.row.status,
            at=detail.row.last_change_at or detail.read_at,
            source=OrderStatusEvent.Source.DETAIL,
            first_seen_at=detail.read_at,
        )
        for detail in details
        if detail.row.status and detail.row.status != last.get(detail.row.pk)
    ]
    if steps:
        OrderStatusEvent.objects.bulk_create(steps, ignore_conflicts=True)
