"""Where things are: addresses of pages, and of VTEX's own Admin."""

from __future__ import annotations

from urllib.parse import quote

from django.urls import NoReverseMatch, reverse

from reconciler.models import Finding, VtexAccount


def link(store: VtexAccount, name: str, **ids: str) -> str:
    """The address of a store's page; empty for an id that no path can carry, or a page not mounted."""
    try:
        return reverse(name, kwargs={"account": store.name, **ids})
    except (NoReverseMatch, ValueError):
        return ""


def reservation(store: VtexAccount, lock_id: str) -> str:
    return link(store, "reservation", lock_id=lock_id)


def order(store: VtexAccount, order_id: str) -> str:
    return link(store, "order", order_id=order_id)


def stock_item(store: VtexAccount, sku_id: str, warehouse_id: str) -> str:
    return link(store, "stock_item", sku_id=sku_id, warehouse_id=warehouse_id)


def of_finding(store: VtexAccount, finding: Finding) -> str:
    """The page of what the finding is about: the reservation before the order before the balance."""
    if finding.reservation:
        return reservation(store, finding.reservation.lock_id)
    if finding.order:
        return order(store, finding.order.order_id)
    assert finding.balance
    return stock_item(store, finding.balance.sku_id, finding.balance.warehouse_id)


def vtex_order(store: VtexAccount, order_id: str) -> str:
    """The order in VTEX's own Admin."""
    return f"https://{store.name}.myvtex.com/admin/orders/{quote(order_id, safe='')}"
