"""The search box of every page: whatever support has in hand leads to the page of what it names."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reconciler.audit.personal import looks_personal
from reconciler.models import VtexAccount
from reconciler.views import links, lookup, params, search_text
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.lookup import Hit
from reconciler.views.search_text import Kind, Pasted, Target

SURE = 4
"""So many characters of an id or a name are worth following to the only thing that has them."""


@store_view()
@require_safe
def search(request: StoreRequest, account: str) -> HttpResponse:
    """`?q=` names one thing: straight to its page. Several: a short list. None: what was tried, and where
    else to ask. A link of another account is told as such, whether that store is known here or not.
    """
    pasted = search_text.read(request.GET.get("q", "")[: search_text.MOST_CHARACTERS])
    if pasted.account and pasted.account != request.store.name.lower():
        return _show(request, pasted, other=_elsewhere(request, pasted))
    hits = lookup.found(request.store, pasted)
    if len(hits) == 1 and hits[0].url:
        return redirect(hits[0].url)
    part = _part(pasted) if not hits else ""
    near = lookup.near(request.store, part) if part else []
    if len(near) == 1 and near[0].url and len(part) >= SURE:
        messages.info(request, _("Nothing carries exactly what you searched for. This is the only match."))
        return redirect(near[0].url)
    asks = not hits and pasted.likely and not looks_personal(pasted.likely.name)
    look_up = _look_up(request.store, pasted.likely) if asks and pasted.likely else []
    return _show(request, pasted, hits=hits, near=near, look_up=look_up)


def _show(request: StoreRequest, pasted: Pasted, **found: Any) -> HttpResponse:
    hits: list[Hit] = found.get("hits", []) or found.get("near", [])
    context = {
        "account": request.store,
        "pasted": pasted,
        "q": pasted.text,
        "is_cut": len(hits) >= lookup.MOST_HITS,
        "orders_query": params.query(q=pasted.likely.name) if pasted.likely else "",
        "looks_personal": bool(looks_personal(pasted.text)),
        **found,
    }
    return render(request, "reconciler/search/page.html", context)


def _part(pasted: Pasted) -> str:
    """What may be a piece of an id or of a name: the text itself, or what a link searched for."""
    if not pasted.is_link:
        return pasted.text.strip(search_text.DIRT)
    return pasted.likely.name if pasted.likely and pasted.likely.kind == Kind.ANYTHING else ""


def _elsewhere(request: StoreRequest, pasted: Pasted) -> dict[str, str]:
    """The other account, with the way to search it for those who are members there; nobody else learns
    whether it is connected."""
    mine = VtexAccount.objects.of(request.user).filter(name=pasted.account).first()
    url = links.link(mine, "search") if mine and mine.name in settings.STORES else ""
    return {"account": pasted.account, "url": url + params.query(q=pasted.text) if url else ""}


def _look_up(store: VtexAccount, target: Target) -> list[tuple[str, str]]:
    """Buttons that ask VTEX for an id the mirror does not hold."""
    name, every = target.name, target.kind == Kind.ANYTHING
    ways: list[tuple[bool, str, str, dict[str, str]]] = [
        (
            every or target.kind == Kind.ORDER,
            _("Look it up as an order"),
            "order_refresh",
            {"order_id": name},
        ),
        (
            every and name.isascii() and name.isdigit(),
            _("Look it up as an order's sequence"),
            "order_refresh",
            {"order_id": f"seq{name}"},
        ),
        (
            every or target.kind == Kind.RESERVATION,
            _("Look it up as a reservation"),
            "reservation_refresh",
            {"lock_id": name},
        ),
        (
            target.kind == Kind.PAIR,
            _("Look up this SKU in this warehouse"),
            "stock_refresh",
            {"sku_id": name, "warehouse_id": target.warehouse},
        ),
    ]
    buttons = [(label, links.link(store, route, **ids)) for wanted, label, route, ids in ways if wanted]
    return [(label, url) for label, url in buttons if url]
