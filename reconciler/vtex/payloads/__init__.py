"""VTEX's answers, typed. Times are aware UTC or None, ids are strings, unknown fields are never decoded."""

from reconciler.vtex.payloads.base import Payload, decode
from reconciler.vtex.payloads.catalog import Sku
from reconciler.vtex.payloads.documents import OrderDocument, TimelineStep, WorkflowInstance
from reconciler.vtex.payloads.feeds import (
    EventFilter,
    FeedConfig,
    FeedItem,
    HookConfig,
    HookEvent,
    Origin,
)
from reconciler.vtex.payloads.orders import (
    CancellationData,
    Component,
    CurrencyFormat,
    Delivery,
    KitItemDetail,
    Logistics,
    Order,
    OrderItem,
    OrderPage,
    OrderSummary,
    Package,
    PackageItem,
)
from reconciler.vtex.payloads.reservations import (
    STATUS_NAMES,
    Reservation,
    ReservationItem,
    ReservationList,
    ReservationPage,
    SlaRequest,
)
from reconciler.vtex.payloads.scalars import Id
from reconciler.vtex.payloads.stock import Balance, SkuInventory, Warehouse
from reconciler.vtex.payloads.writes import WriteAnswer

__all__ = [
    "STATUS_NAMES",
    "Balance",
    "CancellationData",
    "Component",
    "CurrencyFormat",
    "Delivery",
    "EventFilter",
    "FeedConfig",
    "FeedItem",
    "HookConfig",
    "HookEvent",
    "Id",
    "KitItemDetail",
    "Logistics",
    "Order",
    "OrderDocument",
    "OrderItem",
    "OrderPage",
    "OrderSummary",
    "Origin",
    "Package",
    "PackageItem",
    "Payload",
    "Reservation",
    "ReservationItem",
    "ReservationList",
    "ReservationPage",
    "Sku",
    "SkuInventory",
    "SlaRequest",
    "TimelineStep",
    "Warehouse",
    "WorkflowInstance",
    "WriteAnswer",
    "decode",
]
