"""Who used how much of the allowed requests in the last hour: a chart, and the same as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.models import VtexAccount
from reconciler.sync import usage
from reconciler.sync.budget import Closed
from reconciler.sync.usage import Use
from reconciler.views import sync_words

MINUTES = 60
BAR, GAP, HEIGHT = 10, 2, 100
FAR_ABOVE = 4
"""An allowance so many times above the highest bar would leave the bars too low to read: it is named."""


@dataclass(frozen=True)
class Block:
    """One priority in one minute, in units of the drawing."""

    priority: int
    x: int
    y: str
    height: str


@dataclass
class Minute:
    """One row of the table: by priority, all together, what VTEX refused, what failed, seconds waited."""

    at: datetime
    by: list[int] = field(default_factory=lambda: [0] * len(sync_words.PRIORITIES))
    all: Use = field(default_factory=Use)


@dataclass(frozen=True)
class Endpoint:
    """One row of the table of endpoint families; `closed` says why and until when it is not asked."""

    label: str
    use: Use
    closed: Closed | None


@dataclass(frozen=True)
class Hour:
    """The last 60 minutes, the present one included. allowed_y: None where the allowance is far above."""

    allowed: int
    allowed_y: str | None
    blocks: list[Block]
    refused: list[int]
    minutes: list[Minute]
    endpoints: list[Endpoint]
    all: Use
    most: int
    last: int

    @property
    def legend(self) -> list[tuple[int, str]]:
        """Priorities that asked, with their words."""
        asked = {block.priority for block in self.blocks}
        return [(each, str(label)) for each, label in sync_words.PRIORITIES.items() if each in asked]

    @property
    def width(self) -> str:
        """The last full minute as a part of the allowance, for a meter."""
        return f"{min(100.0, 100 * self.last / self.allowed):.1f}"


def hour(store: VtexAccount, allowed: int, closed: Sequence[Closed], now: datetime) -> Hour:
    present = now.replace(second=0, microsecond=0)
    began = present - timedelta(minutes=MINUTES - 1)
    minutes: dict[datetime, Minute] = {}
    families: dict[str, Use] = {}
    for at, priority, name, use in usage.since(store, began):
        row = minutes.setdefault(at, Minute(at))
        row.by[priority] += use.sent
        row.all.add(use)
        families.setdefault(name, Use()).add(use)
    used = [minutes[at] for at in sorted(minutes, reverse=True)]
    most = max((row.all.sent for row in used), default=0)
    full = minutes.get(present - timedelta(minutes=1))
    top = 1.1 * max(most, 1) if allowed > FAR_ABOVE * most else 1.1 * max(most, allowed)
    everything = Use()
    for row in used:
        everything.add(row.all)
    return Hour(
        allowed=allowed,
        allowed_y=_y(allowed, top) if allowed <= top else None,
        blocks=[block for row in used for block in _blocks(row, began, top)],
        refused=[_x(row.at, began) for row in used if row.all.refused],
        minutes=used,
        endpoints=_endpoints(families, closed),
        all=everything,
        most=most,
        last=full.all.sent if full else 0,
    )


def _blocks(row: Minute, began: datetime, top: float) -> list[Block]:
    """From the ground up, the most urgent at the bottom."""
    found, below = [], 0
    for priority, sent in enumerate(row.by):
        if sent:
            below += sent
            height = f"{HEIGHT * sent / top:.2f}"
            found.append(Block(priority, _x(row.at, began), _y(below, top), height))
    return found


def _x(at: datetime, began: datetime) -> int:
    return BAR * round((at - began) / timedelta(minutes=1)) + GAP // 2


def _y(sent: int, top: float) -> str:
    return f"{HEIGHT * (1 - sent / top):.2f}"


def _endpoints(families: dict[str, Use], closed: Sequence[Closed]) -> list[Endpoint]:
    """Those that were asked, and those that are closed, the most used first."""
    pauses = {each.name: each for each in closed if each.is_pause}
    open_breakers = {each.name: each for each in closed if not each.is_pause}
    names = {*families, *open_breakers}
    rows = [
        Endpoint(
            sync_words.family(name),
            families.get(name, Use()),
            pauses.get(usage.host_of(name)) or open_breakers.get(name),
        )
        for name in names
    ]
    return sorted(rows, key=lambda row: (-row.use.sent, row.label))
