"""Orders: one order (F3.5) and the order list (F3.4)."""

import msgspec

from reconciler.vtex.payloads.base import Payload, Rows
from reconciler.vtex.payloads.scalars import Cents, Count, Flag, Id, Moment, Text


class Component(Payload, frozen=True, kw_only=True, rename="camel"):
    """A part of a kit."""

    unique_id: Text = ""
    id: Text = ""
    quantity: Count = 0
    name: Text = ""
    ref_id: Text = ""


class OrderItem(Payload, frozen=True, kw_only=True, rename="camel"):
    """One line. `id` is the SKU; `lock_id` is "" where another account holds the stock (F3.1)."""

    id: Id
    quantity: Count
    unique_id: Text = ""
    lock_id: Text = ""
    seller: Text = ""
    name: Text = ""
    ref_id: Text = ""
    ean: Text = ""
    price: Cents = None
    image_url: Text = ""
    parent_item_index: Cents = None
    components: Rows[Component] = []
    index: int = 0
    """Position in `Order.items`, which deliveries and packages refer to as `item_index`."""


class KitItemDetail(Payload, frozen=True, kw_only=True, rename="camel"):
    item_id: Text = ""
    warehouse_id: Text = ""
    quantity: Cents = None


class Delivery(Payload, frozen=True, kw_only=True, rename="camel"):
    """Units of a line that leave from one warehouse; a line may be split over several."""

    warehouse_id: Text = ""
    dock_id: Text = ""
    quantity: Cents = None
    kit_item_details: Rows[KitItemDetail] = []


class Logistics(Payload, frozen=True, kw_only=True, rename="camel"):
    """How the line at `item_index` is delivered."""

    item_index: Count
    lock_ttl: Text = msgspec.field(default="", name="lockTTL")
    selected_sla: Text = ""
    delivery_ids: Rows[Delivery] = []


class ShippingData(Payload, frozen=True, kw_only=True, rename="camel"):
    """Only the logistics: the address beside it is personal."""

    logistics_info: Rows[Logistics] = []


class PackageItem(Payload, frozen=True, kw_only=True, rename="camel"):
    item_index: Count
    quantity: Count = 0


class Package(Payload, frozen=True, kw_only=True, rename="camel"):
    """An invoice: `type` is Output (sale) or Input (return)."""

    type: Text = ""
    issuance_date: Moment = None
    items: Rows[PackageItem] = []


class PackageAttachment(Payload, frozen=True, kw_only=True, rename="camel"):
    packages: Rows[Package] = []


class CancellationData(Payload, frozen=True, kw_only=True):
    """Both spellings that VTEX uses; the reason is free text and stays out."""

    camel: Moment = msgspec.field(default=None, name="cancellationDate")
    pascal: Moment = msgspec.field(default=None, name="CancellationDate")


class CurrencyFormat(Payload, frozen=True, kw_only=True, rename="pascal"):
    currency_decimal_digits: Cents = None
    currency_decimal_separator: Text = ""
    currency_group_separator: Text = ""
    currency_group_size: Cents = None
    starts_with_currency_symbol: Flag = False


class StorePreferences(Payload, frozen=True, kw_only=True, rename="camel"):
    currency_code: Text = ""
    currency_symbol: Text = ""
    currency_format_info: CurrencyFormat | None = None
    time_zone: Text = ""


class Order(Payload, frozen=True, kw_only=True, rename="camel"):
    """One order of one seller. Amounts in the currency's smallest unit; `status` as VTEX's, "" for null."""

    order_id: Id
    status: Text = ""
    sequence: Text = ""
    order_group: Text = ""
    seller_order_id: Text = ""
    marketplace_order_id: Text = ""
    origin: Text = ""
    affiliate_id: Text = ""
    sales_channel: Text = ""
    workflow_is_in_error: Flag = False
    is_completed: Flag = False
    allow_cancellation: Flag = False
    creation_date: Moment = None
    last_change: Moment = None
    authorized_date: Moment = None
    invoiced_date: Moment = None
    value: Cents = None
    items: Rows[OrderItem] = []
    cancellation_data: CancellationData | None = None
    shipping_data: ShippingData | None = None
    package_attachment: PackageAttachment | None = None
    store_preferences_data: StorePreferences | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for index, item in enumerate(self.items):
            msgspec.structs.force_setattr(item, "index", index)

    @property
    def cancellation_date(self) -> Moment:
        data = self.cancellation_data
        return (data.camel or data.pascal) if data else None

    @property
    def logistics(self) -> list[Logistics]:
        return self.shipping_data.logistics_info if self.shipping_data else []

    @property
    def packages(self) -> list[Package]:
        return self.package_attachment.packages if self.package_attachment else []

    @property
    def currency_code(self) -> str:
        return self.store_preferences_data.currency_code if self.store_preferences_data else ""

    @property
    def currency_format(self) -> CurrencyFormat | None:
        return self.store_preferences_data.currency_format_info if self.store_preferences_data else None

    @property
    def lock_ids(self) -> list[str]:
        """The reservations named by the lines, each once, in the order of the lines."""
        return list(dict.fromkeys(item.lock_id for item in self.items if item.lock_id))

    def deliveries(self, index: int) -> list[Delivery]:
        """Where the units of the line at `index` leave from."""
        return [part for row in self.logistics if row.item_index == index for part in row.delivery_ids]


class OrderSummary(Payload, frozen=True, kw_only=True, rename="camel"):
    """A row of the list. It may lag the order by minutes: it only says which order to read (F3.4)."""

    order_id: Id
    status: Text = ""
    sequence: Text = ""
    origin: Text = ""
    affiliate_id: Text = ""
    sales_channel: Text = ""
    marketplace_order_id: Text = msgspec.field(default="", name="marketPlaceOrderId")
    creation_date: Moment = None
    authorized_date: Moment = None
    total_value: Cents = None
    currency_code: Text = ""
    workflow_in_error_state: Flag = False
    workflow_in_retry: Flag = False
    order_is_complete: Flag = False


class OrderPaging(Payload, frozen=True, kw_only=True, rename="camel"):
    total: Count
    pages: Count
    current_page: Count = 1
    per_page: Count = 0


class OrderPage(Payload, frozen=True, kw_only=True):
    """One page of the list; `total` counts all pages."""

    rows: list[OrderSummary] = msgspec.field(name="list")
    paging: OrderPaging

    @property
    def total(self) -> int:
        return self.paging.total

    @property
    def pages(self) -> int:
        return self.paging.pages
