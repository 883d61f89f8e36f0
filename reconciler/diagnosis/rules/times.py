"""Since when something has been so. Every doubt is resolved towards *later*: nothing falls due too early."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from reconciler.diagnosis.facts import EventSource, ItemFact, OrderFacts, PairFacts, Step


def latest(*times: datetime | None) -> datetime | None:
    """The latest of the times that are known."""
    return max((time for time in times if time is not None), default=None)


def decisive_read(item: ItemFact, pair: PairFacts | None) -> datetime | None:
    """The last read that proves the item still holds: bracketed, and the item was already there.

    A list read between two different balances cannot show that the list holds no more than `reserved` (U1).
    """
    if pair is None or pair.bracketed_at is None or item.first_seen_at > pair.bracketed_at:
        return None
    return min(item.read_at, pair.bracketed_at)


def entered(order: OrderFacts, steps: frozenset[str]) -> datetime:
    """When the order entered the run of `steps` it stands in now.

    From its document while that is current; otherwise the last change of the order, which is never too early;
    otherwise when we first saw it there.
    """
    if order.history_is_current:
        runs = [_run_start(history, steps) for history in _by_instance(order).values()]
        known = latest(*runs)
        if known is not None:
            return known
    seen = [step.first_seen_at for step in order.history if step.step in steps and step.first_seen_at]
    return order.last_change_at or min(seen, default=order.read_at)


def finished_at(order: OrderFacts, dated: datetime | None) -> datetime:
    """When the order took its final status; `dated` is the date VTEX keeps for it, which may be a request's.

    A final status is not left again, so any record of the step is a good one.
    """
    steps = [step for step in order.history if step.step == order.status]
    for source in EventSource:
        times = [step.at for step in steps if step.source == source]
        if times:
            known = min(times) if source is EventSource.DETAIL else max(times)
            return max(known, dated) if dated else known
    if order.status == "invoiced" and dated:
        return dated
    return latest(dated, order.last_change_at) or order.read_at


def _by_instance(order: OrderFacts) -> dict[str, list[Step]]:
    histories: dict[str, list[Step]] = {}
    for step in sorted(order.history, key=lambda step: step.at):
        if step.source is EventSource.DOCUMENT:
            histories.setdefault(step.instance, []).append(step)
    return histories


def _run_start(history: Iterable[Step], steps: frozenset[str]) -> datetime | None:
    start: datetime | None = None
    for step in history:
        if step.step not in steps:
            start = None
        elif start is None:
            start = step.at
    return start
