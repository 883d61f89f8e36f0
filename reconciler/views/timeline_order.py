"""What an order tells of its way, in both workflow instances (F3.3, F3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from reconciler.models import Order, OrderStatusEvent
from reconciler.views.timeline import Entry, Kind
from reconciler.views.track import skipped_handling

MOMENT = timedelta(minutes=1)


def sources() -> dict[str, str]:
    """Where an order event was read, in words."""
    return {
        OrderStatusEvent.Source.DOCUMENT: _("order document"),
        OrderStatusEvent.Source.FEED: _("order feed"),
        OrderStatusEvent.Source.DETAIL: _("order detail"),
    }


def of_order(order: Order) -> Iterator[Entry]:
    """Steps of both instances; a step told by several instances or sources at once is one entry."""
    named = sources()
    for events in _told_together(order.events.all()):
        told = sorted({named.get(event.source, event.source) for event in events})
        yield Entry(
            events[0].at,
            Kind.ORDER,
            _("Order"),
            step=events[0].step,
            source=", ".join(told),
            tags=tuple(sorted({event.instance for event in events} - {""})),
        )
    if order.created_at and not order.events.all():
        yield Entry(order.created_at, Kind.ORDER, _("Order placed"), source=_("order detail"))
    if skipped_handling(order):
        yield _never_handled(order)
    yield from _in_error(order)


def _told_together(events: Iterable[OrderStatusEvent]) -> list[list[OrderStatusEvent]]:
    """Events grouped by step, each group within a minute of its first: one moment."""
    groups: list[list[OrderStatusEvent]] = []
    latest: dict[str, list[OrderStatusEvent]] = {}
    for event in sorted(events, key=lambda event: event.at):
        group = latest.get(event.step)
        if group is None or event.at - group[0].at > MOMENT:
            group = latest[event.step] = []
            groups.append(group)
        group.append(event)
    return groups


def _never_handled(order: Order) -> Entry:
    """Stands where the step should have been: just before the end."""
    ends = [event.at for event in order.events.all() if event.step in ("invoice", "invoiced")]
    at = min(ends, default=None) or order.invoiced_at or order.history_read_at
    assert at
    return Entry(
        at - timedelta(microseconds=1),
        Kind.ORDER,
        _("never happened"),
        step="start-handling, handling",
        source=_("order document"),
        tone="skip",
    )


def _in_error(order: Order) -> Iterator[Entry]:
    """An instance that VTEX says it cannot take further by itself (F3.7)."""
    for flow in order.workflows.all():
        if flow.in_error and flow.last_change_at:
            yield Entry(
                flow.last_change_at,
                Kind.ORDER,
                _("in error"),
                step=flow.current_step,
                source=_("order document"),
                tone="bad",
                tags=(flow.instance,),
            )
