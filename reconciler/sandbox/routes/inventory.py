"""Balances and counts (F6.1, F6.2)."""

from datetime import datetime
from typing import Any

from .. import stock
from ..account import Account
from ..answers import Answer, RefusedError, message_error, nothing, too_many_reservations
from ..clock import parse
from ..endpoint import Endpoint, Request
from ..shapes import inventory
from ..state import Pair

BASE = "api/logistics/pvt/inventory"


def _pair(account: Account, sku: str, warehouse: str) -> Pair:
    pair = account.pairs.get((sku, warehouse))
    if pair is None:
        raise RefusedError(message_error(404, "Item not found in warehouse"))
    return pair


def get_inventory(account: Account, request: Request) -> Answer:
    if request.args[0] not in account.skus:
        raise RefusedError(message_error(404, "SKU not found"))
    return Answer(body=inventory.balances(account, request.args[0]))


def get_item(account: Account, request: Request) -> Answer:
    return Answer(body=inventory.item_rows(account, _pair(account, *request.args)))


def dispatched(account: Account, request: Request) -> Answer:
    pair = _pair(account, *request.args)
    rows = stock.holding(account, pair)
    if pair.answers == "too_many" or len(rows) > account.settings.max_active_reservations:
        raise RefusedError(too_many_reservations())
    return Answer(body=inventory.dispatched(account, pair))


def supply_lots(account: Account, request: Request) -> Answer:
    return Answer(body=inventory.lots(account, _pair(account, *request.args)))


def put_inventory(account: Account, request: Request) -> Answer:
    """Full replacement: what is left out becomes 0, false and no lead time."""
    pair, body = _pair(account, *request.args), request.body()
    _count(account, pair, body)
    pair.lead_time = str(body.get("leadTime") or "00:00:00")
    return Answer(200, True)


def patch_quantity(account: Account, request: Request) -> Answer:
    _count(account, _pair(account, *request.args), request.body())
    return nothing(204)


def patch_lead_time(account: Account, request: Request) -> Answer:
    lead_time = request.body().get("leadTime")
    if not isinstance(lead_time, str):
        raise RefusedError(message_error(400, "leadTime is required"))
    _pair(account, *request.args).lead_time = lead_time
    return nothing(204)


def _count(account: Account, pair: Pair, body: dict[str, Any]) -> None:
    quantity, unlimited = body.get("quantity") or 0, body.get("unlimitedQuantity") or False
    if (
        not isinstance(quantity, int)
        or isinstance(quantity, bool)
        or quantity < 0
        or not isinstance(unlimited, bool)
    ):
        raise RefusedError(message_error(400, "quantity is invalid"))
    stock.count(account, pair, quantity, unlimited, _stamp(account, body.get("dateUtcOnBalanceSystem")))


def _stamp(account: Account, text: object) -> stock.Stamp:
    """Null or empty is now; without offset it is UTC, unless U6 says store time (F6.3)."""
    if text in (None, ""):
        return stock.Stamp(account.now)
    try:
        return stock.Stamp(parse(str(text)), naive=datetime.fromisoformat(str(text)).tzinfo is None)
    except ValueError:
        raise RefusedError(message_error(400, "dateUtcOnBalanceSystem is invalid")) from None


READ, WRITE = "Logistics inventory read only", "Logistics inventory full access"
ITEM = f"{BASE}/items/{{}}/warehouses/{{}}"
ROW = f"{BASE}/skus/{{}}/warehouses/{{}}"
ENDPOINTS = [
    Endpoint("get_inventory", "GET", f"{BASE}/skus/{{}}", READ, get_inventory),
    Endpoint("get_item_inventory", "GET", ITEM, READ, get_item),
    Endpoint("dispatched", "GET", f"{ITEM}/dispatched", READ, dispatched),
    Endpoint("supply_lots", "GET", f"{ITEM}/supplyLots", READ, supply_lots),
    Endpoint("put_inventory", "PUT", ROW, WRITE, put_inventory),
    Endpoint("patch_quantity", "PATCH", f"{ROW}/quantity", WRITE, patch_quantity),
    Endpoint("patch_lead_time", "PATCH", f"{ROW}/lead-time", WRITE, patch_lead_time),
]
