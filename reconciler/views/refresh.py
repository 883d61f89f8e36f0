"""Read now: the buttons that ask VTEX for one order, reservation or pair. Nothing is written to VTEX."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reconciler.actions import wording
from reconciler.ids import pair_subject
from reconciler.models import Order
from reconciler.sync import now
from reconciler.views import links
from reconciler.views.access import StoreRequest, store_view

WAIT_SECONDS = 10
"""One person may ask for one subject this often."""


@store_view()
@require_POST
def order_refresh(request: StoreRequest, account: str, order_id: str) -> HttpResponse:
    url = links.order(request.store, order_id)
    return _refresh(request, f"order:{order_id}", url, lambda: now.order(request.store, order_id))


@store_view()
@require_POST
def reservation_refresh(request: StoreRequest, account: str, lock_id: str) -> HttpResponse:
    url = links.reservation(request.store, lock_id)
    return _refresh(request, f"lock:{lock_id}", url, lambda: now.reservation(request.store, lock_id))


@store_view()
@require_POST
def stock_refresh(request: StoreRequest, account: str, sku_id: str, warehouse_id: str) -> HttpResponse:
    subject, url = pair_subject(sku_id, warehouse_id), links.stock_item(request.store, sku_id, warehouse_id)
    return _refresh(request, f"pair:{subject}", url, lambda: now.pair(request.store, sku_id, warehouse_id))


def _refresh(request: StoreRequest, subject: str, url: str, read: Callable[[], Any]) -> HttpResponse:
    """Reads, says how it went, and leads back to the subject's page; 503 when VTEX is out of reach."""
    if not _may_ask(request, subject):
        messages.info(request, _("This was read a moment ago. Wait a few seconds before asking VTEX again."))
        return redirect(url)
    try:
        found = read()
    except now.ReadError as failure:
        said = wording.unavailable(failure.reason)
        return render(request, "reconciler/_shared/unavailable.html", {"said": said, "url": url}, status=503)
    if found is None:
        messages.warning(request, _("VTEX shows nothing of this id to the key of this store."))
    else:
        messages.success(request, _("Read from VTEX just now."))
        if isinstance(found, Order):  # asked for by its sequence, it has a page of its own name
            url = links.order(request.store, found.order_id)
    return redirect(url)


def _may_ask(request: StoreRequest, subject: str) -> bool:
    key = f"read-now:{request.store.pk}:{request.user.pk}:{_digest(subject)}"
    return bool(cache.add(key, 1, WAIT_SECONDS))


def _digest(subject: str) -> str:
    """Cache keys hold neither blanks nor long ids."""
    return sha256(subject.encode()).hexdigest()
