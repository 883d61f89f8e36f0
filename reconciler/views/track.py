"""The way of an order, drawn small: paid, ready, start, handling, end; filled happened, dashed skipped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from reconciler.models import Order
from reconciler.models.listed import ListedOrder
from reconciler.models.listed_history import Event, first_times


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
        return said(get_language() or "")[self.mark] % {"step": self.label}


@lru_cache(maxsize=16)
def said(language: str) -> dict[str, str]:
    """What a mark means, in the language at hand: a list says it hundreds of times."""
    return {
        Mark.DONE: _("%(step)s: done"),
        Mark.NOW: _("%(step)s: now"),
        Mark.SKIPPED: _("%(step)s: skipped"),
        Mark.AHEAD: _("%(step)s: not reached"),
        Mark.NOT_KNOWN: _("%(step)s: not known"),
    }


PAID = {"payment-approved", "approve-payment", "authorize-fulfillment", "window-to-cancel"}
STEPS = {
    "paid": PAID,
    "ready": {"ready-for-handling"},
    "start": {"start-handling"},
    "handling": {"handling", "ready-for-invoicing"},
    "end": {"invoiced", "canceled", "replaced"},
}
TELLING = {name: key for key, names in STEPS.items() for name in names}
ORDER = {key: number for number, key in enumerate(STEPS)}
SKIPPABLE = {"start", "handling"}
"""Only these can truly be left out (F3.3); earlier steps are implied by later ones."""


def told(orders: Iterable[Order | ListedOrder]) -> dict[int, list[Event]]:
    """The events that tracks are drawn from, by the order's key: one query for a whole list."""
    return first_times({order.pk for order in orders}, TELLING)


@lru_cache(maxsize=16)
def labels(language: str) -> dict[str, str]:
    return {
        "paid": pgettext("order step", "paid"),
        "ready": pgettext("order step", "ready"),
        "start": pgettext("order step", "start"),
        "handling": pgettext("order step", "handling"),
        "end": pgettext("order step", "invoiced"),
    }


def track(order: Order | ListedOrder, events: Iterable[Event] | None = None) -> list[Step]:
    """The five steps of `order`, from `events` as `told` gives them, else from its own, prefetched."""
    if events is None:
        assert isinstance(order, Order)
        events = [(event.step, event.at) for event in order.events.all()]
    seen = _first_times(order, events)
    skips_nothing = order.is_finished and order.status != "invoiced"
    counted = [key for key in seen if not (skips_nothing and key == "end")]
    last = max((ORDER[key] for key in counted), default=-1)
    named = {**labels(get_language() or ""), **_end_label(order)}
    return [
        Step(key, named[key], mark(order, key, seen, STEPS, SKIPPABLE, reached=index <= last), seen.get(key))
        for index, key in enumerate(STEPS)
    ]


def skipped_handling(order: Order) -> bool:
    """Whether the stored history shows an invoiced order that was never handled."""
    return any(step.key == "handling" and step.mark is Mark.SKIPPED for step in track(order))


def _first_times(order: Order | ListedOrder, events: Iterable[Event]) -> dict[str, datetime | None]:
    seen: dict[str, datetime | None] = {}
    for step, at in sorted(events, key=itemgetter(1)):
        if step in TELLING:
            seen.setdefault(TELLING[step], at)
    if order.status in TELLING:
        seen.setdefault(TELLING[order.status], None)
    if order.authorized_at:
        seen["paid"] = seen.get("paid") or order.authorized_at
    if order.is_finished:
        end = order.invoiced_at if order.status == "invoiced" else order.canceled_at
        seen["end"] = end or seen.get("end")
    else:
        seen.pop("end", None)
    return seen


def mark(
    order: Order | ListedOrder,
    key: str,
    passed: Collection[str],
    steps: Mapping[str, Collection[str]],
    skippable: Collection[str],
    *,
    reached: bool,
) -> Mark:
    """Of one of `steps`, each with VTEX's names for it; `reached`: a later one, or this, was passed."""
    if key in passed:
        return Mark.NOW if order.status in steps[key] and not order.is_finished else Mark.DONE
    if not reached:
        return Mark.AHEAD
    if key not in skippable or "handling" in passed:
        return Mark.DONE
    return Mark.SKIPPED if history_is_current(order) else Mark.NOT_KNOWN


def history_is_current(order: Order | ListedOrder) -> bool:
    """Whether the document was read after the order last changed: an older one may miss a step."""
    read, changed = order.history_read_at, order.last_change_at
    return read is not None and (changed is None or changed <= read)


def _end_label(order: Order | ListedOrder) -> dict[str, str]:
    if order.status == "canceled":
        return {"end": pgettext("order step", "canceled")}
    return {"end": pgettext("order step", "replaced")} if order.status == "replaced" else {}
