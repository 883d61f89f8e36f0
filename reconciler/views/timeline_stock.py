"""What reservations and counts tell: made, confirmed, acknowledged, gone; by us, or changed outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reconciler.models import OutsideWhy, Reservation, ReservationItem, VtexAccount
from reconciler.views import links
from reconciler.views.timeline import Entry, Kind, Span
from reconciler.views.timeline_facts import Changed, Kept


def of_reservation(
    lock: Reservation, items: Iterable[ReservationItem], store: VtexAccount, kept: Kept
) -> Iterator[Entry]:
    """Dates VTEX gave, acknowledgements, and what vanished. Takes from `kept` what it tells."""
    yield from _dates(lock)
    for item in items:
        where = units(item.quantity, item.sku_id, item.warehouse_id)
        if item.acknowledged_at:
            yield Entry(
                item.acknowledged_at,
                Kind.RESERVATION,
                _("Acknowledged"),
                detail=where,
                source=_("warehouse list"),
            )
        if item.gone_at:
            row = kept.pop((lock.lock_id, item.sku_id, item.warehouse_id, item.gone_at), None)
            yield _gone(lock, item, where, row, store)


def _dates(lock: Reservation) -> Iterator[Entry]:
    dated = [
        (lock.reserved_at, _("Reservation made"), ""),
        (lock.authorized_at, _("Reservation authorized"), ""),
        (lock.confirmed_at, _("Reservation confirmed"), ""),
        (lock.canceled_at, _("Reservation canceled"), "end"),
    ]
    if lock.maximum_confirmation_at and not lock.confirmed_at:
        dated.append((lock.maximum_confirmation_at, _("Latest time to confirm"), "warn"))
    for at, title, tone in dated:
        if at:
            yield Entry(at, Kind.RESERVATION, title, source=_("reservation"), tone=tone)


def _gone(
    lock: Reservation, item: ReservationItem, where: str, row: Changed | None, store: VtexAccount
) -> Entry:
    at = item.gone_at or item.first_seen_at
    if item.gone_attempt_id is not None:
        title = _("No longer held, by our action")
        return Entry(at, Kind.RESERVATION, title, detail=where, source=_("warehouse list"), tone="end")
    counted = item.acknowledged_at is not None and lock.canceled_at is None
    more: dict[str, object] = {"since": row.previous_read_at, **_more(row, store)} if row else {}
    return _left(at, where, counted=counted, **more)


def _left(at: datetime, where: str, *, counted: bool, **more: object) -> Entry:
    """An acknowledged item leaves with a count, as every sale ends; another one, or one whose reservation was
    canceled, has no such reason (F6.4).
    """
    title = _("Dropped by a count from outside") if counted else _("Vanished without us: changed outside")
    tone = "end" if counted else "warn"
    return Entry(at, Kind.OUTSIDE, title, detail=where, source=_("warehouse list"), tone=tone, **more)  # type: ignore[arg-type]


def _more(row: Changed, store: VtexAccount) -> dict[str, str]:
    url = links.link(store, "attempt", pk=str(row.attempt_id)) if row.attempt_id else ""
    return {"why": str(OutsideWhy(row.why).label) if row.why else "", "url": url}


def of_outside(kept: Kept, store: VtexAccount) -> Iterator[Entry]:
    """What no other row tells: a reservation that vanished and was listed again, or is another's."""
    for row in kept.values():
        if row.lock_id:
            where = f"{row.lock_id} · {units(row.units, *row.pair)}"
            yield _left(
                row.at, where, counted=row.acknowledged, since=row.previous_read_at, **_more(row, store)
            )


def units(quantity: int, sku_id: str, warehouse_id: str) -> str:
    return ngettext(
        "%(count)s unit of %(sku)s in %(warehouse)s", "%(count)s units of %(sku)s in %(warehouse)s", quantity
    ) % {"count": quantity, "sku": sku_id, "warehouse": warehouse_id}


def of_totals(
    totals: Iterable[Changed], store: VtexAccount, kept: Kept, *, name_pair: bool = True
) -> Iterator[Entry]:
    """Changes of totals; a change of `reserved` alone is an order's doing and is left to the stock page."""
    for row in totals:
        detail = _("total %(before)s → %(after)s") % {"before": row.before, "after": row.after}
        if name_pair:
            detail = f"{detail} · {row.sku_id} · {row.warehouse_id}"
        matters = kept.pop(("", *row.pair, row.at), None)
        ours = row.attempt_id is not None
        more = _more(matters or row, store) if ours or matters else {}
        yield Entry(
            row.at,
            Kind.STOCK if ours else Kind.OUTSIDE,
            _("Count entered here") if ours else _("Count changed outside"),
            detail=detail,
            source=_("seen between two reads"),
            since=row.previous_read_at,
            **more,  # type: ignore[arg-type]
        )


def held(lock: Reservation, items: Iterable[ReservationItem]) -> Span | None:
    """From when it was made until the last of its units was found gone."""
    start = lock.reserved_at or lock.first_seen_at
    gone = [item.gone_at for item in items]
    if not gone:
        return None
    end = max(at for at in gone if at) if all(gone) else None
    if end and end < start:
        return None
    title = _("%(lock)s holds stock") % {"lock": lock.lock_id}
    return Span(Kind.RESERVATION, start, end, title)
