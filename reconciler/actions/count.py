"""The arithmetic and the refusals of the count form. Pure: it takes what is known, and `now`.

total to send   = counted - picked            picked: acknowledged units that were counted but are not for
sale available after = total to send - units that stay reserved

Worked: total 10, reserved 5 (2 acknowledged, 2 confirmed, 1 authorised), all still to leave, counted 10:
picked 2, send 8, and VTEX drops the 2 acknowledged, so available is 8 - 3 = 5: the 10 on the shelf less the
5 still to leave.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from django.utils.dateparse import parse_datetime

from reconciler.actions import wording
from reconciler.actions.types import Hold
from reconciler.ids import encode

UNKNOWN = "unknown"
MOST = 2_000_000_000
_WHOLE = re.compile(r"[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True)
class Count:
    """What a person counted: `to_ship` holds the units by lock id that were counted but are not for sale."""

    counted: int
    counted_at: datetime
    to_ship: Mapping[str, int]

    @property
    def picked(self) -> int:
        return sum(self.to_ship.values())

    @property
    def to_send(self) -> int:
        return self.counted - self.picked


@dataclass(frozen=True)
class Seen:
    """A change that the mirror saw: `lock_id` is empty for a change of the total."""

    at: datetime
    lock_id: str = ""


def parse(
    entries: Mapping[str, str], asked: Iterable[Hold], *, now: datetime, zone: tzinfo
) -> tuple[Count | None, dict[str, str]]:
    """The count, or None with a sentence for each faulty field. An unanswered hold counts as its full
    quantity.
    """
    errors: dict[str, str] = {}
    counted = _counted(entries.get("counted", ""), errors)
    counted_at = _counted_at(entries.get("counted_at", ""), errors, now=now, zone=zone)
    to_ship = {hold.lock_id: _to_ship(entries, hold, errors) for hold in asked}
    if errors or counted is None or counted_at is None:
        return None, errors
    count = Count(counted, counted_at, to_ship)
    if count.to_send < 0:
        return None, {"counted": wording.entry("picked_above_counted", picked=count.picked)}
    return count, {}


def stays_reserved(*, reserved: int, listed: Mapping[str, int], released: Iterable[str]) -> int:
    """Units that VTEX still shows as reserved after it dropped the locks in `released`.

    `listed` holds the units by lock id. Units reserved beyond the list (KI-1220722) stay; a list that shows
    more than is reserved (U1) releases no more than there is.
    """
    drops = set(released)
    kept = sum(quantity for lock_id, quantity in listed.items() if lock_id not in drops)
    beyond = reserved - sum(listed.values())
    return kept + max(0, beyond)


def older_than(counted_at: datetime, seen: Iterable[Seen]) -> Seen | None:
    """The last change that the mirror saw after the count: sending the count would undo it."""
    later = [change for change in seen if change.at > counted_at]
    return max(later, key=lambda change: change.at, default=None)


def second_look(
    *, total: int, to_send: int, counted_at: datetime, watched_since: datetime
) -> tuple[str, ...]:
    """Why the form asks twice: codes for `wording.confirmation`."""
    codes = []
    if watched_since > counted_at:
        codes.append("not_watched")
    if 2 * abs(to_send - total) > abs(total):
        codes.append("moves_by_half")
    return tuple(codes)


def stamp(read_at: datetime, acknowledged: Iterable[datetime]) -> datetime:
    """When the list was read, just after the last acknowledgement that it showed.

    `read_at` is VTEX's Date header, which drops the fraction: the read lies within the second that it names.
    Without this, an acknowledgement in that very second would be later than the stamp, and the count would
    leave it.
    """
    after_last = max(acknowledged, default=read_at) + timedelta(milliseconds=1)
    return min(max(read_at, after_last), read_at + timedelta(seconds=1))


def changes_nothing(*, total: int, to_send: int, acknowledged: int) -> bool:
    """Whether VTEX would ignore the number silently (F6.4)."""
    return to_send == total and not acknowledged


def canonical(count: Count) -> dict[str, str]:
    """The entries in one spelling, as they are bound by the token and kept in the attempt."""
    answers = {f"to_ship:{lock_id}": str(units) for lock_id, units in sorted(count.to_ship.items())}
    return {"counted": str(count.counted), "counted_at": count.counted_at.isoformat(), **answers}


def is_answered(entries: Mapping[str, str], lock_id: str) -> bool:
    """Whether the form carried a field for this reservation at all."""
    return not {f"to_ship:{lock_id}", f"to_ship:{encode(lock_id)}"}.isdisjoint(entries)


def _counted(text: str, errors: dict[str, str]) -> int | None:
    number = _whole(text)
    if number is None or number > MOST:
        errors["counted"] = wording.entry("counted_whole")
        return None
    return number


def _counted_at(text: str, errors: dict[str, str], *, now: datetime, zone: tzinfo) -> datetime | None:
    moment = _moment(text, zone)
    if moment is None:
        errors["counted_at"] = wording.entry("counted_at_needed")
    elif moment > now:
        errors["counted_at"] = wording.entry("counted_at_future")
    return moment


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """None also for a moment that has no place in the UTC calendar."""
    try:
        moment = parse_datetime(text.strip())
        if moment and moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment if moment and moment.astimezone(UTC) else None
    except (ValueError, OverflowError):
        return None


def _to_ship(entries: Mapping[str, str], hold: Hold, errors: dict[str, str]) -> int:
    text = entries.get(hold.field, entries.get(f"to_ship:{encode(hold.lock_id)}", "")).strip()
    if hold.fixed_zero:
        if text not in ("", "0", UNKNOWN):
            errors[hold.field] = wording.entry("to_ship_zero")
        return 0
    if text in ("", UNKNOWN):
        return hold.quantity
    number = _whole(text)
    if number is None or number > hold.quantity:
        errors[hold.field] = wording.entry("to_ship_range", most=hold.quantity)
        return hold.quantity
    return number


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if _WHOLE.fullmatch(text) else None
