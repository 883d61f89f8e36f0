"""Mirrored orders as facts, and which of them belongs to a lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Q

from reconciler.diagnosis.facts import EventSource, Instance, OrderFacts, OrderLine, Step
from reconciler.models import Order, OrderItem, VtexAccount


@dataclass(frozen=True)
class Orders:
    """The orders that carry one of the locks, and those that are merely named like one."""

    linked: dict[str, list[Order]]
    named: dict[str, list[Order]]
    by_pk: dict[int, Order]


def names_of(lock_id: str) -> tuple[str, ...]:
    """The order ids a lock may stand for: itself, and without the "00-" of the store's own seller (F3.1)."""
    return (lock_id, lock_id.removeprefix("00-")) if lock_id.startswith("00-") else (lock_id,)


def orders_of(account: VtexAccount, lock_ids: Collection[str], pks: Collection[int]) -> Orders:
    lines = OrderItem.objects.filter(order__account=account, lock_id__in=lock_ids)
    linked_pks: dict[str, set[int]] = {}
    for lock_id, pk in lines.values_list("lock_id", "order_id"):
        linked_pks.setdefault(lock_id, set()).add(pk)
    names = {name for lock_id in lock_ids for name in names_of(lock_id)}
    wanted = Q(order_id__in=names) | Q(seller_order_id__in=lock_ids)
    wanted |= Q(pk__in={*pks, *(pk for found in linked_pks.values() for pk in found)})
    rows = Order.objects.filter(wanted, account=account).order_by("order_id")
    by_pk = {row.pk: row for row in rows.prefetch_related("items", "workflows", "events")}
    return Orders(
        linked={lock_id: [by_pk[pk] for pk in sorted(found)] for lock_id, found in linked_pks.items()},
        named=_named(lock_ids, by_pk.values()),
        by_pk=by_pk,
    )


def _named(lock_ids: Iterable[str], rows: Collection[Order]) -> dict[str, list[Order]]:
    by_id = {row.order_id: row for row in rows}
    by_seller: dict[str, list[Order]] = {}
    for row in rows:
        by_seller.setdefault(row.seller_order_id, []).append(row)
    named = {}
    for lock_id in lock_ids:
        own = [by_id[name] for name in names_of(lock_id) if name in by_id]
        named[lock_id] = [*own, *(row for row in by_seller.get(lock_id, []) if row not in own)]
    return named


def order_facts(row: Order) -> OrderFacts:
    """The order as facts; only for orders whose detail was read."""
    assert row.read_at is not None, "an order that was only listed has no facts"
    return OrderFacts(
        order_id=row.order_id,
        status=row.status,
        read_at=row.read_at,
        first_seen_at=row.first_seen_at,
        workflow_in_error=row.workflow_in_error,
        instances=tuple(
            Instance(each.instance, each.current_step, each.last_change_at, each.read_at, each.in_error)
            for each in row.workflows.all()
        ),
        history=tuple(
            Step(each.instance, each.step, each.at, EventSource(each.source), each.first_seen_at)
            for each in row.events.all()
        ),
        history_read_at=row.history_read_at,
        created_at=row.created_at,
        last_change_at=row.last_change_at,
        invoiced_at=row.invoiced_at,
        canceled_at=row.canceled_at,
        lines=tuple(OrderLine(each.sku_id, each.quantity, each.lock_id) for each in row.items.all()),
    )
