"""Inventory (F6.1, F6.2), warehouses (F8) and SKUs (F7)."""

from datetime import datetime

import msgspec

from reconciler.vtex import payloads, times
from reconciler.vtex.endpoints.base import Endpoints
from reconciler.vtex.limits import Family
from reconciler.vtex.request import Request, path

_INVENTORY = "/api/logistics/pvt/inventory/skus/{}"
_PAIR = "/api/logistics/pvt/inventory/skus/{}/warehouses/{}"
_SKU = "/api/catalog_system/pvt/sku"


class StockEndpoints(Endpoints):
    def get_inventory(self, sku_id: str) -> payloads.SkuInventory:
        """The SKU's balance in every warehouse, with VTEX's clock at the read."""
        request = Request(path(_INVENTORY, sku_id), Family.INVENTORY)
        inventory, answer = self._read(request, payloads.SkuInventory)
        return msgspec.structs.replace(inventory, server_date=answer.server_date)

    def list_warehouses(self) -> list[payloads.Warehouse]:
        request = Request("/api/logistics/pvt/configuration/warehouses", Family.WAREHOUSE)
        return self._read(request, list[payloads.Warehouse])[0]

    def list_sku_ids(self, page: int, page_size: int = 1000) -> list[str]:
        """One page of the account's SKU ids, from page 1; an empty page ends them."""
        query = {"page": str(page), "pagesize": str(page_size)}
        request = Request(f"{_SKU}/stockkeepingunitids", Family.SKU, query=query)
        return self._read(request, list[payloads.Id])[0]

    def get_sku(self, sku_id: str) -> payloads.Sku:
        request = Request(path(f"{_SKU}/stockkeepingunitbyid/{{}}", sku_id), Family.SKU)
        return self._read(request, payloads.Sku)[0]

    def patch_quantity(
        self, sku_id: str, warehouse_id: str, quantity: int, at: datetime
    ) -> payloads.WriteAnswer:
        """Set the pair's new total as of `at`; the lead time stays. MethodMissing where VTEX lacks PATCH."""
        target = path(f"{_PAIR}/quantity", sku_id, warehouse_id)
        return self._write("PATCH", target, Family.INVENTORY_UPDATE, _count(quantity, at))

    def put_inventory(
        self, sku_id: str, warehouse_id: str, quantity: int, lead_time: str, at: datetime
    ) -> payloads.WriteAnswer:
        """As `patch_quantity`, but replaces the lead time too: give the present one (F6.2)."""
        body = _count(quantity, at) | {"leadTime": lead_time}
        return self._write("PUT", path(_PAIR, sku_id, warehouse_id), Family.INVENTORY_UPDATE, body)


def _count(quantity: int, at: datetime) -> dict[str, object]:
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 0:
        raise ValueError("a count is a whole number, 0 or more")
    return {"quantity": quantity, "unlimitedQuantity": False, "dateUtcOnBalanceSystem": times.stamp(at)}
