"""Which locks are whose: the lines of orders prove it (F3.1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from django.db.models import Q

from reconciler.models import Order, OrderItem, OrderLookup, Reservation, VtexAccount
from reconciler.sync.order_rows import Detail
from reconciler.sync.upsert import write

FIELDS = ("order", "order_lookup", "order_lookup_reason", "order_lookup_at", "superseded")


def save(account: VtexAccount, details: Sequence[Detail]) -> dict[int, set[str]]:
    """Ties locks to the orders whose lines carry them, the only proof; those that changed, by their order.

    Runs inside a transaction, after the lines were written.
    """
    locks = _Locks(account, [detail for detail in details if detail.seen.lock_ids])
    touched: dict[int, set[str]] = defaultdict(set)
    for detail in details:
        for lock, superseded in locks.to_link(detail.row, set(detail.seen.lock_ids)):
            lock.order, lock.superseded = detail.row, superseded
            lock.order_lookup, lock.order_lookup_reason = OrderLookup.FOUND, ""
            lock.order_lookup_at = detail.row.read_at
            touched[detail.row.pk].add(lock.lock_id)
    changed = set().union(*touched.values())
    write([lock for lock in locks if lock.lock_id in changed], FIELDS)
    return touched


class _Locks:
    """The locks that may be of these orders; locked in one order, as everywhere, so that nobody deadlocks."""

    def __init__(self, account: VtexAccount, details: Iterable[Detail]) -> None:
        rows = [detail.row for detail in details]
        wanted = {lock_id for detail in details for lock_id in detail.seen.lock_ids}
        wanted |= {name for row in rows for name in names(row)}
        mine = Q(lock_id__in=wanted) | Q(order__in=[row.pk for row in rows])
        found = Reservation.objects.select_for_update().filter(mine, account=account).order_by("pk")
        self._by_id = {lock.lock_id: lock for lock in found} if rows else {}
        self._by_order: dict[int | None, list[Reservation]] = defaultdict(list)
        for lock in self:
            self._by_order[lock.order_id].append(lock)
        self._carried = self._carried_of(account) if self._by_id else set()

    def __iter__(self) -> Iterator[Reservation]:
        return iter(self._by_id.values())

    def _carried_of(self, account: VtexAccount) -> set[str]:
        lines = OrderItem.objects.filter(order__account=account, lock_id__in=self._by_id)
        return set(lines.order_by().values_list("lock_id", flat=True))

    def to_link(self, order: Order, lock_ids: Collection[str]) -> Iterator[tuple[Reservation, bool]]:
        """What the order's lines carry; then what was its own, by name or by its lines, while no order
        carries it any more. Each with whether it is superseded, and only what is not known yet.
        """
        if not lock_ids:
            return
        for lock_id in lock_ids:
            lock = self._by_id.get(lock_id)
            if lock and (lock.order_id, lock.order_lookup, lock.superseded) != (
                order.pk,
                OrderLookup.FOUND,
                False,
            ):
                yield lock, False
        named = [self._by_id[name] for name in names(order) if name in self._by_id]
        for lock in [*named, *self._by_order[order.pk]]:
            own = lock.order_id == order.pk
            if lock.lock_id not in self._carried and (own or lock in named) and not (own and lock.superseded):
                yield lock, True


def names(order: Order) -> list[str]:
    """The lock ids that would be this order's by name alone."""
    return [name for name in (order.order_id, f"00-{order.order_id}", order.seller_order_id) if name]
