"""One line of time: order steps, reservation events, stock changes and our attempts, merged.

Every entry says its kind and where it was read. Entries come from prefetched rows; nothing is queried here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reconciler.models import Attempt, Order, OrderStatusEvent, Reservation, ReservationItem, StockChange
from reconciler.views.track import skipped_handling

GAP = timedelta(days=1)
"""A silence longer than this is drawn as one."""
MOMENT = timedelta(minutes=1)


class Kind(StrEnum):
    ORDER = "order"
    RESERVATION = "reservation"
    STOCK = "stock"
    ATTEMPT = "attempt"


@dataclass(frozen=True)
class Entry:
    """One event. `step` is VTEX's own name where there is one; `gap` the silence before it when long."""

    at: datetime
    kind: Kind
    title: str
    step: str = ""
    detail: str = ""
    source: str = ""
    tone: str = ""
    attempt: Attempt | None = None
    gap: timedelta | None = None
    same_day: bool = False
    same_minute: bool = False


def kinds() -> dict[str, str]:
    return {
        Kind.ORDER: _("Order"),
        Kind.RESERVATION: _("Reservation"),
        Kind.STOCK: _("Stock"),
        Kind.ATTEMPT: _("Our actions"),
    }


def sources() -> dict[str, str]:
    """Where an order event was read, in words."""
    return {
        OrderStatusEvent.Source.DOCUMENT: _("order document"),
        OrderStatusEvent.Source.FEED: _("order feed"),
        OrderStatusEvent.Source.DETAIL: _("order detail"),
    }


def merged(entries: Iterable[Entry], shown: Iterable[str] = ()) -> list[Entry]:
    """Oldest first, only the kinds `shown` (all when none is named), with long silences marked."""
    wanted = set(shown) or set(Kind)
    told = sorted((entry for entry in entries if entry.kind in wanted), key=lambda entry: entry.at)
    return told[:1] + [_after(before, entry) for before, entry in pairwise(told)]


def _after(before: Entry, entry: Entry) -> Entry:
    """`entry` with what the one before it makes needless to repeat, or worth saying."""
    silence = entry.at - before.at
    then, now = timezone.localtime(before.at), timezone.localtime(entry.at)
    return replace(
        entry,
        gap=silence if silence > GAP else None,
        same_day=then.date() == now.date(),
        same_minute=then.replace(second=0, microsecond=0) == now.replace(second=0, microsecond=0),
    )


def of_order(order: Order) -> Iterator[Entry]:
    """Steps of both instances; a step told by several instances or sources at once is one entry."""
    named = sources()
    for events in _told_together(order.events.all()):
        instances = sorted({event.instance for event in events} - {""})
        told = sorted({named.get(event.source, event.source) for event in events})
        title = ", ".join(instances) or _("Order")
        yield Entry(events[0].at, Kind.ORDER, title, step=events[0].step, source=", ".join(told))
    if order.created_at and not order.events.all():
        yield Entry(order.created_at, Kind.ORDER, _("Order placed"), source=_("order detail"))
    if skipped_handling(order):
        yield _never_handled(order)


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


def of_reservation(reservation: Reservation, items: Iterable[ReservationItem]) -> Iterator[Entry]:
    """Dates VTEX gave, acknowledgements, and what vanished."""
    by_id = _("reservation")
    dated = [
        (reservation.reserved_at, _("Reservation made"), ""),
        (reservation.authorized_at, _("Reservation authorized"), ""),
        (reservation.confirmed_at, _("Reservation confirmed"), ""),
        (reservation.canceled_at, _("Reservation canceled"), "end"),
    ]
    if reservation.maximum_confirmation_at and not reservation.confirmed_at:
        dated.append((reservation.maximum_confirmation_at, _("Latest time to confirm"), "warn"))
    for at, title, tone in dated:
        if at:
            yield Entry(at, Kind.RESERVATION, title, source=by_id, tone=tone)
    for item in items:
        where = _units(item.quantity, item.sku_id, item.warehouse_id)
        if item.acknowledged_at:
            listed = _("warehouse list")
            yield Entry(
                item.acknowledged_at, Kind.RESERVATION, _("Acknowledged"), detail=where, source=listed
            )
        if item.gone_at:
            yield _gone(item.gone_at, where, ours=item.gone_attempt_id is not None)


def _gone(at: datetime, where: str, *, ours: bool) -> Entry:
    title = _("No longer held, by our action") if ours else _("No longer held: changed outside")
    return Entry(at, Kind.RESERVATION, title, detail=where, source=_("warehouse list"), tone="end")


def _units(quantity: int, sku_id: str, warehouse_id: str) -> str:
    return ngettext(
        "%(count)s unit of %(sku)s in %(warehouse)s", "%(count)s units of %(sku)s in %(warehouse)s", quantity
    ) % {"count": quantity, "sku": sku_id, "warehouse": warehouse_id}


def of_stock(changes: Iterable[StockChange], *, name_pair: bool = True) -> Iterator[Entry]:
    """Changes of totals; a change of `reserved` alone is an order's doing and is left to the stock page."""
    for change in changes:
        if change.total_before == change.total_after:
            continue
        ours = change.attempt_id is not None
        detail = _("total %(before)s → %(after)s") % {
            "before": change.total_before,
            "after": change.total_after,
        }
        if name_pair:
            detail = f"{detail} · {change.balance.sku_id} · {change.balance.warehouse_id}"
        yield Entry(
            change.at,
            Kind.STOCK,
            _("Count entered here") if ours else _("Count changed outside"),
            detail=detail,
            source=_("seen between two reads"),
        )


def of_attempts(attempts: Iterable[Attempt]) -> Iterator[Entry]:
    for attempt in attempts:
        tone = {"verified": "good", "unknown": "warn", "failed": "bad", "not_applied": "bad"}
        yield Entry(
            attempt.created_at,
            Kind.ATTEMPT,
            attempt.get_verb_display(),
            detail=str(attempt.get_outcome_display() or attempt.get_state_display()),
            source=attempt.actor,
            tone=tone.get(attempt.outcome, ""),
            attempt=attempt,
        )


def context(request: HttpRequest, entries: Iterable[Entry]) -> dict[str, Any]:
    """What the template of a timeline draws: the entries of the kinds chosen by `?show=`, and the choice."""
    every = list(entries)
    chosen = [kind for kind in request.GET.getlist("show") if kind in set(Kind)]
    return {
        "entries": merged(every, chosen),
        "timeline_kinds": [
            {
                "kind": kind,
                "label": label,
                "count": sum(entry.kind == kind for entry in every),
                "here": not chosen or kind in chosen,
            }
            for kind, label in kinds().items()
        ],
        "oldest": min((entry.at for entry in every), default=None),
    }
