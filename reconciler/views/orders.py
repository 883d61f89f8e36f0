"""The orders of a store, newest first, and where the search box leads."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from reconciler.audit.personal import looks_personal
from reconciler.models import Finding, Order, Sku, VtexAccount
from reconciler.models.listed_history import Event
from reconciler.models.orders import OrderQuerySet
from reconciler.views import fragments, links, lookup, paging, params, search_text
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.track import told, track

NEWEST = paging.Sort("orders-newest", ("-created_at", "-id"))
OPEN = "open"
MOST_SKUS = 50
"""A name that more SKUs share says too little to find orders by."""
STATUSES = ("ready-for-handling", "handling", "invoiced", "canceled")


@store_view()
@require_safe
def orders(request: StoreRequest, account: str) -> HttpResponse:
    """`?q=` finds by any id or text; an id that names one thing alone opens its page, a link is searched."""
    text, status = params.text(request, "q"), params.text(request, "status")
    pasted = search_text.read(request.GET.get("q", ""))
    if pasted.is_link:
        return redirect(links.link(request.store, "search") + params.query(q=pasted.text))
    hits = lookup.found(request.store, pasted) if text and not status else []
    if len(hits) == 1 and hits[0].url and request.headers.get("HX-Request") != "true":
        return redirect(hits[0].url)
    page = paging.page(_found(request.store, text, status), NEWEST, request.GET.get("cursor", ""))
    events = told(page.rows)
    context = {
        "account": request.store,
        "q": text,
        "status": status,
        "hits": hits,
        "page": page,
        "rows": [_row(request.store, order, events) for order in page.rows],
        "statuses": _statuses(text, status),
        "here": params.query(q=text, status=status),
        "look_up": _look_up(request.store, text) if text and not page.rows and not hits else [],
    }
    return fragments.respond(
        request,
        "reconciler/orders/page.html",
        context,
        fragment="reconciler/orders/_list.html",
        target="list",
    )


def _found(store: VtexAccount, text: str, status: str) -> OrderQuerySet:
    stuck = Finding.objects.stuck().filter(order=OuterRef("pk"))
    found = Order.objects.filter(account=store, created_at__isnull=False)
    if text:
        named = Sku.objects.filter(account=store).matching(store, text)[:MOST_SKUS]
        found = found.matching(store, text, [sku.sku_id for sku in named.only("sku_id")])
    if status:
        found = found.open() if status == OPEN else found.filter(status=status)
    return found.for_list().annotate(is_stuck=Exists(stuck))


def _row(store: VtexAccount, order: Order, events: dict[int, list[Event]]) -> dict[str, Any]:
    locks = order.reservations.all()
    return {
        "order": order,
        "url": links.order(store, order.order_id),
        "steps": track(order, events.get(order.pk, ())),
        "items": list(order.items.all()),
        "locks": [(lock.lock_id, links.reservation(store, lock.lock_id)) for lock in locks],
    }


def _statuses(text: str, status: str) -> list[dict[str, Any]]:
    labels = {"": _("All"), OPEN: pgettext("orders", "Open"), **{name: name for name in STATUSES}}
    if status not in labels:
        labels[status] = status
    return [
        {"label": label, "query": params.query(q=text, status=name) or "?", "here": name == status}
        for name, label in labels.items()
    ]


def _look_up(store: VtexAccount, text: str) -> list[tuple[str, str]]:
    """Buttons that ask VTEX for an id the mirror does not hold; none for what looks like a customer's."""
    if looks_personal(text):
        return []
    buttons = [
        (_("Look it up as an order"), links.link(store, "order_refresh", order_id=text)),
        (_("Look it up as a reservation"), links.link(store, "reservation_refresh", lock_id=text)),
    ]
    return [(label, url) for label, url in buttons if url]
