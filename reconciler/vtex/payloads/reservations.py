"""Reservations: by id, and the list of one warehouse and SKU (F5.1, F5.4)."""

from datetime import datetime

import msgspec

from reconciler.vtex.payloads.base import Payload, Rows
from reconciler.vtex.payloads.scalars import Count, Flag, Id, Moment, Text

STATUS_NAMES = {
    0: "NotCommitted",
    1: "Authorized",
    2: "Confirmed",
    3: "Canceled_AbortedCommitted",
    4: "Canceled_AuthorizationExpired",
    5: "Canceled_Manually",
}
_STATUS_CODES = {name: code for code, name in STATUS_NAMES.items()}


class KitPart(Payload, frozen=True, kw_only=True, rename="camel"):
    id: Text = ""
    quantity: Count = 0


class SlaItem(Payload, frozen=True, kw_only=True, rename="camel"):
    id: Id
    quantity: Count
    unlimited_quantity: Flag = False
    dock_id: Text = ""
    warehouse_id: Text = ""
    ware_house_id: Text = ""
    kit_item: Rows[KitPart] = []


class SlaRequest(Payload, frozen=True, kw_only=True, rename="camel"):
    """One reserved item of a lock. VTEX spells the warehouse's id in several ways and places."""

    item: SlaItem
    ware_house_id: Text = ""
    warehouse: Text = msgspec.field(default="", name="warehouseId")
    dock_id: Text = ""
    supply_lot_id: Text = ""
    is_external: Flag = False

    @property
    def sku_id(self) -> str:
        return self.item.id

    @property
    def quantity(self) -> int:
        return self.item.quantity

    @property
    def warehouse_id(self) -> str:
        """Empty when VTEX names none."""
        return self.ware_house_id or self.warehouse or self.item.warehouse_id or self.item.ware_house_id


class Reservation(Payload, frozen=True, kw_only=True, rename="pascal"):
    """One lock by its id. Status 2 does not prove that it still holds stock: only the list does (F5.4)."""

    lock_id: Id
    raw_status: Text = msgspec.field(name="Status")
    sales_channel: Text = ""
    items: Rows[SlaRequest] = msgspec.field(default_factory=list, name="SlaRequest")
    last_update_date: Moment = msgspec.field(default=None, name="LastUpdateDateUtc")
    reservation_date: Moment = msgspec.field(default=None, name="ReservationDateUtc")
    maximum_confirmation_date: Moment = msgspec.field(default=None, name="MaximumConfirmationDateUtc")
    authorized_date: Moment = msgspec.field(default=None, name="AuthorizedDateUtc")
    confirmed_date: Moment = msgspec.field(default=None, name="ConfirmedDateUtc")
    canceled_date: Moment = msgspec.field(default=None, name="CanceledDateUtc")

    @property
    def status_code(self) -> int | None:
        """VTEX's number; None for a name that has none."""
        if self.raw_status.lstrip("-").isdecimal():
            return int(self.raw_status)
        return _STATUS_CODES.get(self.raw_status)

    @property
    def status(self) -> str:
        """VTEX's name of the status; an unknown number as it came."""
        code = self.status_code
        return self.raw_status if code is None else STATUS_NAMES.get(code, self.raw_status)


class ReservationItem(Payload, frozen=True, kw_only=True, rename="pascal"):
    """Units of one SKU in one warehouse that a lock holds. `status` is VTEX's string, kept as it is (U1).

    `acknowledged_at` must be in the answer: a missing one taken for "not yet" could sell goods twice.
    """

    lock_id: Id
    quantity: Count
    acknowledged_at: Moment = msgspec.field(name="DateUtcAcknowledgedOnBalanceSystem")
    sku_id: Text = msgspec.field(default="", name="ItemId")
    status: Text = ""
    internal_status: Text = ""
    sales_channel: Text = ""
    reservation_date: Moment = msgspec.field(default=None, name="ReservationDateUtc")
    maximum_confirmation_date: Moment = msgspec.field(default=None, name="MaximumConfirmationDateUtc")
    confirmed_date: Moment = msgspec.field(default=None, name="ConfirmedDateUtc")


class ReservationPaging(Payload, frozen=True, kw_only=True, rename="camel"):
    total: Count
    pages: Count
    page: Count = 1
    per_page: Count = 0


class ReservationPage(Payload, frozen=True, kw_only=True):
    """One page of a pair's list; `pages` may be 0 when the list is empty."""

    items: list[ReservationItem]
    paging: ReservationPaging

    @property
    def total(self) -> int:
        return self.paging.total

    @property
    def pages(self) -> int:
        return self.paging.pages


class ReservationList(Payload, frozen=True, kw_only=True):
    """All pages of a pair's list.

    complete: the total never changed while reading and every row was seen exactly once; otherwise nothing may
    be concluded from a lock's absence.
    server_date: VTEX's clock at the first page; None when it did not say.
    """

    items: list[ReservationItem]
    total: int
    complete: bool
    server_date: datetime | None = None
