"""One order: its way through both workflow instances, its items, and what it holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from reconciler.actions.facts import LockFacts, OrderFacts, Pair
from reconciler.models import (
    Attempt,
    Finding,
    Order,
    OrderItem,
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

READY = "ready-for-handling"
MOST_ATTEMPTS, MOST_FINDINGS = 50, 20


@store_view()
@require_safe
def order(request: StoreRequest, account: str, order_id: str) -> HttpResponse:
    found = Order.objects.filter(account=request.store, order_id=order_id)
    bought = found.prefetch_related("events", "items", "workflows").first()
    if bought is None:
        return not_mirrored(request, order_id, links.link(request.store, "order_refresh", order_id=order_id))
    bought.account = request.store
    held = list(_held(bought))
    locks = _locks(bought, held)
    attempts = _attempts(request.store, bought, locks)
    told = history(request.store, bought, held, attempts)
    swapped = timeline.answered(request, told)
    if swapped:
        return swapped
    context = {**_context(request, bought, held, attempts), **timeline.context(request, told)}
    return timeline.page(request, "reconciler/order/page.html", context)


def _context(
    request: StoreRequest, bought: Order, held: list[ReservationItem], attempts: list[Attempt]
) -> dict[str, Any]:
    store = request.store
    locks = _locks(bought, held)
    findings = Finding.objects.open().filter(order=bought).select_related("reservation")
    said = [saying.of(finding) for finding in findings[:MOST_FINDINGS]]
    ready = READY in {bought.status, *(flow.current_step for flow in bought.workflows.all())}
    return {
        "account": store,
        "order": bought,
        "steps": track(bought),
        "vtex_url": links.vtex_order(store, bought.order_id),
        "items": [(item, links.link(store, "stock") + f"?q={item.sku_id}") for item in bought.items.all()],
        "workflows": bought.workflows.all(),
        "locks": [_lock(store, lock_id, locks[lock_id]) for lock_id in locks],
        "said": said,
        "flow": flow(bought, *_only(held)),
        "offer": _offer(request, bought, held) if ready else None,
        "under_way": offers.under_way(attempts),
        "attempts": attempts,
        "refresh_url": links.link(store, "order_refresh", order_id=bought.order_id),
        "ticket_url": links.link(store, "order_ticket", order_id=bought.order_id),
    }


def _held(bought: Order) -> list[ReservationItem]:
    found = ReservationItem.objects.filter(reservation__order=bought).select_related("reservation")
    return list(found.order_by("reservation__lock_id", "sku_id", "warehouse_id"))


def _attempts(store: VtexAccount, bought: Order, locks: Iterable[str]) -> list[Attempt]:
    return list(Attempt.objects.filter(account=store, subject__in=[bought.order_id, *locks])[:MOST_ATTEMPTS])


def _only(held: list[ReservationItem]) -> tuple[Reservation | None, list[ReservationItem]]:
    """The reservation of an order that has one, with its items; which of several is meant nobody knows."""
    locks = {item.reservation_id for item in held}
    return (held[0].reservation, held) if len(locks) == 1 else (None, [])


def _locks(bought: Order, held: list[ReservationItem]) -> dict[str, list[ReservationItem]]:
    """Its reservations: those its items name, and those found holding for it, with what each holds."""
    locks: dict[str, list[ReservationItem]] = {
        item.lock_id: [] for item in bought.items.all() if item.lock_id
    }
    for item in held:
        locks.setdefault(item.reservation.lock_id, []).append(item)
    return locks


def _lock(store: VtexAccount, lock_id: str, items: list[ReservationItem]) -> dict[str, Any]:
    return {
        "lock_id": lock_id,
        "url": links.reservation(store, lock_id),
        "reservation": items[0].reservation if items else None,
        "items": [(item, links.stock_item(store, item.sku_id, item.warehouse_id)) for item in items],
    }


def _offer(request: StoreRequest, bought: Order, held: list[ReservationItem]) -> offers.Offer:
    """Start handling, judged by the mirror as the action itself judges."""
    skus = {item.sku_id for item in held}
    balances = {
        (balance.sku_id, balance.warehouse_id): balance
        for balance in StockBalance.objects.filter(account=request.store, sku_id__in=skus)
    }
    by_lock: dict[Reservation, list[ReservationItem]] = {}
    for item in held:
        by_lock.setdefault(item.reservation, []).append(item)
    lines: list[OrderItem] = list(bought.items.all())
    facts = OrderFacts(
        order=bought,
        workflows=tuple(bought.workflows.all()),
        locks=tuple(_lock_facts(lock, bought, items, balances) for lock, items in by_lock.items()),
        lock_ids=tuple(dict.fromkeys(line.lock_id for line in lines if line.lock_id)),
    )
    return offers.for_order(request.store, request.roles, facts)


def _lock_facts(
    lock: Reservation, bought: Order, items: list[ReservationItem], balances: dict[Pair, StockBalance]
) -> LockFacts:
    return offers.lock_facts(lock, bought, items, balances, ())


def history(
    store: VtexAccount, bought: Order, items: list[ReservationItem], attempts: list[Attempt]
) -> timeline.Told:
    by_lock: dict[Reservation, list[ReservationItem]] = {}
    for item in items:
        by_lock.setdefault(item.reservation, []).append(item)
    since = bought.created_at or bought.first_seen_at
    pairs = {(item.sku_id, item.warehouse_id) for item in items}
    changed = timeline_facts.of_pairs(store, pairs, [lock.pk for lock in by_lock], since)
    totals, kept = timeline_facts.split(changed)
    entries = list(timeline_order.of_order(bought))
    for lock, holds in by_lock.items():
        entries += timeline_stock.of_reservation(lock, holds, store, kept)
    entries += timeline_stock.of_totals(totals, store, kept)
    entries += timeline_stock.of_outside(kept, store)
    entries += timeline_ours.of_attempts(attempts, store)
    spans = [timeline_stock.held(lock, holds) for lock, holds in by_lock.items()]
    return timeline.Told(entries, [span for span in spans if span])
