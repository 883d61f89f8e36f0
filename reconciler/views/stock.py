"""Balances of a store: one row a pair (SKU in a warehouse), the most reserved first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
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
    stuck = _stuck_units(page.rows)
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
    found = found.matching(store, text) if text else found
    found = found.filter(warehouse_id=warehouse) if warehouse else found
    narrowed = {"holding": found.holding, "sold_out": found.sold_out, "negative": found.negative}
    return (narrowed[state]() if state else found).with_names()


def _stuck_units(balances: Sequence[StockBalance]) -> dict[int, int]:
    """Units held by stuck reservations, by balance; each pair by an index, so that no more than theirs is
    read.
    """
    held = ReservationItem.objects.filter(
        Exists(Finding.objects.stuck().filter(reservation=OuterRef("reservation"))),
        account=OuterRef("account"),
        sku_id=OuterRef("sku_id"),
        warehouse_id=OuterRef("warehouse_id"),
        gone_at__isnull=True,
    )
    summed = held.order_by().values("sku_id").annotate(units=Sum("quantity")).values("units")
    of_page = StockBalance.objects.filter(pk__in=[balance.pk for balance in balances])
    return dict(of_page.annotate(stuck=Coalesce(Subquery(summed), 0)).values_list("pk", "stuck"))


def _row(store: VtexAccount, balance: StockBalance, stuck: dict[int, int]) -> dict[str, Any]:
    return {
        "balance": balance,
        "url": links.stock_item(store, balance.sku_id, balance.warehouse_id),
        "stuck": stuck.get(balance.pk, 0),
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
