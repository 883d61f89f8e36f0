"""Balances of a store: one row a pair (SKU in a warehouse), the most reserved first."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reconciler.models import Finding, ReservationItem, StockBalance, VtexAccount, Warehouse
from reconciler.models.stock import StockBalanceQuerySet
from reconciler.sync.coverage import unread_labels
from reconciler.views import fragments, links, paging, params
from reconciler.views.access import StoreRequest, store_view

MOST_RESERVED = paging.Sort("stock-reserved", ("-reserved", "id"))
STATES = ("", "holding", "sold_out", "negative")


@store_view()
@require_safe
def stock(request: StoreRequest, account: str) -> HttpResponse:
    text, warehouse = params.text(request, "q"), params.exact(request, "warehouse")
    state = params.choice(request, "state", STATES)
    found = _found(request.store, text, warehouse, state)
    page = paging.page(found, MOST_RESERVED, request.GET.get("cursor", ""))
    stuck = _stuck_units(request.store, page.rows)
    context = {
        "account": request.store,
        "q": text,
        "warehouse": warehouse,
        "state": state,
        "page": page,
        "rows": [_row(request.store, balance, stuck) for balance in page.rows],
        "states": _states(text, warehouse, state),
        "warehouses": Warehouse.objects.filter(account=request.store),
        "here": params.query(q=text, warehouse=warehouse, state=state),
    }
    return fragments.respond(
        request, "reconciler/stock/page.html", context, fragment="reconciler/stock/_list.html", target="list"
    )


def _found(store: VtexAccount, text: str, warehouse: str, state: str) -> StockBalanceQuerySet:
    found = StockBalance.objects.filter(account=store)
    found = found.matching(text) if text else found
    found = found.filter(warehouse_id=warehouse) if warehouse else found
    narrowed = {"holding": found.holding, "sold_out": found.sold_out, "negative": found.negative}
    return (narrowed[state]() if state else found).with_names()


def _stuck_units(store: VtexAccount, balances: Any) -> dict[tuple[str, str], int]:
    """Units held by stuck reservations in the pairs of this page."""
    held = ReservationItem.objects.filter(
        account=store,
        gone_at__isnull=True,
        sku_id__in={balance.sku_id for balance in balances},
        reservation__in=Finding.objects.stuck().filter(account=store).values("reservation"),
    )
    summed = held.order_by().values_list("sku_id", "warehouse_id").annotate(units=Sum("quantity"))
    return {(sku_id, warehouse_id): units for sku_id, warehouse_id, units in summed}


def _row(store: VtexAccount, balance: StockBalance, stuck: dict[tuple[str, str], int]) -> dict[str, Any]:
    pair = balance.sku_id, balance.warehouse_id
    return {
        "balance": balance,
        "url": links.stock_item(store, *pair),
        "stuck": stuck.get(pair, 0),
        "unread": unread_labels().get(balance.list_state, "") if balance.reserved else "",
    }


def _states(text: str, warehouse: str, state: str) -> list[dict[str, Any]]:
    labels = {"": _("All"), "holding": _("Holding"), "sold_out": _("Sold out"), "negative": _("Negative")}
    return [
        {
            "label": label,
            "query": params.query(q=text, warehouse=warehouse, state=name) or "?",
            "here": name == state,
        }
        for name, label in labels.items()
    ]
