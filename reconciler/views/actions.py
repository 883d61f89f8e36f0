"""The four actions, each a preview and a form at the address of its subject."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from reconciler.ids import pair_subject
from reconciler.models import Role, Verb
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.acting import act_page

previews_or_acts = require_http_methods(["GET", "HEAD", "POST"])


@store_view(Role.OPERATOR)
@previews_or_acts
def cancel(request: StoreRequest, account: str, lock_id: str) -> HttpResponse:
    return act_page(request, Verb.CANCEL, lock_id)


@store_view(Role.OPERATOR)
@previews_or_acts
def acknowledge(request: StoreRequest, account: str, lock_id: str) -> HttpResponse:
    return act_page(request, Verb.ACKNOWLEDGE, lock_id)


@store_view(Role.OPERATOR)
@previews_or_acts
def start_handling(request: StoreRequest, account: str, order_id: str) -> HttpResponse:
    return act_page(request, Verb.START_HANDLING, order_id)


@store_view(Role.OPERATOR)
@previews_or_acts
def count(request: StoreRequest, account: str, sku_id: str, warehouse_id: str) -> HttpResponse:
    return act_page(request, Verb.COUNT, pair_subject(sku_id, warehouse_id))
