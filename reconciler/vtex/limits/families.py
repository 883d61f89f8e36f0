"""Who is asking, and for what: the two things the limiter decides by."""

from enum import IntEnum, StrEnum


class Priority(IntEnum):
    """The most urgent first. Some of the budget is kept for those at the top."""

    STAFF = 0
    PREVIEW = 1
    FEED = 2
    BACKFILL = 3
    SWEEP = 4


class Host(StrEnum):
    """VTEX services that limit apart from each other; a 429 pauses the whole host family (F2)."""

    ORDERS = "orders"
    LOGISTICS = "logistics"
    CATALOG = "catalog"


class Family(StrEnum):
    """Endpoints that fail together; each has a breaker of its own."""

    ORDER = "order"
    ORDER_DOCUMENT = "order-document"
    ORDER_LIST = "order-list"
    ORDER_ACTION = "order-action"
    FEED = "order-feed"
    RESERVATION = "reservation"
    RESERVATION_LIST = "reservation-list"
    RESERVATION_ACTION = "reservation-action"
    INVENTORY = "inventory"
    INVENTORY_UPDATE = "inventory-update"
    WAREHOUSE = "warehouse"
    SKU = "sku"

    @property
    def host(self) -> Host:
        if self is Family.SKU:
            return Host.CATALOG
        return Host.ORDERS if self.value.startswith("order") else Host.LOGISTICS
