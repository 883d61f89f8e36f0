"""Who does which kind of work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.models import VtexAccount, WorkUnit


@dataclass(frozen=True)
class Handler:
    """Does units of one kind, up to `batch` of one store at a time.

    They are done when `run` returns. It raises PutBack or Hold for what has to wait; with any other error the
    units are tried alone, and those that fail are put back for longer and longer. It may run twice for one
    unit, also at once in two places, and must come to the same. A kind with a `lane` is done by a thread of
    that name alone, one batch at a time: it may wait for a stranger and keeps nothing else waiting.
    """

    kind: str
    batch: int
    run: Callable[[VtexAccount, list[WorkUnit]], None]
    lane: str = ""


class PutBack(Exception):  # noqa: N818 - not an error: a wish
    """These units (all of the batch if not named) are to be done later; the others are done."""

    def __init__(self, after: timedelta, error: str = "", units: Sequence[WorkUnit] | None = None) -> None:
        super().__init__(error)
        self.after = after
        self.error = error
        self.units = units


class Hold(Exception):  # noqa: N818 - not an error: a wish
    """Everything of the store (or these kinds) waits until then, and so do these units (all if not named)."""

    def __init__(
        self,
        until: datetime,
        error: str = "",
        units: Sequence[WorkUnit] | None = None,
        kinds: Collection[str] | None = None,
    ) -> None:
        super().__init__(error)
        self.until = until
        self.error = error
        self.units = units
        self.kinds = kinds


def by_kind(handlers: Iterable[Handler]) -> dict[str, Handler]:
    """The handlers by their kind; two of one kind are a mistake."""
    found: dict[str, Handler] = {}
    for handler in handlers:
        if handler.kind in found:
            raise ValueError(f"Two handlers for {handler.kind}.")
        found[handler.kind] = handler
    return found


def shared(handlers: Mapping[str, Handler]) -> dict[str, Handler]:
    """Those that any lane may do."""
    return {kind: handler for kind, handler in handlers.items() if not handler.lane}
