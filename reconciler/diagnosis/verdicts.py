"""What the rules say: a cause, its evidence, since when, when it is due, and the remedy. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reconciler.diagnosis.facts import Pair

Scalar = str | int | None


class Cause(StrEnum):
    """Codes of the table, in order of precedence (design section 6)."""

    WORKFLOW_STUCK = "workflow_stuck"
    ORDER_CANCELED = "order_canceled"
    HANDLING_SKIPPED = "handling_skipped"
    COUNT_NOT_UPDATED = "count_not_updated"
    AUTHORIZATION_EXPIRED = "authorization_expired"
    ORDER_MISSING = "order_missing"
    LOCK_SUPERSEDED = "lock_superseded"
    CANCEL_INCOMPLETE = "cancel_incomplete"
    BALANCE_MISMATCH = "balance_mismatch"
    HANDLING_OVERDUE = "handling_overdue"
    HANDLING_ABANDONED = "handling_abandoned"
    COULD_NOT_TELL = "could_not_tell"


class Remedy(StrEnum):
    """What to do, as `stuck --format json` names it (design section 9)."""

    TICKET = "ticket"
    CANCEL_RESERVATION = "cancel_reservation"
    UPDATE_COUNT = "update_count"
    COUNT_THEN_CANCEL = "count_then_cancel"
    ACKNOWLEDGE_THEN_COUNT = "acknowledge_then_count"
    WAIT = "wait"
    MANUAL_REVIEW = "manual_review"
    START_HANDLING = "start_handling"


class ValueKind(StrEnum):
    """How the units of a verdict count in the totals."""

    HELD = "held"
    AT_RISK = "at_risk"
    TO_CHECK = "to_check"
    NONE = "none"


class Source(StrEnum):
    """Where a piece of evidence was read."""

    ORDER_DETAIL = "order_detail"
    ORDER_DOCUMENT = "order_document"
    ORDER_FEED = "order_feed"
    ORDER_LOOKUP = "order_lookup"
    WAREHOUSE_LIST = "warehouse_list"
    RESERVATION = "reservation"
    BALANCE = "balance"
    MIRROR = "mirror"


class Reason(StrEnum):
    """Why a verdict is "could not tell", besides the reasons why an order is unreadable."""

    UNKNOWN_STATUS = "unknown_status"
    LIST_EXCEEDS_RESERVED = "list_exceeds_reserved"
    PARTLY_ACKNOWLEDGED = "partly_acknowledged"
    LIST_UNREADABLE = "list_unreadable"
    TOO_MANY_RESERVATIONS = "too_many_reservations"
    UNLISTED_ELSEWHERE = "unlisted_elsewhere"
    UNKNOWN_STATUS_UNITS = "unknown_status_units"
    LISTS_SHOW_CLEARED = "lists_show_cleared"
    CANCEL_NOT_PROVEN = "cancel_not_proven"
    DIFFERENCE_OLDER = "difference_older"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact: its kind (a sentence in `wording`), when it was so or was read, and where."""

    kind: str
    at: datetime | None
    source: Source
    params: tuple[tuple[str, Scalar], ...] = ()


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Why a cause that looks alike does not apply."""

    cause: Cause
    kind: str


@dataclass(frozen=True, slots=True)
class HeldItem:
    """Units of one pair under a verdict, with their own times: pairs are read one by one.

    `read_at` is the read that decides; `confirmed`: it was made at or after `due_at`.
    """

    sku: str
    warehouse: str
    quantity: int
    since: datetime | None
    due_at: datetime | None
    read_at: datetime
    confirmed: bool

    @property
    def pair(self) -> Pair:
        return self.sku, self.warehouse


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cause on one lock (or, with `lock_id` None, on one balance)."""

    cause: Cause
    remedy: Remedy
    lock_id: str | None
    items: tuple[HeldItem, ...]
    since: datetime | None
    due_at: datetime | None
    read_at: datetime
    confirmed: bool
    evidence: tuple[Evidence, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    value_kind: ValueKind = ValueKind.NONE
    reason: str = ""
    order_id: str | None = None
    order_status: str | None = None
    pair: Pair | None = None

    @property
    def held(self) -> tuple[HeldItem, ...]:
        """The items the verdict may speak of: the confirmed ones once there are any."""
        return tuple(item for item in self.items if item.confirmed) or self.items

    @property
    def units(self) -> int:
        return sum(item.quantity for item in self.held)
