"""A page of the order list (F3.4): the index, which lags behind the order."""

from ..account import Account
from ..people import customer
from ..state import Order
from .dates import seconds
from .order import DESCRIPTIONS, units, value


def row(account: Account, order: Order, status: str | None) -> dict[str, object]:
    """`status` is the one the index knows."""
    person = customer(account.seed, order.id)
    return {
        "orderId": order.id,
        "creationDate": seconds(order.created),
        "clientName": person.full_name,
        "items": None,
        "totalValue": value(order),
        "paymentNames": "Visa",
        "status": status,
        "statusDescription": DESCRIPTIONS.get(status or "", status),
        "marketPlaceOrderId": None,
        "sequence": order.sequence,
        "salesChannel": "1",
        "affiliateId": order.affiliate,
        "origin": order.origin,
        "workflowInErrorState": order.in_error,
        "workflowInRetry": False,
        "lastMessageUnread": f"Olá, {person.first_name}. Pedido de {person.email}",
        "ShippingEstimatedDate": None,
        "ShippingEstimatedDateMax": None,
        "ShippingEstimatedDateMin": None,
        "orderIsComplete": not order.incomplete,
        "listId": None,
        "listType": None,
        "authorizedDate": seconds(order.authorized_at),
        "callCenterOperatorName": None,
        "totalItems": units(order.lines),
        "currencyCode": "BRL",
        "hostname": account.name,
        "invoiceOutput": [package.number for package in order.packages] or None,
        "invoiceInput": None,
    }


def page(rows: list[dict[str, object]], total: int, number: int, per_page: int) -> dict[str, object]:
    pages = -(-total // per_page)
    return {
        "list": rows,
        "facets": [],
        "paging": {"total": total, "pages": pages, "currentPage": number, "perPage": per_page},
        "stats": {"stats": {"totalValue": _zeros(True), "totalItems": _zeros(True)}},
        "reportRecordsLimit": 100000,
    }


def _zeros(facets: bool) -> dict[str, object]:
    names = ("Count", "Max", "Mean", "Min", "Missing", "StdDev", "Sum", "SumOfSquares")
    inner: dict[str, object] | None = None
    if facets:
        inner = {
            "origin": {"Fulfillment": _zeros(False), "Marketplace": _zeros(False)},
            "currencyCode": {"BRL": _zeros(False)},
        }
    return {**dict.fromkeys(names, 0), "Facets": inner}
