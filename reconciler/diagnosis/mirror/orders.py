"""Mirrored orders as facts, and which of them belongs to a lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet

from reconciler.diagnosis.facts import EventSource, Instance, OrderFacts, OrderLine, Step
from reconciler.models import FINISHED, Order, OrderItem, OrderStatusEvent, OrderWorkflow, VtexAccount

_SOURCES = {source.value: source for source in EventSource}


class OrderRow(NamedTuple):
    """What diagnosis reads of one order."""

    pk: int
    order_id: str
    seller_order_id: str
    status: str
    read_at: datetime | None
    first_seen_at: datetime
    workflow_in_error: bool
    history_read_at: datetime | None
    created_at: datetime | None
    last_change_at: datetime | None
    invoiced_at: datetime | None
    canceled_at: datetime | None
    unreadable_reason: str

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


@dataclass(frozen=True)
class Orders:
    """The orders that carry one of the locks, and those that are merely named like one.

    `named` holds no lock that an order carries. `lines`, `instances` and `history` are by the order's row.
    """

    linked: dict[str, list[OrderRow]]
    named: dict[str, list[OrderRow]]
    lines: dict[int, list[OrderLine]]
    instances: dict[int, list[Instance]]
    history: dict[int, list[Step]]
    _known: dict[int, OrderFacts] = field(default_factory=dict)

    def facts(self, row: OrderRow) -> OrderFacts:
        """The order as facts; only for orders whose detail was read."""
        if row.pk not in self._known:
            self._known[row.pk] = self._facts(row)
        return self._known[row.pk]

    def _facts(self, row: OrderRow) -> OrderFacts:
        assert row.read_at is not None, "an order that was only listed has no facts"
        return OrderFacts(
            order_id=row.order_id,
            status=row.status,
            read_at=row.read_at,
            first_seen_at=row.first_seen_at,
            workflow_in_error=row.workflow_in_error,
            instances=tuple(self.instances.get(row.pk, ())),
            history=tuple(self.history.get(row.pk, ())),
            history_read_at=row.history_read_at,
            created_at=row.created_at,
            last_change_at=row.last_change_at,
            invoiced_at=row.invoiced_at,
            canceled_at=row.canceled_at,
            lines=tuple(self.lines.get(row.pk, ())),
        )


def names_of(lock_id: str) -> tuple[str, ...]:
    """The order ids a lock may stand for: itself, and without the "00-" of the store's own seller (F3.1)."""
    return (lock_id, lock_id.removeprefix("00-")) if lock_id.startswith("00-") else (lock_id,)


def orders_of(account: VtexAccount, attached: Mapping[str, int | None]) -> Orders:
    """The orders of these locks; `attached` says to which order's row a lookup has tied each, if any.

    Names are looked up only for locks that no order carries.
    """
    linked = _linked(account, attached)
    loose = {lock_id: pk for lock_id, pk in attached.items() if lock_id not in linked}
    mine = Order.objects.filter(account=account)
    carrying = _rows(mine.filter(pk__in={pk for pks in linked.values() for pk in pks}))
    named = _named(mine, loose) if loose else {}
    others = {row.pk for rows in named.values() for row in rows}
    lines, instances, history = _children({*carrying, *others})
    return Orders(
        linked={lock_id: [carrying[pk] for pk in sorted(pks)] for lock_id, pks in linked.items()},
        named=named,
        lines=lines,
        instances=instances,
        history=history,
    )


def _linked(account: VtexAccount, lock_ids: Collection[str]) -> dict[str, set[int]]:
    lines = OrderItem.objects.filter(order__account=account, lock_id__in=lock_ids)
    found: dict[str, set[int]] = defaultdict(set)
    for lock_id, pk in lines.order_by().values_list("lock_id", "order_id"):
        found[lock_id].add(pk)
    return found


def _named(mine: QuerySet[Order], loose: Mapping[str, int | None]) -> dict[str, list[OrderRow]]:
    """First by its own name, then as its seller calls it, then what a lookup tied it to."""
    by_id = {
        row.order_id: row
        for row in _rows(
            mine.filter(order_id__in={n for lock_id in loose for n in names_of(lock_id)})
        ).values()
    }
    by_seller: dict[str, list[OrderRow]] = defaultdict(list)
    for row in _rows(mine.filter(seller_order_id__in=[each for each in loose if each])).values():
        by_seller[row.seller_order_id].append(row)
    by_pk = _rows(mine.filter(pk__in={pk for pk in loose.values() if pk is not None}))
    named = {}
    for lock_id, pk in loose.items():
        found = [by_id[name] for name in names_of(lock_id) if name in by_id]
        found += [row for row in by_seller.get(lock_id, ()) if row not in found]
        named[lock_id] = found or ([by_pk[pk]] if pk in by_pk else [])
    return named


def _rows(orders: QuerySet[Order]) -> dict[int, OrderRow]:
    names = [name for name in OrderRow._fields if name != "pk"]
    rows = map(OrderRow._make, orders.order_by("order_id").values_list("pk", *names))
    return {row.pk: row for row in rows}


def _children(
    pks: Collection[int],
) -> tuple[dict[int, list[OrderLine]], dict[int, list[Instance]], dict[int, list[Step]]]:
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    instances: dict[int, list[Instance]] = defaultdict(list)
    history: dict[int, list[Step]] = defaultdict(list)
    if not pks:
        return lines, instances, history
    for pk, sku, quantity, lock_id in _of(OrderItem, pks, "sku_id", "quantity", "lock_id"):
        lines[pk].append(OrderLine(sku, quantity, lock_id))
    flows = _of(OrderWorkflow, pks, "instance", "current_step", "last_change_at", "read_at", "in_error")
    for pk, *stands in flows:
        instances[pk].append(Instance(*stands))
    for pk, instance, step, at, source, seen in _of(
        OrderStatusEvent, pks, "instance", "step", "at", "source", "first_seen_at"
    ):
        history[pk].append(Step(instance, step, at, _SOURCES[source], seen))
    return lines, instances, history


def _of(
    model: type[OrderItem] | type[OrderWorkflow] | type[OrderStatusEvent], pks: Collection[int], *names: str
) -> Iterable[tuple]:  # type: ignore[type-arg]
    """The rows of these orders in the model's own order, the order's number first."""
    return model._default_manager.filter(order_id__in=pks).values_list("order_id", *names)
