"""One reservation: what is wrong, what to do, what that would do; then everything that is known."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from reconciler.ids import pair_subject
from reconciler.models import (
    Attempt,
    Reservation,
    ReservationItem,
    StockBalance,
    VtexAccount,
)
from reconciler.views import (
    links,
    offers,
    saying,
    timeline,
    timeline_facts,
    timeline_order,
    timeline_ours,
    timeline_stock,
)
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.flow import flow
from reconciler.views.missing import not_mirrored
from reconciler.views.track import track

Balances = dict[tuple[str, str], StockBalance]
STATUS_NAMES: dict[int | None, str] = {
    0: "NotCommitted",
    1: "Authorized",
    2: "Confirmed",
    3: "Canceled_AbortedCommitted",
    4: "Canceled_AuthorizationExpired",
    5: "Canceled_Manually",
}
"""VTEX's own names of the by-id status (F5.1)."""
MOST_ATTEMPTS, MOST_FINDINGS = 50, 20


@store_view()
@require_safe
def reservation(request: StoreRequest, account: str, lock_id: str) -> HttpResponse:
    found = Reservation.objects.filter(account=request.store, lock_id=lock_id).select_related("order")
    lock = found.prefetch_related("items", "order__events", "order__workflows").first()
    if lock is None:
        return not_mirrored(
            request, lock_id, links.link(request.store, "reservation_refresh", lock_id=lock_id)
        )
    attempts = _attempts(request.store, lock, list(lock.items.all()))
    told = history(request.store, lock, attempts)
    swapped = timeline.answered(request, told)
    if swapped:
        return swapped
    context = {**_context(request, lock, attempts), **timeline.context(request, told)}
    return timeline.page(request, "reconciler/reservation/page.html", context)


def _context(request: StoreRequest, lock: Reservation, attempts: list[Attempt]) -> dict[str, Any]:
    store, items = request.store, list(lock.items.all())
    balances = _balances(store, lock, items)
    findings = list(lock.findings.order_by("-opened_at", "-id")[:MOST_FINDINGS])
    open_ones = [finding for finding in findings if finding.closed_at is None]
    said = [saying.of(finding) for finding in open_ones]
    facts = offers.lock_facts(lock, lock.order, items, balances, findings)
    remedies = [finding.remedy for finding in open_ones]
    return {
        "account": store,
        "lock": lock,
        "order": lock.order,
        "steps": track(lock.order) if lock.order else [],
        "order_url": links.order(store, lock.order.order_id) if lock.order else "",
        "vtex_url": links.vtex_order(store, lock.order.order_id) if lock.order else "",
        "holds": [_hold(store, item, balances) for item in items],
        "said": said,
        "flow": flow(lock.order, lock, items),
        "earlier": [finding for finding in findings if finding.closed_at],
        "offers": offers.for_reservation(store, request.roles, facts, remedies),
        "counts": _counts(request, items, balances, remedies),
        "under_way": offers.under_way(attempts),
        "attempts": attempts,
        "read_at": max((item.read_at for item in items), default=lock.status_read_at),
        "refresh_url": links.link(store, "reservation_refresh", lock_id=lock.lock_id),
        "status_name": STATUS_NAMES.get(lock.status_code, ""),
        "ticket_url": links.link(store, "reservation_ticket", lock_id=lock.lock_id),
    }


def _balances(store: VtexAccount, lock: Reservation, items: list[ReservationItem]) -> Balances:
    skus = {item.sku_id for item in items} | {str(line["sku"]) for line in lock.requested}
    found = StockBalance.objects.filter(account=store, sku_id__in=skus).with_names()
    return {(balance.sku_id, balance.warehouse_id): balance for balance in found}


def _attempts(store: VtexAccount, lock: Reservation, items: list[ReservationItem]) -> list[Attempt]:
    subjects = [lock.lock_id, *(pair_subject(item.sku_id, item.warehouse_id) for item in items)]
    if lock.order:
        subjects.append(lock.order.order_id)
    return list(Attempt.objects.filter(account=store, subject__in=subjects)[:MOST_ATTEMPTS])


def history(store: VtexAccount, lock: Reservation, attempts: list[Attempt]) -> timeline.Told:
    items = list(lock.items.all())
    since = lock.reserved_at or lock.first_seen_at
    pairs = {(item.sku_id, item.warehouse_id) for item in items}
    totals, kept = timeline_facts.split(timeline_facts.of_pairs(store, pairs, [lock.pk], since))
    entries = [
        *(timeline_order.of_order(lock.order) if lock.order else ()),
        *timeline_stock.of_reservation(lock, items, store, kept),
        *timeline_stock.of_totals(totals, store, kept),
        *timeline_stock.of_outside(kept, store),
        *timeline_ours.of_attempts(attempts, store),
    ]
    held = timeline_stock.held(lock, items)
    return timeline.Told(entries, [held] if held else [])


def _hold(store: VtexAccount, item: ReservationItem, balances: Balances) -> dict[str, Any]:
    """One line of "what it holds": the pair as it stands, and as it would be without this reservation."""
    balance = balances.get((item.sku_id, item.warehouse_id))
    frees = item.quantity if item.gone_at is None and balance and not balance.unlimited else 0
    return {
        "item": item,
        "balance": balance,
        "name": getattr(balance, "sku_name", "") or "",
        "url": links.stock_item(store, item.sku_id, item.warehouse_id),
        "reserved_after": balance.reserved - frees if balance and frees else None,
        "available_after": balance.available + frees if balance and frees else None,
        "back_on_sale": bool(balance and frees and balance.available <= 0 < balance.available + frees),
    }


def _counts(
    request: StoreRequest, items: list[ReservationItem], balances: Balances, remedies: list[str]
) -> list[tuple[ReservationItem, offers.Offer]]:
    """A count per pair that is held now, where counting is, or comes with, the remedy."""
    if not any("count" in remedy for remedy in remedies):
        return []
    pairs = [(item, balances.get((item.sku_id, item.warehouse_id))) for item in items if not item.gone_at]
    return [
        (item, offers.for_pair(request.store, request.roles, balance)) for item, balance in pairs if balance
    ]
