"""An order's detail as mirror rows. Runs inside a transaction; the payload names nothing personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reconciler.models import Order, OrderItem, OrderStatusEvent, VtexAccount
from reconciler.sync import labels
from reconciler.sync.upsert import assign, locked
from reconciler.vtex import payloads


def save(account: VtexAccount, seen: payloads.Order, read_at: datetime) -> tuple[Order, bool]:
    """The order's row, locked, and whether this read is the newest. An older one changes nothing."""
    key = {"account": account, "order_id": seen.order_id}
    row, _ = locked(Order, key, {"first_seen_at": read_at})
    if row.read_at and row.read_at > read_at:
        return row, False
    changed = assign(row, **_values(seen), read_at=read_at, unreadable_reason="")
    row.save(update_fields=changed)
    _replace_items(row, seen)
    _note_status(row, read_at)
    labels.from_lines(account, seen.items, read_at)
    _note_currency(account, row)
    return row, True


def _note_currency(account: VtexAccount, row: Order) -> None:
    if row.currency and row.currency != account.currency:
        newest = (
            Order.objects.filter(account=account, created_at__gt=row.created_at) if row.created_at else None
        )
        if newest is None or not newest.exclude(currency="").exists():
            VtexAccount.objects.filter(pk=account.pk).update(currency=row.currency)
            account.currency = row.currency


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


def _replace_items(row: Order, seen: payloads.Order) -> None:
    known = {item.index: item for item in row.items.all()}
    new = []
    for line in seen.items:
        item = known.pop(line.index, None)
        if item is None:
            new.append(OrderItem(order=row, index=line.index, **_line(seen, line)))
        elif changed := assign(item, **_line(seen, line)):
            item.save(update_fields=changed)
    if new:
        OrderItem.objects.bulk_create(new)
    if known:
        row.items.filter(index__in=known).delete()


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


def _note_status(row: Order, read_at: datetime) -> None:
    """One step of the history whenever the status differs from the last one that a detail showed."""
    events = row.events.filter(source=OrderStatusEvent.Source.DETAIL)
    last = events.order_by("-first_seen_at", "-at", "-id").values_list("step", flat=True).first()
    if row.status and row.status != last:
        event = OrderStatusEvent(
            order=row,
            step=row.status,
            at=row.last_change_at or read_at,
            source=OrderStatusEvent.Source.DETAIL,
            first_seen_at=read_at,
        )
        OrderStatusEvent.objects.bulk_create([event], ignore_conflicts=True)
