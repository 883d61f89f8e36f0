"""The ticket pack of a reservation, an order or a pair: text to copy, and a file. Who took it is recorded."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from reconciler.audit.record import record
from reconciler.ids import encode
from reconciler.views import fragments, links, params, ticket_facts, ticket_pack, ticket_text
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.ticket_facts import Facts

ENGLISH = "en"
"""What VTEX's support reads; the other choice is the reader's own language."""


@store_view()
@require_GET
def reservation_ticket(request: StoreRequest, account: str, lock_id: str, form: str) -> HttpResponse:
    url = links.reservation(request.store, lock_id)
    return _answer(request, lambda: ticket_facts.of_reservation(request.store, lock_id), url, form)


@store_view()
@require_GET
def order_ticket(request: StoreRequest, account: str, order_id: str, form: str) -> HttpResponse:
    url = links.order(request.store, order_id)
    return _answer(request, lambda: ticket_facts.of_order(request.store, order_id), url, form)


@store_view()
@require_GET
def stock_ticket(
    request: StoreRequest, account: str, sku_id: str, warehouse_id: str, form: str
) -> HttpResponse:
    url = links.stock_item(request.store, sku_id, warehouse_id)
    return _answer(request, lambda: ticket_facts.of_pair(request.store, sku_id, warehouse_id), url, form)


def _answer(request: StoreRequest, read: Callable[[], Facts | None], url: str, form: str) -> HttpResponse:
    """The page, its part, or the file; 404 for an id that is not mirrored: its own page can look it up."""
    language = ENGLISH if request.GET.get("language") == ENGLISH else get_language() or ENGLISH
    with translation.override(language):
        facts = read()
        if facts is None:
            raise Http404("not mirrored")
        pack = ticket_pack.pack(facts)
        text = ticket_text.text(pack) if form == "text" else ""
    record(
        account=request.store.name,
        actor=request.actor,
        action="ticket.export",
        subject=facts.subject,
        outcome="verified",
        sent={"kind": facts.kind, "form": form, "language": language, "events": len(facts.entries)},
    )
    return _file(facts, pack) if form == "json" else _page(request, facts, text, url, language)


def _file(facts: Facts, pack: ticket_pack.Data) -> HttpResponse:
    response = JsonResponse(pack, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"ticket-{facts.store.name}-{facts.kind}-{encode(facts.subject)[:100]}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(request: StoreRequest, facts: Facts, text: str, url: str, language: str) -> HttpResponse:
    english = params.query(language=ENGLISH)
    bought = facts.orders[0] if len(facts.orders) == 1 else None
    context = {
        "account": request.store,
        "facts": facts,
        "text": text,
        "rows": min(text.count("\n") + 1, 40),
        "subject_url": url,
        "ticket_url": f"{url}ticket/",
        "file_url": f"{url}ticket.json{params.query(language=language if language == ENGLISH else '')}",
        "languages": _languages(f"{url}ticket/", english, language),
        "vtex_url": links.vtex_order(request.store, bought.order_id) if bought else "",
    }
    return fragments.respond(
        request,
        "reconciler/ticket/page.html",
        context,
        fragment="reconciler/ticket/_pack.html",
        target="ticket",
    )


def _languages(url: str, english: str, here: str) -> list[dict[str, object]]:
    """The reader's own, and English for VTEX's support; nothing to choose when they are the same."""
    own = get_language() or ENGLISH
    if own == ENGLISH:
        return []
    return [
        {"label": get_language_info(own)["name_local"].capitalize(), "url": url, "here": here == own},
        {"label": _("English, for VTEX's support"), "url": f"{url}{english}", "here": here == ENGLISH},
    ]
