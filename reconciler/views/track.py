"""The way of an order, drawn small: paid, ready, start, handling, end; filled happened, dashed skipped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reconciler.models import Order, OrderStatusEvent


class Mark(StrEnum):
    DONE = "done"
    NOW = "now"
    SKIPPED = "skipped"
    AHEAD = "ahead"
    NOT_KNOWN = "unknown"


@dataclass(frozen=True)
class Step:
    """One dot of the track. `said` is the same in words, for those who do not see it."""

    key: str
    label: str
    mark: Mark
    at: datetime | None

    @property
    def said(self) -> str:
        return {
            Mark.DONE: _("%(step)s: done"),
            Mark.NOW: _("%(step)s: now"),
            Mark.SKIPPED: _("%(step)s: skipped"),
            Mark.AHEAD: _("%(step)s: not reached"),
            Mark.NOT_KNOWN: _("%(step)s: not known"),
        }[self.mark] % {"step": self.label}


PAID = {"payment-approved", "approve-payment", "authorize-fulfillment", "window-to-cancel"}
STEPS = {
    "paid": PAID,
    "ready": {"ready-for-handling"},
    "start": {"start-handling"},
    "handling": {"handling", "ready-for-invoicing"},
    "end": {"invoiced", "canceled", "replaced"},
}
SKIPPABLE = {"start", "handling"}
"""Only these can truly be left out (F3.3); earlier steps are implied by later ones."""


def told() -> Prefetch:
    """The events a track is drawn from, and no others: what a list prefetches for its orders."""
    steps = set().union(*STEPS.values())
    events = OrderStatusEvent.objects.filter(step__in=steps).only("order_id", "step", "at")
    return Prefetch("events", queryset=events)


def labels() -> dict[str, str]:
    return {
        "paid": pgettext("order step", "paid"),
        "ready": pgettext("order step", "ready"),
        "start": pgettext("order step", "start"),
        "handling": pgettext("order step", "handling"),
        "end": pgettext("order step", "invoiced"),
    }


def track(order: Order) -> list[Step]:
    """The five steps of `order`, from its mirrored history; expects `events` to be prefetched."""
    seen = _first_times(order)
    skips_nothing = order.is_finished and order.status != "invoiced"
    counted = [key for key in seen if not (skips_nothing and key == "end")]
    last = max((list(STEPS).index(key) for key in counted), default=-1)
    named = {**labels(), **_end_label(order)}
    return [
        Step(key, named[key], _mark(order, key, seen, reached=index <= last), seen.get(key))
        for index, key in enumerate(STEPS)
    ]


def skipped_handling(order: Order) -> bool:
    """Whether the stored history shows an invoiced order that was never handled."""
    return any(step.key == "handling" and step.mark is Mark.SKIPPED for step in track(order))


def _first_times(order: Order) -> dict[str, datetime | None]:
    seen: dict[str, datetime | None] = {}
    for event in sorted(order.events.all(), key=lambda event: event.at):
        for key, names in STEPS.items():
            if event.step in names:
                seen.setdefault(key, event.at)
    for key, names in STEPS.items():
        if order.status in names:
            seen.setdefault(key, None)
    if order.authorized_at:
        seen["paid"] = seen.get("paid") or order.authorized_at
    if order.is_finished:
        end = order.invoiced_at if order.status == "invoiced" else order.canceled_at
        seen["end"] = end or seen.get("end")
    else:
        seen.pop("end", None)
    return seen


def _mark(order: Order, key: str, seen: dict[str, datetime | None], *, reached: bool) -> Mark:
    if key in seen:
        return Mark.NOW if order.status in STEPS[key] and not order.is_finished else Mark.DONE
    if not reached:
        return Mark.AHEAD
    if key not in SKIPPABLE or "handling" in seen:
        return Mark.DONE
    return Mark.SKIPPED if order.history_read_at else Mark.NOT_KNOWN


def _end_label(order: Order) -> dict[str, str]:
    ends = {
        "canceled": pgettext("order step", "canceled"),
        "replaced": pgettext("order step", "replaced"),
    }
    return {"end": ends[order.status]} if order.status in ends else {}
