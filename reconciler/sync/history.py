"""An order's workflow instances and timelines, from its document, where the key may read it (F3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from reconciler.models import FINISHED, Order, OrderStatusEvent, OrderWorkflow, VtexAccount
from reconciler.vtex import VtexClient, errors, payloads

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


def save(order: Order, fetched: Fetched) -> None:
    """Runs inside a transaction; an older document than the one that was written last changes nothing."""
    document, read_at = fetched.document, fetched.read_at
    row = Order.objects.select_for_update().get(pk=order.pk)
    if row.history_read_at and row.history_read_at > read_at:
        return
    known = {instance.instance: instance for instance in row.workflows.all()}
    for instance in document.instances:
        name = instance.name[:50]
        known[name] = _save_instance(row, known.get(name), instance, read_at)
    _save_steps(row, document, read_at)
    row.history_read_at = order.history_read_at = read_at
    row.save(update_fields=["history_read_at"])


def _save_instance(
    order: Order, known: OrderWorkflow | None, seen: payloads.WorkflowInstance, read_at: datetime
) -> OrderWorkflow:
    row = known or OrderWorkflow(order=order, instance=seen.name[:50])
    row.current_step = seen.current_step_name[:100]
    row.last_change_at = seen.last_change
    row.in_error = seen.is_in_error
    row.in_retry = seen.is_in_automatic_retry
    row.read_at = read_at
    row.save()
    return row


def _save_steps(order: Order, seen: payloads.OrderDocument, read_at: datetime) -> None:
    """Steps are never removed: VTEX's history only grows."""
    source = OrderStatusEvent.Source.DOCUMENT
    known = set(order.events.filter(source=source).values_list("instance", "step", "at"))
    steps = {
        (instance.name[:50], step.step_name[:100], step.date)
        for instance in seen.instances
        for step in instance.time_line
        if step.step_name and step.date
    }
    if new := sorted(steps - known, key=lambda step: step[2]):
        OrderStatusEvent.objects.bulk_create(
            [
                OrderStatusEvent(
                    order=order, instance=instance, step=step, at=at, source=source, first_seen_at=read_at
                )
                for instance, step, at in new
            ],
            ignore_conflicts=True,
        )
