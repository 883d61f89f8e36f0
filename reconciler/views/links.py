"""Where things are: addresses of pages, and of VTEX's own Admin."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from reconciler.ids import encode
from reconciler.models import Finding, VtexAccount
from reconciler.models.listed import ListedFinding

VTEX_IDS = frozenset({"lock_id", "order_id", "sku_id", "warehouse_id"})


def link(store: VtexAccount, name: str, **ids: str) -> str:
    """The address of a store's page; empty for an id that no path can carry, or a page not mounted."""
    try:
        if VTEX_IDS.issuperset(ids):
            pattern = _pattern(store.name, name, tuple(ids), get_script_prefix(), get_urlconf())
            return pattern.format(**{key: encode(value) for key, value in ids.items()})
        return reverse(name, kwargs={"account": store.name, **ids})
    except (NoReverseMatch, ValueError):
        return ""


@lru_cache(maxsize=4096)
def _pattern(account: str, name: str, ids: tuple[str, ...], prefix: str, urlconf: str | None) -> str:
    """The address with a place for each id: a list has hundreds of one kind, and reversing takes long."""
    address = reverse(name, kwargs={"account": account, **{key: f"PLACE-{key}" for key in ids}})
    address = address.replace("{", "{{").replace("}", "}}")
    for key in ids:
        address = address.replace(f"PLACE-{key}", f"{{{key}}}")
    return address


def reservation(store: VtexAccount, lock_id: str) -> str:
    return link(store, "reservation", lock_id=lock_id)


def order(store: VtexAccount, order_id: str) -> str:
    return link(store, "order", order_id=order_id)


def stock_item(store: VtexAccount, sku_id: str, warehouse_id: str) -> str:
    return link(store, "stock_item", sku_id=sku_id, warehouse_id=warehouse_id)


def of_finding(store: VtexAccount, finding: Finding | ListedFinding) -> str:
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
