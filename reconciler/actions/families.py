"""The verbs by name."""

from __future__ import annotations

from typing import Any

from reconciler.actions.family import Family
from reconciler.actions.orders import StartHandling
from reconciler.actions.reservations import Acknowledge, Cancel
from reconciler.actions.stock import EnterCount
from reconciler.ids import pair_subject
from reconciler.models import Order, Reservation, StockBalance, Verb

_FAMILIES: dict[str, Family[Any]] = {
    Verb.CANCEL: Cancel(),
    Verb.ACKNOWLEDGE: Acknowledge(),
    Verb.START_HANDLING: StartHandling(),
    Verb.COUNT: EnterCount(),
    Verb.CHECK: EnterCount(),
}


def of(verb: str) -> Family[Any]:
    return _FAMILIES[verb]


def subject_of(row: Reservation | Order | StockBalance) -> str:
    """How attempts and routes name this row."""
    if isinstance(row, Reservation):
        return row.lock_id
    return row.order_id if isinstance(row, Order) else pair_subject(row.sku_id, row.warehouse_id)
