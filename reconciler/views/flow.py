"""The normal way of an order (F3.3), the way this one took, and what a step does to its reservation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from reconciler.models import Order, OrderStatusEvent, Reservation, ReservationItem
from reconciler.views.track import Mark, mark

STEPS: dict[str, frozenset[str]] = {
    "payment-approved": frozenset({"payment-approved", "approve-payment"}),
    "authorize-fulfillment": frozenset({"authorize-fulfillment", "window-to-cancel"}),
    "ready-for-handling": frozenset({"ready-for-handling"}),
    "start-handling": frozenset({"start-handling"}),
    "handling": frozenset({"handling", "ready-for-invoicing"}),
    "invoiced": frozenset({"invoice", "invoiced"}),
}
"""VTEX's own names of the way of an order that is paid, handled and invoiced."""
SKIPPABLE = frozenset({"start-handling", "handling"})
ENDS = ("invoiced", "canceled", "replaced")
BEFORE = frozenset(
    {
        "order-created", "order-accepted", "on-order-completed", "on-order-completed-ffm", "order-completed",
        "waiting-for-authorization", "waiting-ffmt-authorization", "waiting-for-order-authorization",
        "waiting-for-manual-authorization", "waiting-for-mkt-authorization", "waiting-seller-handling",
        "waiting-for-fulfillment", "payment-pending",
    }
)  # fmt: skip
"""Steps on the way to the first of `STEPS`: no detour, and not worth a line."""


@dataclass(frozen=True)
class Effect:
    """What a step does to the reservation, and whether that was seen."""

    said: str
    at: datetime | None
    is_missing: bool = False


@dataclass(frozen=True)
class FlowStep:
    """One step of the normal way, or (`is_detour`) one that this order took instead."""

    name: str
    mark: Mark
    at: datetime | None
    effect: Effect | None = None
    is_detour: bool = False

    @property
    def said(self) -> str:
        """What the drawing shows, in a word; nothing where the time says it."""
        return {
            Mark.SKIPPED: _("never happened"),
            Mark.NOT_KNOWN: _("not known: its history was not read"),
            Mark.AHEAD: _("not reached"),
            Mark.NOW: _("stands here"),
            Mark.DONE: "" if self.at else _("passed"),
        }[self.mark]


def flow(
    order: Order | None, lock: Reservation | None = None, items: Sequence[ReservationItem] = ()
) -> list[FlowStep]:
    """The order's events, and the items of its reservation, are expected to be prefetched."""
    if order is None:
        return []
    seen = _first_times(order.events.all())
    normal = _normal(order, seen, lock, items)
    return sorted([*normal, *_detours(order, seen)], key=_Places(normal))


def _normal(
    order: Order,
    seen: dict[str, datetime | None],
    lock: Reservation | None,
    items: Sequence[ReservationItem],
) -> list[FlowStep]:
    times = {name: _first(seen, names) for name, names in STEPS.items()}
    if order.invoiced_at and order.status == "invoiced":
        times["invoiced"] = order.invoiced_at
    passed = {name for name, names in STEPS.items() if names & {*seen, order.status}}
    names = list(STEPS)
    last = max((names.index(name) for name in passed), default=-1)
    return [
        FlowStep(
            name,
            mark(order, name, passed, STEPS, SKIPPABLE, reached=index <= last),
            times[name],
            _effect(name, order, lock, items),
        )
        for index, name in enumerate(names)
    ]


def _detours(order: Order, seen: dict[str, datetime | None]) -> list[FlowStep]:
    """What this order passed besides; a final status last, with its own date."""
    usual = BEFORE.union(*STEPS.values())
    found = dict(seen)
    if order.status in ENDS and order.status != "invoiced":
        found[order.status] = order.canceled_at or found.get(order.status)
    here = Mark.DONE if order.is_finished else Mark.NOW
    if order.status and order.status not in {*usual, *found}:
        found[order.status] = order.last_change_at
    return [
        FlowStep(name, here if name == order.status else Mark.DONE, at, is_detour=True)
        for name, at in found.items()
        if name not in usual
    ]


class _Places:
    """Sorts by time; a normal step without one stands right after the one before it."""

    def __init__(self, normal: list[FlowStep]) -> None:
        self._places: dict[int, tuple[float, int]] = {}
        reached = 0.0
        for index, step in enumerate(normal):
            ahead = step.mark is Mark.AHEAD
            reached = float("inf") if ahead else max(reached, step.at.timestamp() if step.at else reached)
            self._places[id(step)] = (reached, index)

    def __call__(self, step: FlowStep) -> tuple[float, int]:
        at = step.at.timestamp() if step.at else float("inf")
        return self._places.get(id(step), (at, -1))


def _effect(
    name: str, order: Order, lock: Reservation | None, items: Sequence[ReservationItem]
) -> Effect | None:
    if lock is None:
        return None
    if name == "authorize-fulfillment":
        if lock.confirmed_at:
            return Effect(_("the reservation is confirmed"), lock.confirmed_at)
        return Effect(_("the reservation is confirmed"), None, is_missing=bool(order.invoiced_at))
    if name == "handling":
        return _acknowledged([item for item in items if item.gone_at is None] or list(items))
    return None


def _acknowledged(items: Iterable[ReservationItem]) -> Effect | None:
    listed = list(items)
    if not listed:
        return None
    times = [item.acknowledged_at for item in listed if item.acknowledged_at]
    if len(times) == len(listed):
        return Effect(_("the reservation is acknowledged"), max(times))
    said = _("only partly acknowledged") if times else _("the reservation is acknowledged")
    return Effect(said, max(times, default=None), is_missing=True)


def _first_times(events: Iterable[OrderStatusEvent]) -> dict[str, datetime | None]:
    seen: dict[str, datetime | None] = {}
    for event in sorted(events, key=lambda event: event.at):
        seen.setdefault(event.step, event.at)
    return seen


def _first(seen: dict[str, datetime | None], names: Iterable[str]) -> datetime | None:
    return min((at for name in names if (at := seen.get(name))), default=None)
