"""The mirror as plain values, without the times at which it was read."""

from __future__ import annotations

from typing import Any

from reconciler.models import (
    Finding,
    Order,
    OrderItem,
    OrderStatusEvent,
    OrderWorkflow,
    Reservation,
    ReservationItem,
    Sku,
    StockBalance,
    StockChange,
    VtexAccount,
    Warehouse,
)

COLUMNS: dict[Any, tuple[str, ...]] = {
    Warehouse: ("warehouse_id", "name", "is_active"),
    Sku: ("sku_id", "name", "ref_id", "ean", "sweep_error"),
    StockBalance: (
        "sku_id", "warehouse_id", "total", "reserved", "unlimited", "list_state", "listed_units",
        "mismatch_units",
    ),
    Order: ("order_id", "status", "seller_order_id", "last_change_at", "unreadable_reason", "value_cents"),
    OrderItem: ("order__order_id", "index", "sku_id", "quantity", "lock_id"),
    OrderWorkflow: ("order__order_id", "instance", "current_step", "in_error"),
    OrderStatusEvent: ("order__order_id", "instance", "step", "at", "source"),
    Reservation: ("lock_id", "order__order_id", "order_lookup", "superseded", "status_code", "requested"),
    ReservationItem: (
        "reservation__lock_id", "sku_id", "warehouse_id", "quantity", "status", "acknowledged_at", "gone_at",
    ),
}  # fmt: skip


def content(account: VtexAccount) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by model, sorted; findings as their open causes."""
    found = {model.__name__: _rows(model, names, account) for model, names in COLUMNS.items()}
    open_ = Finding.objects.filter(account=account).open()
    found["Finding"] = sorted(open_.values_list("subject", "cause", "units"))
    found["StockChange"] = sorted(
        StockChange.objects.filter(balance__account=account).values_list("total_before", "total_after")
    )
    return found


def _rows(model: Any, names: tuple[str, ...], account: VtexAccount) -> list[tuple[Any, ...]]:
    path = "account" if hasattr(model, "account") else "order__account"
    return sorted(model.objects.filter(**{path: account}).values_list(*names), key=repr)
