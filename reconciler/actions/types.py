"""What a preview shows: guards, holds, and before -> after for every pair an action touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from reconciler.ids import pair_subject
from reconciler.models import Order, Reservation, StockBalance, Verb

TotalFall = Literal["seen", "not_seen", "not_watched"]
"""Whether the mirror saw the total fall since the reservation was made. Evidence, never an answer."""


@dataclass(frozen=True)
class Guard:
    """Whether an action is open, and when not, why: `wording.refusal(code, params)` says it."""

    allowed: bool
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


ALLOWED = Guard(True)


def refuse(code: str, **params: Any) -> Guard:
    return Guard(False, code, params)


@dataclass(frozen=True)
class Hold:
    """The units one reservation holds in one pair.

    `status` is the list's string; `fixed_zero` marks an order that needs no goods any more (canceled,
    replaced); `released` marks a hold that an earlier count took off the list while its goods may still be
    in the house.
    """

    lock_id: str
    order_id: str
    order_status: str
    quantity: int
    acknowledged_at: datetime | None
    fixed_zero: bool = False
    status: str = ""
    released: bool = False

    @property
    def field(self) -> str:
        """Name of the count form's field that asks about this hold."""
        return f"to_ship:{self.lock_id}"


@dataclass(frozen=True)
class PairPreview:
    """One SKU in one warehouse, signed units. The *_after values are None until they can be told.

    `releases` are the holds the action frees; for a count, `keeps` stay reserved, of `partly` only some
    rows are acknowledged, `released_before` left the list earlier, and `asked` are all that the form asks
    about.
    """

    sku_id: str
    warehouse_id: str
    total_before: int
    reserved_before: int
    total_after: int | None
    reserved_after: int | None
    total_fall: TotalFall = "not_watched"
    total_fall_at: datetime | None = None
    releases: tuple[Hold, ...] = ()
    keeps: tuple[Hold, ...] = ()
    partly: tuple[Hold, ...] = ()
    released_before: tuple[Hold, ...] = ()
    list_read_at: datetime | None = None

    @property
    def available_before(self) -> int:
        return self.total_before - self.reserved_before

    @property
    def available_after(self) -> int | None:
        if self.total_after is None or self.reserved_after is None:
            return None
        return self.total_after - self.reserved_after

    @property
    def subject(self) -> str:
        return pair_subject(self.sku_id, self.warehouse_id)

    @property
    def question_field(self) -> str:
        """Name of the field that answers the question of design section 6 for this pair."""
        return f"still_in_total:{self.subject}"

    @property
    def asked(self) -> tuple[Hold, ...]:
        return self.releases + self.partly + self.released_before


@dataclass(frozen=True)
class Preview:
    """What an action would do, as VTEX stood at `read_at`. `token` is empty when it must not be confirmed.

    `confirm_text` not empty: `confirm` must be typed exactly so; else, when `confirm_needed`, it is ticked.
    `confirm_codes` say why it is asked (`wording.confirmation`); `warnings` are codes for `wording.warning`.
    """

    verb: Verb
    subject: str
    guard: Guard
    read_at: datetime
    cause: str = ""
    reservation: Reservation | None = None
    order: Order | None = None
    balance: StockBalance | None = None
    pairs: tuple[PairPreview, ...] = ()
    question_needed: bool = False
    confirm_needed: bool = False
    confirm_text: str = ""
    confirm_codes: tuple[str, ...] = ()
    token: str = ""
    warnings: tuple[str, ...] = ()
    entries: Mapping[str, str] = field(default_factory=dict)
    picked: int | None = None
    to_send: int | None = None
    is_check: bool = False
