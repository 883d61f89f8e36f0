"""What the account holds. Times are seconds since 1970 in UTC; ids are strings, compared exactly (F6.9)."""

from dataclasses import dataclass, field

NOT_COMMITTED, AUTHORIZED, CONFIRMED, ABORTED, EXPIRED, CANCELED = range(6)
"""Reservation status codes of the by-id endpoint (F5.1)."""


@dataclass
class Warehouse:
    id: str
    name: str
    dock: str
    active: bool = True


@dataclass
class Sku:
    id: str
    name: str
    price: int
    """Cents of BRL."""
    ean: str
    ref: str
    product: int
    kit: list[tuple[str, int]] = field(default_factory=list)
    """Component SKU ids with units per kit."""


@dataclass
class Pair:
    """One SKU in one warehouse: VTEX's numbers, and beside them the physical shelf."""

    sku: str
    warehouse: str
    total: int
    on_shelf: int
    unlimited: bool = False
    lead_time: str = "00:00:00"
    drift: int = 0
    """Units by which `reserved` is off without any lock (KI-991735); may be negative."""
    last_stamp: float | None = None
    lot: str | None = None
    answers: str = "ok"
    """`ok`, `too_many` or `dotnet`: what listing its reservations answers (F5.4, F6.1)."""
    erp: str = "good"
    counted_until: float | None = None
    """When its ERP stopped counting it; None while it still does."""
    restock_to: int = 0
    """The warehouse refills up to here when little is left; 0 is never."""


@dataclass
class LockItem:
    """Units of one SKU in one warehouse under one lock, with what became of the goods."""

    sku: str
    warehouse: str
    quantity: int
    holding: bool = True
    phantom: bool = False
    """Still in `reserved` though canceled and listed nowhere (KI-1220722)."""
    cleared_at: float | None = None
    """When a count removed it."""
    to_ship: int = 0
    left: int = 0
    back: int = 0
    lot: str | None = None
    kit_of: str | None = None


@dataclass
class Lock:
    id: str
    order_id: str | None
    """The order it was made for; None for a lock that a connector made (F3.1)."""
    created: float
    max_confirmation: float
    status: int = AUTHORIZED
    authorized_at: float | None = None
    confirmed_at: float | None = None
    acknowledged_at: float | None = None
    canceled_at: float | None = None
    updated: float = 0.0
    items: list[LockItem] = field(default_factory=list)
    superseded: bool = False
    """The order was given another lock and this one was forgotten."""
    outlives_expiry: bool = False
    """VTEX forgets to expire it, planned by the scenario."""

    @property
    def active(self) -> bool:
        return self.status in (AUTHORIZED, CONFIRMED)


@dataclass
class Instance:
    """One workflow of an order: `Marketplace` or `Fulfillment` (F3.3)."""

    name: str
    created: float
    step: str = ""
    last_change: float = 0.0
    in_error: bool = False
    timeline: list[tuple[str, float]] = field(default_factory=list)


@dataclass
class Line:
    sku: str
    quantity: int
    price: int
    seller: str = "1"
    lock_id: str | None = None
    deliveries: list[tuple[str, int]] = field(default_factory=list)
    """(warehouse id, units); several when one line ships from several warehouses."""
    gift: bool = False


@dataclass
class Package:
    number: str
    issued: float
    items: list[tuple[int, int]]
    """(line index, units)."""


@dataclass
class Order:
    id: str
    group: str
    sequence: str
    seller_order_id: str
    created: float
    origin: str = "Marketplace"
    affiliate: str = ""
    status: str | None = None
    """None while incomplete (F3.2)."""
    last_change: float = 0.0
    history: list[tuple[str | None, float]] = field(default_factory=list)
    authorized_at: float | None = None
    invoiced_at: float | None = None
    canceled_at: float | None = None
    incomplete: bool = False
    in_error: bool = False
    forbidden: bool = False
    """Reading it is answered 403 (another seller's view)."""
    lines: list[Line] = field(default_factory=list)
    instances: list[Instance] = field(default_factory=list)
    packages: list[Package] = field(default_factory=list)
    locks: list[str] = field(default_factory=list)
    fate: str = "normal"
    erp: str = "good"
    hangs_since: float | None = None
    """Since when VTEX's own flow hangs, where the scenario made it hang."""
    shipped_at: float | None = None
    replaced_by: str | None = None
    pick_at: float | None = None
    ship_at: float | None = None
    end_at: float | None = None
    """When the ERP picks it up, ships it, or it is canceled, where the scenario fixes the time."""


@dataclass
class Event:
    """Something that will happen at `due`; the agenda runs them in order of time."""

    due: float
    number: int
    kind: str
    subject: str
    detail: str = ""
