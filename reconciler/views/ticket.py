"""Plain text for a ticket: ids, cause, evidence and times in UTC, nothing of the customer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from reconciler.models import Order, Reservation, ReservationItem, StockBalance, VtexAccount
from reconciler.views.saying import Said


def of_reservation(
    store: VtexAccount, lock: Reservation, items: Iterable[ReservationItem], said: Iterable[Said]
) -> str:
    lines = [_line(_("Store"), store.name), _line(_("Reservation"), lock.lock_id)]
    if lock.order:
        lines += _order(lock.order)
    for item in items:
        if item.gone_at is None:
            units = f"{item.quantity} x {item.sku_id} @ {item.warehouse_id} ({item.status})"
            lines.append(_line(_("Holds"), units))
    return "\n".join([*lines, *_findings(said)])


def of_order(store: VtexAccount, order: Order, said: Iterable[Said]) -> str:
    return "\n".join([_line(_("Store"), store.name), *_order(order), *_findings(said)])


def of_pair(store: VtexAccount, balance: StockBalance, said: Iterable[Said]) -> str:
    lines = [
        _line(_("Store"), store.name),
        _line(_("SKU"), balance.sku_id),
        _line(_("Warehouse"), balance.warehouse_id),
        _line(_("total"), "∞" if balance.unlimited else str(balance.total)),
        _line(_("reserved"), str(balance.reserved)),
        _line(_("available"), "∞" if balance.unlimited else str(balance.available)),
    ]
    return "\n".join([*lines, *_findings(said)])


def _order(order: Order) -> list[str]:
    changed = f", {_utc(order.last_change_at)}" if order.last_change_at else ""
    return [_line(_("Order"), order.order_id), _line(_("Order status"), f"{order.status}{changed}")]


def _findings(said: Iterable[Said]) -> Iterator[str]:
    for each in said:
        yield ""
        yield f"{each.title}: {each.explanation}"
        if each.finding.since:
            yield _line(_("Since"), _utc(each.finding.since))
        for piece in each.evidence:
            told = ", ".join(filter(None, [piece.source, _utc(piece.at) if piece.at else ""]))
            yield f"- {piece.sentence} ({told})"
        if each.known_issues:
            yield _line(_("Known issues at VTEX"), ", ".join(each.known_issues))


def _line(name: str, value: str) -> str:
    return f"{name}: {value}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
