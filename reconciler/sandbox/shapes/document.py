"""The order document: the order with its workflow instances and their timelines (F3.8)."""

from ..account import Account
from ..orders import MARKETPLACE
from ..state import Instance, Order
from .dates import utc
from .order import detail

LOGICAL = {
    "order-created": "creating",
    "on-order-completed": "creating",
    "payment-pending": "approving-transaction",
    "approve-payment": "approving-transaction",
    "payment-approved": "approving-transaction",
    "cancel": "canceling",
    "canceled": "canceled",
}


def document(account: Account, order: Order) -> dict[str, object]:
    """As the OMS order, with `workflowData` and `state`; lines and packages as there."""
    return {
        **detail(account, order),
        "state": order.status or "",
        "receiptData": {"receiptCollection": []},
        "workflowData": {"instances": [_instance(order, one) for one in order.instances], "mainFlowIndex": 0},
        "documentVersion": "2.1.5",
        "appVersion": "1.130.7-api",
        "piiHidden": False,
        "canceledBy": None,
        "cancelledBy": None,
        "approvedBy": None,
        "timeZoneCreationDate": utc(order.created),
        "timeZoneLastChange": utc(order.last_change),
        "handlingData": None,
        "contextData": {"loggedIn": True},
    }


def _instance(order: Order, one: Instance) -> dict[str, object]:
    prefix = "m" if one.name == MARKETPLACE else "f"
    return {
        "id": f"{prefix}-{order.sequence}",
        "name": one.name,
        "currentStepName": one.step,
        "currentStepDescription": one.step,
        "lastChange": utc(one.last_change),
        "isInError": one.in_error,
        "isInAutomaticRetry": False,
        "creationDate": utc(one.created),
        "owner": "",
        "version": "1.12",
        "timeLine": [
            {"stepName": step, "date": utc(at), "parentStepName": LOGICAL.get(step, step)}
            for step, at in one.timeline
        ],
        "logicTimeLine": [
            {"stepName": LOGICAL.get(step, step), "date": utc(at)} for step, at in one.timeline
        ],
        "steps": [],
        "currentLogicalStep": LOGICAL.get(one.step, one.step),
    }
