"""An order's workflow instances and timelines, from its document, where the key may read it (F3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from reconciler.models import FINISHED, Order, OrderStatusEvent, OrderWorkflow, VtexAccount
from reconciler.sync.upsert import write
from reconciler.vtex import VtexClient, errors, payloads

OF_AN_INSTANCE = ("current_step", "last_change_at", "in_error", "in_retry", "read_at")
SKIP_AFTER_REFUSAL = timedelta(hours=6)


@dataclass(frozen=True)
class Fetched:
    """A document as VTEX gave it at `read_at` (our clock before the request)."""

    document: payloads.OrderDocument
    read_at: datetime


def may_read(account: VtexAccount) -> bool:
    """Whether the key is not known to lack the right; it is tried again after some hours."""
    return not cache.get(_refused_key(account))


def note_refusal(account: VtexAccount) -> None:
    cache.set(_refused_key(account), True, SKIP_AFTER_REFUSAL.total_seconds())


def fetch(client: VtexClient, order_id: str) -> Fetched | None:
    """None where VTEX gives none. Raises Forbidden or MethodMissing where the key lacks the right."""
    read_at = timezone.now()
    try:
        return Fetched(client.get_order_document(order_id), read_at)
    except (errors.NotFound, errors.BadRequest, errors.DotNetError, errors.SuspiciousAnswer):
        pass
    return None


def is_due(order: Order | None, seen: payloads.Order) -> bool:
    """Final orders whose instances are final too, and that did not change, keep the history they have."""
    if order is None or order.history_read_at is None or seen.status not in FINISHED:
        return True
    if order.status != seen.status or order.last_change_at != seen.last_change:
        return True
    return any(row.current_step not in FINISHED or row.in_error for row in order.workflows.all())


def _refused_key(account: VtexAccount) -> str:
    return f"sync:document-refused:{account.pk}"


def save(found: Iterable[tuple[Order, Fetched]]) -> list[Order]:
    """Writes these documents, each of another order, and sets `history_read_at` of the rows, which are locked
    and which the caller writes; the rows it was set for. An older document changes nothing.
    """
    newer = [
        (row, each) for row, each in found if not (row.history_read_at and row.history_read_at > each.read_at)
    ]
    for row, each in newer:
        row.history_read_at = each.read_at
    if newer:
        _save_instances(newer)
        _save_steps(newer)
    return [row for row, _ in newer]


def _save_instances(found: Sequence[tuple[Order, Fetched]]) -> None:
    rows = OrderWorkflow.objects.filter(order__in=[order.pk for order, _ in found]).order_by()
    known = {(row.order_id, row.instance): row for row in rows}
    wanted: dict[tuple[int, str], OrderWorkflow] = {}
    for order, each in found:
        for seen in each.document.instances:
            key = order.pk, seen.name[:50]
            row = wanted[key] = (
                known.get(key) or wanted.get(key) or OrderWorkflow(order=order, instance=key[1])
            )
            row.current_step = seen.current_step_name[:100]
            row.last_change_at = seen.last_change
            row.in_error = seen.is_in_error
            row.in_retry = seen.is_in_automatic_retry
            row.read_at = each.read_at
    OrderWorkflow.objects.bulk_create([row for key, row in wanted.items() if key not in known])
    write([row for key, row in wanted.items() if key in known], OF_AN_INSTANCE)


def _save_steps(found: Sequence[tuple[Order, Fetched]]) -> None:
    """Steps are never removed: VTEX's history only grows."""
    source = OrderStatusEvent.Source.DOCUMENT
    events = OrderStatusEvent.objects.filter(order__in=[order.pk for order, _ in found], source=source)
    known = set(events.order_by().values_list("order_id", "instance", "step", "at"))
    steps = {
        (order.pk, instance.name[:50], step.step_name[:100], step.date): each.read_at
        for order, each in found
        for instance in each.document.instances
        for step in instance.time_line
        if step.step_name and step.date
    }
    if new := sorted(steps.keys() - known, key=lambda step: step[3]):
        OrderStatusEvent.objects.bulk_create(
            [
                OrderStatusEvent(
                    order_id=order, instance=instance, step=step, at=at, source=source,
                    first_seen_at=steps[order, instance, step, at],
                )
                for order, instance, step, at in new
            ],
            ignore_conflicts=True,
        )  # fmt: skip
