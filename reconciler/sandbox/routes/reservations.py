"""Reservations by id and by pair, and what may be done to them (F5.4)."""

from .. import reservations
from ..account import Account
from ..answers import Answer, RefusedError, dotnet_error, message_error, nothing, too_many_reservations
from ..clock import MINUTE
from ..endpoint import Endpoint, Request
from ..orders import stop_shipping
from ..shapes import reservation
from ..state import Lock

BASE = "api/logistics/pvt/inventory/reservations"


def _find(account: Account, lock_id: str) -> Lock:
    lock = account.locks.get(lock_id)
    if lock is None:
        raise RefusedError(message_error(404, "Reservation not found"))
    return lock


def get_reservation(account: Account, request: Request) -> Answer:
    if request.args[0] not in account.locks and account.switches["U3"] == "missing_null":
        return Answer(200, None)
    return Answer(body=reservation.by_id(account, _find(account, request.args[0])))


def list_reservations(account: Account, request: Request) -> Answer:
    """The pair's page; an unknown pair is an empty list."""
    warehouse, sku = request.args
    number = request.number("page", 1)
    per_page = min(
        request.number("perPage", account.settings.default_per_page), account.settings.max_per_page
    )
    pair = account.pairs.get((sku, warehouse))
    if pair is None:
        return Answer(body=reservation.page([], number, per_page))
    if pair.answers == "dotnet":
        raise RefusedError(dotnet_error())
    rows = reservations.listed(account, pair)
    if pair.answers == "too_many" or len(rows) > account.settings.max_active_reservations:
        raise RefusedError(too_many_reservations())
    return Answer(body=reservation.page(rows, number, per_page))


def cancel(account: Account, request: Request) -> Answer:
    if request.args[0] not in account.locks and account.switches["U4"] == "code_3_with_body":
        return Answer(200, True)
    lock = _find(account, request.args[0])
    was_active = lock.active
    answer = reservations.cancel_by_hand(account, lock)
    order = account.orders.get(lock.order_id or "")
    if account.switches["U4"] == "cancels_order" and was_active and order is not None:
        account.schedule(account.now, "cancel", order.id)
    elif order is not None and order.incomplete:
        stop_shipping(account, order)
    return answer


def acknowledge(account: Account, request: Request) -> Answer:
    return reservations.acknowledge_by_hand(account, _find(account, request.args[0]))


def confirm(account: Account, request: Request) -> Answer:
    lock = _find(account, request.args[0])
    if not lock.active or lock.max_confirmation + MINUTE < account.now:
        raise RefusedError(message_error(400, "Reservation can not be confirmed"))
    reservations.confirm(account, lock)
    return nothing(200)


VIEW, FULL = "Logistics viewer", "Logistics full access"
ENDPOINTS = [
    Endpoint("get_reservation", "GET", f"{BASE}/{{}}", VIEW, get_reservation),
    Endpoint("list_reservations", "GET", f"{BASE}/{{}}/{{}}", VIEW, list_reservations),
    Endpoint("cancel_reservation", "POST", f"{BASE}/{{}}/cancel", FULL, cancel),
    Endpoint("acknowledge_reservation", "POST", f"{BASE}/{{}}/acknowledge", FULL, acknowledge),
    Endpoint("confirm_reservation", "POST", f"{BASE}/{{}}/confirm", FULL, confirm),
]
