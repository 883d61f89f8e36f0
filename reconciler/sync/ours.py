"""What our own writes explain of what changed between two reads, so that nobody else is blamed for it.

A change lies between two reads, a write between its start and its end: where these overlap, the write may be
its cause. Whoever reads first, a background read included, finds the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from reconciler.ids import pair_subject
from reconciler.models import Attempt, Outcome, ReservationItem, StockChange, Verb, VtexAccount

Pair = tuple[str, str]


class Ours:
    """Our writes to some subjects, newest first."""

    def __init__(self, attempts: Iterable[Attempt]) -> None:
        self._by_subject: dict[str, list[Attempt]] = {}
        for attempt in attempts:
            self._by_subject.setdefault(attempt.subject, []).append(attempt)

    def released(self, item: ReservationItem, since: datetime) -> Attempt | None:
        """Who took the item from its list after `since`: a cancel of its lock, or a count of its pair."""
        cancels = self._written(item.reservation.lock_id, Verb.CANCEL, since)
        counts = self._written(named((item.sku_id, item.warehouse_id)), Verb.COUNT, since)
        return next(iter([*cancels, *(each for each in counts if _drops(each, item))]), None)

    def counted(self, change: StockChange, pair: Pair) -> Attempt | None:
        """Whose count the new total is. Another number than was sent is somebody else's."""
        counts = self._written(named(pair), Verb.COUNT, change.previous_read_at or change.at)
        return next((each for each in counts if _sent(each, "quantity", change.total_after)), None)

    def _written(self, subject: str, verb: Verb, since: datetime) -> list[Attempt]:
        found = self._by_subject.get(subject, ())
        return [a for a in found if a.verb == verb and not (a.finished_at and a.finished_at < since)]


def to(account: VtexAccount | int, *, lock_ids: Collection[str] = (), pairs: Collection[Pair] = ()) -> Ours:
    """Our writes to these, unless VTEX refused them or they never left; one query.

    One that was not seen to apply stays: its effect may come late.
    """
    subjects = {*lock_ids, *(named(pair) for pair in pairs)} - {""}
    sent = Attempt.objects.filter(account=account, subject__in=subjects, send_started_at__isnull=False)
    sent = sent.exclude(outcome__in=[Outcome.FAILED, Outcome.NOT_SENT])
    return Ours(sent.order_by("-send_started_at", "-pk"))


def explain(account: VtexAccount, changes: Iterable[StockChange]) -> None:
    """Sets whose count each new total is, None for nobody's of ours; asks nothing when no total moved."""
    moved = [change for change in changes if change.total_before != change.total_after]
    if not moved:
        return
    pairs = [(change.balance.sku_id, change.balance.warehouse_id) for change in moved]
    mine = to(account, pairs=pairs)
    for change, pair in zip(moved, pairs, strict=True):
        change.attempt = mine.counted(change, pair)


def named(pair: Pair) -> str:
    """The subject of a pair; empty for one that no attempt can name."""
    try:
        return pair_subject(*pair)
    except ValueError:
        return ""


def _drops(count: Attempt, item: ReservationItem) -> bool:
    """A count drops what was acknowledged by the time it is stamped with (F6.4, U6)."""
    stamp = (count.sent or {}).get("at")
    return item.acknowledged_at is not None and (
        stamp is None or item.acknowledged_at <= datetime.fromisoformat(stamp)
    )


def _sent(count: Attempt, name: str, value: int) -> bool:
    return (count.sent or {}).get(name, value) == value
