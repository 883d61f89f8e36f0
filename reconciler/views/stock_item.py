"""One SKU in one warehouse: its balance, everything that holds it, and how its total changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from reconciler.ids import pair_subject
from reconciler.models import Attempt, Finding, ReservationItem, StockBalance, VtexAccount
from reconciler.sync.coverage import unread_labels
from reconciler.views import (
    links,
    offers,
    saying,
    timeline,
    timeline_facts,
    timeline_ours,
    timeline_stock,
)
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.missing import not_mirrored

MOST_HOLDS, MOST_CHANGES, MOST_ATTEMPTS = 500, 100, 20


@store_view()
@require_safe
def stock_item(request: StoreRequest, account: str, sku_id: str, warehouse_id: str) -> HttpResponse:
    store, ids = request.store, {"sku_id": sku_id, "warehouse_id": warehouse_id}
    refresh_url = links.link(store, "stock_refresh", **ids)
    balance = StockBalance.objects.filter(account=store, **ids).with_names().first()
    if balance is None:
        return not_mirrored(request, f"{sku_id} · {warehouse_id}", refresh_url)
    return render_item(request, balance, refresh_url)


def render_item(request: StoreRequest, balance: StockBalance, refresh_url: str) -> HttpResponse:
    store, subject = request.store, pair_subject(balance.sku_id, balance.warehouse_id)
    attempts = list(Attempt.objects.filter(account=store, subject=subject)[:MOST_ATTEMPTS])
    told = history(store, balance, attempts)
    swapped = timeline.answered(request, told)
    if swapped:
        return swapped
    held = _holds(request, balance)
    said = [saying.of(finding) for finding in Finding.objects.open().filter(balance=balance)]
    context = {
        "account": store,
        "balance": balance,
        "holds": held,
        "acknowledged": sum(hold["item"].quantity for hold in held if hold["item"].acknowledged_at),
        "listed": sum(hold["item"].quantity for hold in held),
        "unread": unread_labels().get(balance.list_state, ""),
        "said": said,
        "ticket_url": links.link(
            store, "stock_ticket", sku_id=balance.sku_id, warehouse_id=balance.warehouse_id
        ),
        "changes": balance.changes.all()[:MOST_CHANGES],
        "attempts": attempts,
        "under_way": offers.under_way(attempts),
        "offer": offers.for_pair(store, request.roles, balance),
        "refresh_url": refresh_url,
    }
    return timeline.page(
        request, "reconciler/stock/item.html", {**context, **timeline.context(request, told)}
    )


def history(store: VtexAccount, balance: StockBalance, attempts: list[Attempt]) -> timeline.Told:
    """Counts, what vanished from here without us, and what we did."""
    totals, kept = timeline_facts.split(timeline_facts.of_balance(balance))
    entries = [
        *timeline_stock.of_totals(totals, store, kept, name_pair=False),
        *timeline_stock.of_outside(kept, store),
        *timeline_ours.of_attempts(attempts, store),
    ]
    return timeline.Told(entries)


def _holds(request: StoreRequest, balance: StockBalance) -> list[dict[str, Any]]:
    """Listed reservations of the pair with their order and the cause of each that is stuck, oldest first."""
    items = ReservationItem.objects.filter(
        account=request.store,
        sku_id=balance.sku_id,
        warehouse_id=balance.warehouse_id,
        gone_at__isnull=True,
    )
    listed = items.select_related("reservation__order").order_by("reservation__reserved_at", "id")[
        :MOST_HOLDS
    ]
    stuck = Finding.objects.stuck().filter(account=request.store, reservation__items__in=items)
    causes = {finding.reservation_id: finding for finding in stuck}
    return [
        {
            "item": item,
            "lock": item.reservation,
            "order": item.reservation.order,
            "url": links.reservation(request.store, item.reservation.lock_id),
            "finding": causes.get(item.reservation_id),
        }
        for item in listed
    ]
