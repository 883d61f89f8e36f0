"""How much of the store was looked at lately, and what could not be, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from reconciler.models import ListState, StockBalance, VtexAccount

WINDOW = timedelta(hours=24)
GOOD_ENOUGH = 95.0


@dataclass(frozen=True)
class Coverage:
    """Pairs (SKU in a warehouse) known, and those read whole in the last 24 hours."""

    pairs: int
    fresh: int
    newest: datetime | None
    unread: tuple[tuple[str, int], ...]

    @property
    def percent(self) -> float:
        """Rounded down: 100 means all."""
        return (self.fresh * 1000 // self.pairs) / 10 if self.pairs else 0.0

    @property
    def width(self) -> str:
        """The percentage, written as SVG wants it whatever the language."""
        return f"{self.percent:.1f}"

    @property
    def is_good(self) -> bool:
        return self.percent >= GOOD_ENOUGH


def coverage(store: VtexAccount) -> Coverage:
    found = StockBalance.objects.filter(account=store).coverage(timezone.now() - WINDOW)
    unread = tuple((label, found[state]) for state, label in unread_labels().items() if found[state])
    return Coverage(found["pairs"], found["fresh"], found["newest"], unread)


def unread_labels() -> dict[str, str]:
    """Why the reservations of a pair could not be listed: unknown, which is not the same as none."""
    return {
        ListState.TOO_MANY: _("too many reservations for VTEX to list"),
        ListState.ERROR: _("VTEX answers with an error"),
        ListState.UNSTABLE: _("changed while it was read"),
        ListState.FORBIDDEN: _("the key may not read it"),
        ListState.NOT_READ: _("not read yet"),
    }
