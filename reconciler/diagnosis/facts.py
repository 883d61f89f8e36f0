"""What the rules know: plain values read from VTEX, each with the time it was read. No Django.

Times are aware UTC. `None` means VTEX gave no value (year 0001 is `None` already). Units are signed integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

Pair = tuple[str, str]
"""(SKU id, warehouse id), compared exactly (F6.9)."""

AUTHORIZED = "Authorized"
CONFIRMED = "Confirmed"
HOLDING = frozenset({AUTHORIZED, CONFIRMED})
"""The only item statuses known to hold stock; any other string is "could not tell" (U1)."""

ABORTED_COMMITTED = 3
"""By-id status of a cancel that may have left its units reserved (F5.1, KI-1220722)."""
BY_ID_CONFIRMED = 2

TRANSIENT = frozenset({"order-created", "start-handling", "invoice", "cancel"})
"""Statuses that VTEX passes through by itself, starred in F3.2."""
CANCELED = frozenset({"canceled", "replaced"})
INVOICED = "invoiced"
FINISHED = CANCELED | {INVOICED}
READY_FOR_HANDLING = "ready-for-handling"
IN_HANDLING = frozenset({"handling", "ready-for-invoicing"})
HANDLING_STEPS = frozenset({"start-handling", "handling"})

TWO_YEARS = timedelta(days=730)
"""VTEX shows no order older than this (F1): a 404 beyond it proves nothing."""
BACKFILL_MARGIN = timedelta(days=2)
CLOCKS_APART = timedelta(minutes=10)
"""VTEX's clock and ours differ by no more, where a time of one is compared with one of the other."""


class EventSource(StrEnum):
    DOCUMENT = "document"
    FEED = "feed"
    DETAIL = "detail"


class ListState(StrEnum):
    """What the last attempt to list a pair's reservations gave."""

    NOT_READ = "not_read"
    OK = "ok"
    TOO_MANY = "too_many"
    ERROR = "error"
    UNSTABLE = "unstable"
    FORBIDDEN = "forbidden"


class Unreadable(StrEnum):
    """Why nothing certain is known of the order behind a lock."""

    NOT_SYNCED = "not_synced"
    FORBIDDEN = "forbidden"
    TOO_OLD = "too_old"
    TOO_YOUNG = "too_young"
    OUTSIDE_BACKFILL = "outside_backfill"
    LOOKUP_INCOMPLETE = "lookup_incomplete"
    CONFLICTING = "conflicting"
    UNLINKED = "unlinked"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class ItemFact:
    """Units of one SKU in one warehouse that a lock holds, as its pair's list last showed them (F5.4).

    `read_at` is the last complete list read that showed it. `partly_acknowledged`: only some rows were.
    """

    sku: str
    warehouse: str
    quantity: int
    status: str
    first_seen_at: datetime
    read_at: datetime
    acknowledged_at: datetime | None = None
    partly_acknowledged: bool = False
    listed: bool = True
    supply_lot: bool = False

    @property
    def pair(self) -> Pair:
        return self.sku, self.warehouse

    @property
    def touched_by_handling(self) -> bool:
        return self.acknowledged_at is not None or self.partly_acknowledged


@dataclass(frozen=True, slots=True)
class RequestedLine:
    """One line of the by-id read (SlaRequest, F5.4): proves nothing about holding."""

    sku: str
    warehouse: str
    quantity: int
    supply_lot: bool = False

    @property
    def pair(self) -> Pair:
        return self.sku, self.warehouse


@dataclass(frozen=True, slots=True)
class ReservationFacts:
    """One lock: its items (gone ones too), its dates, and what the by-id read said and when."""

    lock_id: str
    items: tuple[ItemFact, ...] = ()
    requested: tuple[RequestedLine, ...] = ()
    reserved_at: datetime | None = None
    confirmed_at: datetime | None = None
    maximum_confirmation_at: datetime | None = None
    canceled_at: datetime | None = None
    by_id_status: int | None = None
    by_id_read_at: datetime | None = None

    @property
    def listed(self) -> tuple[ItemFact, ...]:
        return tuple(item for item in self.items if item.listed)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an order's history (F3.8)."""

    instance: str
    step: str
    at: datetime
    source: EventSource = EventSource.DOCUMENT
    first_seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Instance:
    """Where one workflow instance stood when the order document was read."""

    name: str
    step: str
    last_change_at: datetime | None
    read_at: datetime
    in_error: bool = False


@dataclass(frozen=True, slots=True)
class OrderLine:
    sku: str
    quantity: int
    lock_id: str = ""
    """Empty when another account fulfils (F3.1)."""


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One order as its detail was last read; `history_read_at` is the last read of its document, if any."""

    order_id: str
    status: str
    read_at: datetime
    first_seen_at: datetime
    workflow_in_error: bool = False
    instances: tuple[Instance, ...] = ()
    history: tuple[Step, ...] = ()
    history_read_at: datetime | None = None
    created_at: datetime | None = None
    last_change_at: datetime | None = None
    invoiced_at: datetime | None = None
    canceled_at: datetime | None = None
    lines: tuple[OrderLine, ...] = ()

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    @property
    def lock_ids(self) -> frozenset[str]:
        return frozenset(line.lock_id for line in self.lines if line.lock_id)

    @property
    def history_is_current(self) -> bool:
        """Whether the document was read after the order last changed; an older one may be overtaken."""
        if self.history_read_at is None:
            return False
        return self.last_change_at is None or self.last_change_at <= self.history_read_at


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt to find the order of a lock: the id asked for and the answer ("404", "403", "200")."""

    key: str
    answer: str


@dataclass(frozen=True, slots=True)
class Found:
    """The order that carries the lock in `items[].lockId`: the only proof of the link (F3.1)."""

    order: OrderFacts


@dataclass(frozen=True, slots=True)
class Renamed:
    """The order of that name is readable, but no line of it carries the lock.

    `successor_reserved_at`: when the lock that the order carries now was reserved, if the mirror knows it.
    """

    order: OrderFacts
    successor_reserved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotFound:
    """No order was found. Whether that means *missing* is for the rules to say.

    `covered`: spans of creation dates whose orders, incomplete ones included, were all listed.
    `unread_orders`: creation dates of mirrored orders whose detail was never read.
    """

    tried: tuple[Tried, ...] = ()
    looked_at: datetime | None = None
    covered: tuple[tuple[datetime, datetime], ...] = ()
    unread_orders: tuple[datetime | None, ...] = ()


@dataclass(frozen=True, slots=True)
class NotReadable:
    """Something stands between us and the order; the order may well exist."""

    reason: Unreadable
    order_id: str | None = None
    tried: tuple[Tried, ...] = ()
    looked_at: datetime | None = None


OrderLookup = Found | Renamed | NotFound | NotReadable


@dataclass(frozen=True, slots=True)
class TotalChange:
    """The total was seen changed; it changed between `previous_read_at` and `at`."""

    at: datetime
    before: int
    after: int
    previous_read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Phantom:
    """A lock whose by-id status is exactly 3 and that no list shows: a candidate for `cancel_incomplete`.

    `credible`: it was canceled, as far as one can see. Undated, once acknowledged, or with
    an invoiced order a count may as well have cleared it (U3): a candidate, but no explanation.
    A cancel in good order may leave the same status behind (F5.1): what was left over before the lock was
    reserved, or canceled, is not of its cancel.
    """

    lock_id: str
    quantities: tuple[tuple[Pair, int], ...]
    credible: bool = True
    reserved_at: datetime | None = None
    canceled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PairFacts:
    """One SKU in one warehouse: the balance, and what its list gave beside it.

    *Bracketed* is a complete list read with the same balance before and after. `mismatch_units` = reserved
    minus the listed Authorized and Confirmed units at `bracketed_at`; negative: the list shows more than
    holds. `mismatch_since` is the first bracketed read in a row with this same difference.
    `other_status_units`: listed units of any other Status. `elsewhere`: a lock listed in another pair may
    hold units here that this list does not show (U12). `masked`: the lists of this store show what counts
    have cleared, and a phantom may make up for it here, so that the sum agrees by chance (U1).
    """

    sku: str
    warehouse: str
    total: int
    reserved: int
    balance_read_at: datetime
    unlimited: bool = False
    list_state: ListState = ListState.NOT_READ
    list_read_at: datetime | None = None
    list_tried_at: datetime | None = None
    bracketed_at: datetime | None = None
    mismatch_units: int = 0
    mismatch_since: datetime | None = None
    other_status_units: int = 0
    elsewhere: bool = False
    masked: bool = False
    phantoms: tuple[Phantom, ...] = ()
    changes: tuple[TotalChange, ...] = ()
    watched_since: datetime | None = None

    @property
    def pair(self) -> Pair:
        return self.sku, self.warehouse

    @property
    def list_exceeds_reserved(self) -> bool:
        return self.bracketed_at is not None and self.mismatch_units < 0
