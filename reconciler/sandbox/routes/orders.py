"""Reading orders (F3.4, F3.5, F3.8)."""

import re

from ..account import Account
from ..answers import Answer, RefusedError, oms_error
from ..clock import DAY, parse
from ..endpoint import Endpoint, Request
from ..shapes import document, order, order_list
from ..state import Order

MAX_PAGE = 30
MAX_PER_PAGE = 100
KEPT = 2 * 365 * DAY
"""Orders of the last two years are readable (F1)."""
WINDOW = re.compile(r"\w+:\[(\S+) TO (\S+)\]")


def find(account: Account, order_id: str) -> Order:
    """The order of this id, or of `seq` and a sequence. Raises RefusedError with 403 or 404."""
    found = account.orders.get(order_id)
    if found is None and order_id.startswith("seq"):
        found = next((one for one in account.orders.values() if one.sequence == order_id[3:]), None)
    if found is None or account.now - found.created > KEPT:
        raise RefusedError(oms_error(404, "OMS007", f"Order Not Found: {order_id}"))
    if found.forbidden:
        raise RefusedError(oms_error(403, "1", "Access denied"))
    return found


def get_order(account: Account, request: Request) -> Answer:
    return Answer(body=order.detail(account, find(account, request.args[0])))


def get_document(account: Account, request: Request) -> Answer:
    return Answer(body=document.document(account, find(account, request.args[0])))


def order_group(account: Account, request: Request) -> Answer:
    found = [one for one in account.orders.values() if one.group == request.args[0] and not one.forbidden]
    return Answer(body=[order.detail(account, one) for one in found])


def list_orders(account: Account, request: Request) -> Answer:
    number, per_page = request.number("page", 1), min(request.number("per_page", 15), MAX_PER_PAGE)
    if number > MAX_PAGE:
        raise RefusedError(oms_error(400, "OMS022", "The maximum number of pages is 30"))
    known_at = account.now - account.settings.index_lag_seconds
    windows = _windows(request.query, known_at)
    found = [one for one in account.orders.values() if _inside(one, windows)]
    rows = [row for row in _indexed(account, found, known_at) if _wanted(request.query, *row)]
    _sort(rows, request.query.get("orderBy", "creationDate,desc"))
    start = (number - 1) * per_page
    shown = [order_list.row(account, one, status) for one, status in rows[start : start + per_page]]
    return Answer(body=order_list.page(shown, len(rows), number, per_page))


def _sort(rows: list[tuple[Order, str | None]], order_by: str) -> None:
    name, _, direction = order_by.partition(",")
    if name == "orderId":
        rows.sort(key=lambda row: row[0].id, reverse=direction != "asc")
    else:
        rows.sort(key=lambda row: (row[0].created, row[0].id), reverse=direction != "asc")


def _indexed(account: Account, orders: list[Order], known_at: float) -> list[tuple[Order, str | None]]:
    """Orders and statuses as the index knew them a while ago."""
    found = []
    for one in orders:
        past = [status for status, at in one.history if at <= known_at]
        if past and not one.forbidden and account.now - one.created <= KEPT:
            found.append((one, past[-1]))
    return found


def _wanted(query: dict[str, str], one: Order, status: str | None) -> bool:
    if one.incomplete != (query.get("incompleteOrders", "").lower() == "true"):
        return False
    statuses = [name for name in query.get("f_status", "").split(",") if name]
    if statuses and status not in statuses:
        return False
    if query.get("q") and query["q"] not in (one.id, one.sequence, one.group):
        return False
    sku_id = query.get("sku_Ids") if query.get("searchField") == "sku_Ids" else None
    return sku_id is None or sku_id in [line.sku for line in one.lines]


DATES = {"f_creationDate": "created", "f_authorizedDate": "authorized_at", "f_invoicedDate": "invoiced_at"}
Windows = list[tuple[str, float, float]]


def _windows(query: dict[str, str], known_at: float) -> Windows:
    """The spans of time asked for; raises RefusedError for another form than `creationDate:[FROM TO TO]`."""
    found: Windows = []
    for name, attribute in DATES.items():
        if window := query.get(name):
            match = WINDOW.fullmatch(window)
            if match is None:
                raise RefusedError(oms_error(400, "OMS021", "Invalid date range"))
            found.append((attribute, parse(match[1]), min(parse(match[2]), known_at)))
    return found


def _inside(one: Order, windows: Windows) -> bool:
    for attribute, start, end in windows:
        moment = getattr(one, attribute)
        if moment is None or not start <= moment <= end:
            return False
    return True


ENDPOINTS = [
    Endpoint("list_orders", "GET", "api/oms/pvt/orders", "List Orders", list_orders),
    Endpoint("order_group", "GET", "api/oms/pvt/orders/order-group/{}", "View order", order_group),
    Endpoint("get_order", "GET", "api/oms/pvt/orders/{}", "View order", get_order),
    Endpoint("get_order_document", "GET", "api/orders/pvt/document/{}", "View order", get_document),
]
