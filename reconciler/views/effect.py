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

    label: str
    before: object
    after: object

    @property
    def changed(self) -> bool:
        return self.after is not None and self.after != self.before


@dataclass(frozen=True)
class BalanceEffect:
    """Total, reserved and available of one pair, in this order."""

    where: str
    figures: list[Effect]


def effects(attempt: Attempt) -> list[Effect]:
    """Order status and units held, of verbs that touch them."""
    before, after = attempt.before or {}, attempt.after or {}
    return [*_order(before, after), *_held(before, after)]


def balances(attempt: Attempt) -> list[BalanceEffect]:
    """Every pair the attempt touched."""
    before, after = _pairs(attempt, attempt.before or {}), _pairs(attempt, attempt.after or {})
    return [
        BalanceEffect(" · ".join(parse_pair(subject)), _figures(figures, after.get(subject, {})))
        for subject, figures in before.items()
    ]


def _order(before: Facts, after: Facts) -> Iterator[Effect]:
    if before.get("order_status"):
        yield Effect(_("Order status"), before["order_status"], after.get("order_status"))


def _held(before: Facts, after: Facts) -> Iterator[Effect]:
    if "items" in before:
        units = _units(after) if "items" in after else None
        yield Effect(_("Units held by this reservation"), _units(before), units)


def _units(facts: Facts) -> int:
    return sum(item["quantity"] for item in facts["items"])


def _pairs(attempt: Attempt, facts: Facts) -> dict[str, Facts]:
    """A count records its pair's balance itself, the other verbs one a pair."""
    return {attempt.subject: facts} if "total" in facts else dict(facts.get("pairs", {}))


def _figures(before: Facts, after: Facts) -> list[Effect]:
    labels = {"total": _("total"), "reserved": _("reserved"), "available": _("available")}
    return [Effect(label, before.get(name), after.get(name)) for name, label in labels.items()]
