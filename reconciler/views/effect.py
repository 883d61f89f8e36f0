"""What an attempt changed: the facts it recorded before sending beside those read back after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from reconciler.ids import parse_pair
from reconciler.models import Attempt

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Effect:
    """One fact; `after` is None while nothing was read back."""

    where: str
    label: str
    before: object
    after: object

    @property
    def changed(self) -> bool:
        return self.after is not None and self.after != self.before


def effects(attempt: Attempt) -> list[Effect]:
    """In the words of the page: order status, units held, the figures of each pair."""
    before, after = attempt.before or {}, attempt.after or {}
    found = [*_order(before, after), *_held(before, after)]
    pairs, later = _pairs(attempt, before), _pairs(attempt, after)
    return found + [effect for subject in pairs for effect in _balance(subject, pairs, later)]


def _order(before: Facts, after: Facts) -> Iterator[Effect]:
    if before.get("order_status"):
        yield Effect("", _("Order status"), before["order_status"], after.get("order_status"))


def _held(before: Facts, after: Facts) -> Iterator[Effect]:
    if "items" in before:
        units = _units(after) if "items" in after else None
        yield Effect("", _("Units held by this reservation"), _units(before), units)


def _units(facts: Facts) -> int:
    return sum(item["quantity"] for item in facts["items"])


def _pairs(attempt: Attempt, facts: Facts) -> dict[str, Facts]:
    """A count records its pair's balance itself, the other verbs one a pair."""
    return {attempt.subject: facts} if "total" in facts else dict(facts.get("pairs", {}))


def _balance(subject: str, before: Mapping[str, Facts], after: Mapping[str, Facts]) -> Iterator[Effect]:
    where = " · ".join(parse_pair(subject))
    later = after.get(subject, {})
    for name, label in (("total", _("Total")), ("reserved", _("Reserved")), ("available", _("Available"))):
        if name in before[subject]:
            yield Effect(where, label, before[subject][name], later.get(name))
