"""What a pasted id or link names in one store: an order, a reservation, a SKU, a pair."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from reconciler.models import Order, Reservation, Sku, StockBalance, VtexAccount
from reconciler.views import links, params
from reconciler.views.search_text import Kind, Pasted, Target

MOST_HITS = 15
SHORTEST_PART = 3
"""A shorter piece of an id or a name is in too many to say anything."""
SELLER_PREFIX = re.compile(r"^(?:00|[A-Z]{2,5})-")
"""What a lock or seller order id has before the order's own id (F3.1)."""

Rows = QuerySet[Order] | QuerySet[Reservation] | QuerySet[Sku]


@dataclass(frozen=True)
class Hit:
    """One thing found. `note`: an order's status, a reservation's order, the name of a SKU."""

    kind: str
    name: str
    url: str
    note: str = ""


def found(store: VtexAccount, pasted: Pasted) -> list[Hit]:
    """Everything of the store that carries exactly the likeliest id that anything carries."""
    for target in pasted.targets:
        hits = exact(store, target)
        if hits:
            return hits
    return []


def exact(store: VtexAccount, target: Target) -> list[Hit]:
    """Everything that carries exactly this id; one hit is where a search leads at once."""
    if target.kind == Kind.PAIR:
        pair = {"sku_id": target.name, "warehouse_id": target.warehouse}
        if StockBalance.objects.filter(account=store, **pair).exists():
            return [_pair(store, *pair.values())]
        return exact(store, Target(Kind.SKU, target.name))
    ways = {
        Kind.ORDER: lambda: _orders(Order.objects.named(store, target.name)),
        Kind.RESERVATION: lambda: _locks(Reservation.objects.filter(account=store, lock_id=target.name)),
        Kind.SKU: lambda: _skus(Sku.objects.named(store, target.name)),
    }
    first, *others = [way() for kind, way in ways.items() if target.kind in (kind, Kind.ANYTHING)]
    rows: list[tuple[str, str, str]] = sorted(first.union(*others, all=True)[:MOST_HITS])  # type: ignore[arg-type]
    return _hits(store, _without_echoes(rows, target))


def _without_echoes(rows: list[tuple[str, str, str]], target: Target) -> list[tuple[str, str, str]]:
    """Without orders that only refer to this id, where it is a reservation's own: most locks are called as
    their order's seller order id (F3.1). So also where a link names an order by its own id.
    """
    own = [row for row in rows if row[0] != Kind.ORDER or row[1] == target.name]
    is_lock = any(kind == Kind.RESERVATION for kind, _name, _note in rows)
    return own if own and (is_lock or target.kind == Kind.ORDER) else rows


def near(store: VtexAccount, text: str) -> list[Hit]:
    """Orders whose id begins so (of the newest also: holds it), and SKUs whose name holds it."""
    if len(text) < SHORTEST_PART:
        return []
    part = SELLER_PREFIX.sub("", text) or text
    orders = Order.objects.matching(store, part).order_by("-created_at", "-id")[:MOST_HITS]
    skus = Sku.objects.filter(account=store).searched(store, text).order_by("name", "sku_id")[:MOST_HITS]
    rows = [(Kind.ORDER.value, order.order_id, order.status) for order in orders]
    return _hits(store, rows + [(Kind.SKU.value, sku.sku_id, sku.name) for sku in skus])


def _orders(rows: QuerySet[Order]) -> Rows:
    return _told(rows, Kind.ORDER, "order_id", "status")


def _locks(rows: QuerySet[Reservation]) -> Rows:
    named = rows.annotate(of_order=Coalesce("order__order_id", Value(""), output_field=CharField()))
    return _told(named, Kind.RESERVATION, "lock_id", "of_order")


def _skus(rows: QuerySet[Sku]) -> Rows:
    return _told(rows, Kind.SKU, "sku_id", "name")


def _told(rows: Rows, kind: Kind, name: str, note: str) -> Rows:
    """Rows of (kind, id, note), the same of each model, so that one query reads them all."""
    kind_told = Value(kind.value, output_field=CharField(max_length=500))
    return rows.order_by().annotate(kind_told=kind_told).values_list("kind_told", name, note)


def _hits(store: VtexAccount, rows: list[tuple[str, str, str]]) -> list[Hit]:
    places = _only_warehouses(store, [name for kind, name, _note in rows if kind == Kind.SKU])
    return [_hit(store, kind, name, note, places) for kind, name, note in rows]


def _hit(store: VtexAccount, kind: str, name: str, note: str, places: dict[str, str]) -> Hit:
    if kind == Kind.ORDER:
        return Hit(_("Order"), name, links.order(store, name), note)
    if kind == Kind.RESERVATION:
        return Hit(_("Reservation"), name, links.reservation(store, name), note)
    if name in places:
        return Hit(_("SKU"), name, links.stock_item(store, name, places[name]), note)
    return Hit(_("SKU"), name, links.link(store, "stock") + params.query(q=name), note)


def _pair(store: VtexAccount, sku_id: str, warehouse_id: str) -> Hit:
    return Hit(_("SKU"), sku_id, links.stock_item(store, sku_id, warehouse_id), warehouse_id)


def _only_warehouses(store: VtexAccount, sku_ids: list[str]) -> dict[str, str]:
    """The warehouse of each SKU that lies in one alone: its page says more than a list of one row."""
    if not sku_ids:
        return {}
    balances = StockBalance.objects.filter(account=store, sku_id__in=sku_ids)
    pairs = list(balances.order_by().values_list("sku_id", "warehouse_id"))
    counts = Counter(sku_id for sku_id, _warehouse_id in pairs)
    return {sku_id: warehouse_id for sku_id, warehouse_id in pairs if counts[sku_id] == 1}
