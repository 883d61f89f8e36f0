"""Stock of one SKU in every warehouse (F6.1), and warehouses (F8)."""

from datetime import datetime

import msgspec

from reconciler.vtex.payloads.base import Payload
from reconciler.vtex.payloads.scalars import Count, Flag, Id, Text


class Balance(Payload, frozen=True, kw_only=True, rename="camel"):
    """Stock of the SKU in one warehouse. Numbers are signed (KI-991735), `lead_time` is VTEX's text."""

    warehouse_id: Id
    total_quantity: Count
    reserved_quantity: Count
    warehouse_name: Text = ""
    unlimited: Flag = msgspec.field(default=False, name="hasUnlimitedQuantity")
    lead_time: Text = ""

    @property
    def available_quantity(self) -> int:
        return self.total_quantity - self.reserved_quantity


class SkuInventory(Payload, frozen=True, kw_only=True, rename="camel"):
    """Balances of a SKU. `server_date` is VTEX's clock at the read, None when it did not say."""

    sku_id: Id
    balances: list[Balance] = msgspec.field(name="balance")
    server_date: datetime | None = None

    def balance_in(self, warehouse_id: str) -> Balance | None:
        """The balance in exactly that warehouse: ids are case-sensitive (F6.9)."""
        return next((row for row in self.balances if row.warehouse_id == warehouse_id), None)


class Warehouse(Payload, frozen=True, kw_only=True, rename="camel"):
    id: Id
    name: Text = ""
    is_active: Flag = True
