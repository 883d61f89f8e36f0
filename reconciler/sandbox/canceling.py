"""Orders end before they ship, and what becomes of their reservations (F5.2)."""

from . import reservations
from .account import Account
from .clock import MINUTE
from .lifecycle import place
from .orders import BOTH, MARKETPLACE, OVER, hang, move, new_order, stop_shipping
from .state import Event, Line, Lock, Order

LEAKS = {"cancel_leaks", "replaced_leaks", "incomplete_leaks"}
"""Fates in which VTEX forgets to give the units back."""


def cancel(account: Account, event: Event) -> None:
    """A cancel begins; VTEX needs a while for it."""
    order = account.orders[event.subject]
    if order.status in OVER:
        return
    if order.status in ("ready-for-handling", "handling", "ready-for-invoicing"):
        move(account, order, "cancellation-requested")
    stop_shipping(account, order)
    if order.fate == "hang_cancel":
        move(account, order, "canceled", on=(MARKETPLACE,), shows=False)
        move(account, order, "cancel")
        hang(account, order)
        return
    move(account, order, "cancel", on=BOTH)
    account.schedule(account.now + account.settings.transition_seconds, "canceled", order.id)


def canceled(account: Account, event: Event) -> None:
    """The cancel is done. Acknowledged units stay reserved until a count (F5.2); others are given back,
    unless VTEX fails to.
    """
    order = account.orders[event.subject]
    replaced = order.fate.startswith("replaced")
    move(account, order, "replaced" if replaced else "canceled", on=BOTH)
    order.canceled_at = account.now
    for lock in account.locks_of(order):
        _give_back(account, order, lock)
    if replaced and order.replaced_by is None:
        _replace(account, order)
    if order.fate == "flapping":
        account.schedule(account.now + 10 * MINUTE, "flap", order.id)


def _give_back(account: Account, order: Order, lock: Lock) -> None:
    if not lock.active or lock.acknowledged_at is not None or order.fate in LEAKS:
        return
    if order.fate == "phantom":
        reservations.abort_into_phantom(account, lock)
    else:
        reservations.release(account, lock, reservations.canceled_code(account))


def _replace(account: Account, order: Order) -> None:
    lines = [
        Line(one.sku, one.quantity, one.price, one.seller, deliveries=list(one.deliveries))
        for one in order.lines
    ]
    substitute = new_order(account, lines)
    order.replaced_by = substitute.id
    place(account, substitute)


def flap(account: Account, event: Event) -> None:
    """KI-1242813: canceled falls back to cancel and comes again."""
    order = account.orders[event.subject]
    move(account, order, "cancel")
    move(account, order, "canceled")
