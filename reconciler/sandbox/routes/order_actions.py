"""What may be done to an order (F3.6, F3.7)."""

import hashlib

from .. import canceling, lifecycle
from ..account import Account
from ..answers import Answer, RefusedError, not_ready_for_handling, nothing, oms_error
from ..endpoint import Endpoint, Request
from ..orders import FULFILLMENT, OVER, instance
from ..shapes.dates import utc
from ..state import Event, Order
from .orders import find


def start_handling(account: Account, request: Request) -> Answer:
    """204; OMS003 unless ready-for-handling, or Fulfillment alone still is (U7)."""
    order = find(account, request.args[0])
    if order.status != "ready-for-handling":
        position = account.switches["U7"] if _only_fulfillment_waits(order) else "refused"
        if position == "refused":
            raise RefusedError(not_ready_for_handling(account.settings.oms003_status))
        if position == "no_effect":
            return nothing(204)
    lifecycle.start_handling(account, order)
    return nothing(204)


def _only_fulfillment_waits(order: Order) -> bool:
    fulfillment = instance(order, FULFILLMENT)
    return order.status == "invoiced" and fulfillment is not None and fulfillment.step == "ready-for-handling"


def cancel_order(account: Account, request: Request) -> Answer:
    order = find(account, request.args[0])
    if order.status is None or order.status in OVER or order.packages:
        raise RefusedError(oms_error(400, "OMS005", "Order can not be canceled"))
    canceling.cancel(account, Event(account.now, 0, "cancel", order.id))
    receipt = hashlib.md5(f"{order.id}|{account.now}".encode(), usedforsecurity=False).hexdigest()
    return Answer(body={"date": utc(account.now), "orderId": order.id, "receipt": receipt})


def interactions(account: Account, request: Request) -> Answer:
    find(account, request.args[0])
    return nothing(200)


CHANGE = "Change order workflow status"
ENDPOINTS = [
    Endpoint("start_handling", "POST", "api/oms/pvt/orders/{}/start-handling", CHANGE, start_handling),
    Endpoint(
        "document_start_handling",
        "POST",
        "api/orders/pvt/document/{}/actions/start-handling",
        CHANGE,
        start_handling,
    ),
    Endpoint("cancel_order", "POST", "api/oms/pvt/orders/{}/cancel", "Cancel order", cancel_order),
    Endpoint(
        "interactions", "POST", "api/oms/pvt/orders/{}/interactions", "Orders Full Access", interactions
    ),
]
