"""What a ticket pack cannot say: a gap that is named saves the question."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from reconciler.models import ListState, Order, Outcome, Reservation
from reconciler.sync.coverage import unread_labels
from reconciler.views.saying import Said
from reconciler.views.ticket_facts import Facts
from reconciler.views.track import history_is_current


def sentences(facts: Facts, said: list[Said]) -> list[str]:
    """One sentence a gap, none twice."""
    told = [gap for each in said for gap in (each.reason, *each.unknown) if gap]
    told += [gap for order in facts.orders for gap in _of_order(order)]
    told += [gap for lock in facts.locks for gap in _of_lock(lock, facts)]
    told += [*_of_stock(facts), *_of_attempts(facts)]
    return list(dict.fromkeys(told))


def _of_order(order: Order) -> Iterator[str]:
    named = {"order": order.order_id}
    if order.read_at is None:
        yield _("Order %(order)s was only seen in a list; its detail was not read.") % named
    if order.unreadable_reason:
        why = {**named, "why": order.unreadable_reason}
        yield _("The last try to read order %(order)s gave nothing: %(why)s.") % why
    if order.history_read_at is None:
        yield _("The history of order %(order)s could not be read.") % named
    elif not history_is_current(order):
        yield _("The history of order %(order)s was read before its last change.") % named


def _of_lock(lock: Reservation, facts: Facts) -> Iterator[str]:
    named = {"lock": lock.lock_id}
    if lock.order_id is None and facts.kind == "reservation":
        tried = ", ".join(f"{each.get('id')}: {each.get('answer')}" for each in lock.order_lookup_tried)
        yield _("Which order reservation %(lock)s belongs to.") % named
        if tried:
            yield _("Asked VTEX for its order: %(tried)s.") % {"tried": tried}
    if lock.status_missing:
        yield _("VTEX shows nothing of reservation %(lock)s by its id.") % named
    elif lock.status_read_at is None:
        yield _("Reservation %(lock)s was not read by its id.") % named


def _of_stock(facts: Facts) -> Iterator[str]:
    known = {(balance.sku_id, balance.warehouse_id): balance for balance in facts.balances}
    labels = unread_labels()
    for sku_id, warehouse_id in facts.asked:
        named, balance = {"sku": sku_id, "warehouse": warehouse_id}, known.get((sku_id, warehouse_id))
        if balance is None:
            yield _("The balance of %(sku)s in %(warehouse)s was not read.") % named
        elif balance.list_state != ListState.OK:
            why = {**named, "why": labels.get(balance.list_state, balance.list_state)}
            yield _("What holds %(sku)s in %(warehouse)s: %(why)s.") % why


def _of_attempts(facts: Facts) -> Iterator[str]:
    for attempt in facts.attempts:
        named = {"action": attempt.get_verb_display(), "id": attempt.pk}
        if attempt.outcome == Outcome.UNKNOWN:
            yield _("Whether VTEX did “%(action)s” (attempt %(id)s).") % named
