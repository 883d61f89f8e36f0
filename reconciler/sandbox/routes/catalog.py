"""SKUs and warehouses (F7, F8)."""

from ..account import Account
from ..answers import Answer, RefusedError, message_error
from ..endpoint import Endpoint, Request
from ..shapes import inventory

SKU = "api/catalog_system/pvt/sku"
WAREHOUSES = "api/logistics/pvt/configuration/warehouses"
MAX_PAGE_SIZE = 1000


def list_sku_ids(account: Account, request: Request) -> Answer:
    """Both parameters are required; past the end comes an empty page."""
    if "page" not in request.query or "pagesize" not in request.query:
        raise RefusedError(message_error(400, "page and pagesize are required"))
    size = min(request.number("pagesize", MAX_PAGE_SIZE), MAX_PAGE_SIZE)
    start = (request.number("page", 1) - 1) * size
    return Answer(body=[inventory.listed_id(sku_id) for sku_id in list(account.skus)[start : start + size]])


def get_sku(account: Account, request: Request) -> Answer:
    sku = account.skus.get(request.args[0])
    if sku is None:
        raise RefusedError(message_error(404, "SKU not found"))
    return Answer(body=inventory.sku(account, sku))


def list_warehouses(account: Account, request: Request) -> Answer:
    return Answer(body=[inventory.warehouse(one) for one in account.warehouses.values()])


def get_warehouse(account: Account, request: Request) -> Answer:
    found = account.warehouses.get(request.args[0])
    if found is None:
        raise RefusedError(message_error(404, "Warehouse not found"))
    return Answer(body=inventory.warehouse(found))


ENDPOINTS = [
    Endpoint("list_sku_ids", "GET", f"{SKU}/stockkeepingunitids", "SKUs", list_sku_ids),
    Endpoint("get_sku", "GET", f"{SKU}/stockkeepingunitbyid/{{}}", "SKUs", get_sku),
    Endpoint("list_warehouses", "GET", WAREHOUSES, "Logistics viewer", list_warehouses),
    Endpoint("get_warehouse", "GET", f"{WAREHOUSES}/{{}}", "Logistics viewer", get_warehouse),
]
