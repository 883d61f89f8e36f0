"""What happens in the demo store: how often, how long ago, where, to which kind of basket."""

from dataclasses import dataclass

DAY = 24.0


@dataclass(frozen=True)
class Case:
    """`hours`: how long ago the decisive event was, from and to; `place` and `basket`: see baskets.py."""

    fate: str
    demo: int
    small: int
    hours: tuple[float, float]
    place: str = "quiet"
    basket: str = "plain"
    forbidden: bool = False


HEALTHY = (
    Case("normal", 215, 3, (0.1, 58 * DAY), "busy"),
    Case("normal", 116, 2, (0.1, 50 * DAY), "busy", "sample"),
    Case("normal", 3, 1, (0.05, 0.09), "busy"),
    Case("normal", 10, 1, (0.5, 40 * DAY), "busy", "split"),
    Case("normal", 10, 2, (0.5, 40 * DAY), "busy", "multi"),
    Case("normal", 6, 1, (0.5, 30 * DAY), "busy", "twice"),
    Case("normal", 8, 1, (0.5, 30 * DAY), "kit", "kit"),
    Case("normal", 8, 1, (0.5, 30 * DAY), "busy", "seller"),
    Case("normal", 12, 1, (0.5, 50 * DAY), "busy", "marketplace"),
    Case("normal", 3, 1, (50, 30 * DAY), "lot", "plain"),
    Case("partial", 6, 1, (1, 1.8 * DAY), "busy", "multi"),
    Case("unpaid", 10, 1, (3, 50 * DAY), "busy"),
    Case("canceled_early", 10, 1, (1, 50 * DAY), "busy"),
    Case("canceled_waiting", 8, 1, (1, 50 * DAY), "busy"),
    Case("canceled_handled", 5, 1, (1, 50 * DAY), "busy"),
    Case("flapping", 4, 1, (2, 40 * DAY), "busy"),
    Case("replaced", 5, 1, (2, 40 * DAY), "busy"),
    Case("incomplete", 6, 1, (2, 30 * DAY), "busy"),
)
STUCK = (
    Case("cancel_leaks", 5, 1, (40, 50 * DAY)),
    Case("cancel_leaks", 1, 1, (60, 20 * DAY), "quiet", "multi"),
    Case("canceled_handled", 3, 1, (40, 17 * DAY), "silent"),
    Case("replaced_leaks", 2, 1, (40, 30 * DAY)),
    Case("incomplete_leaks", 1, 1, (60, 20 * DAY)),
    Case("skip", 7, 1, (40, 50 * DAY)),
    Case("skip", 2, 1, (60, 20 * DAY), "quiet", "split"),
    Case("skip", 1, 1, (60, 20 * DAY), "kit", "kit"),
    Case("skip", 1, 0, (60, 20 * DAY), "quiet", "marketplace"),
    Case("skip_request", 3, 1, (40, 40 * DAY)),
    Case("disagree", 3, 1, (40, 30 * DAY)),
    Case("normal", 11, 2, (40, 17 * DAY), "silent"),
    Case("expiry_lags", 4, 1, (40, 20 * DAY)),
    Case("connector", 4, 1, (13 * DAY, 45 * DAY)),
    Case("superseded", 3, 1, (15 * DAY, 40 * DAY)),
    Case("phantom", 4, 1, (40, 30 * DAY), "alone"),
)
NOT_DUE = (
    Case("cancel_leaks", 2, 1, (1, 30)),
    Case("skip", 3, 1, (0.5, 30)),
    Case("disagree", 1, 0, (1, 30)),
    Case("normal", 4, 1, (0.5, 30), "silent"),
    Case("expiry_lags", 2, 1, (1, 30)),
    Case("connector", 3, 1, (20, 9 * DAY)),
    Case("never_picked", 4, 1, (2, 40), "busy"),
    Case("picking", 2, 1, (24, 6 * DAY), "busy"),
    Case("hang_invoice", 1, 0, (0.2, 10), "busy"),
    Case("hang_start", 1, 1, (0.2, 10), "busy"),
)
ALSO_WRONG = (
    Case("hang_start", 2, 1, (30, 9 * DAY)),
    Case("hang_invoice", 2, 1, (30, 9 * DAY), "busy"),
    Case("hang_cancel", 2, 1, (30, 9 * DAY)),
    Case("error", 1, 1, (30, 9 * DAY)),
    Case("never_picked", 4, 2, (52, 9 * DAY)),
    Case("abandoned", 3, 1, (15 * DAY, 40 * DAY), "busy"),
    Case("picking", 1, 0, (15 * DAY, 30 * DAY), "busy"),
    Case("phantom", 2, 2, (40, 20 * DAY), "crowd"),
)
UNREADABLE = (
    Case("skip", 3, 1, (60, 30 * DAY), forbidden=True),
    Case("normal", 3, 1, (60, 15 * DAY), "many"),
    Case("normal", 2, 1, (60, 15 * DAY), "broken"),
)
ALL = (*HEALTHY, *STUCK, *NOT_DUE, *ALSO_WRONG, *UNREADABLE)

LEADS = {
    "ship": 30.0,
    "end": 8.0,
    "expiry": 5 * DAY,
    "pick": 4.0,
    "ready": 1.0,
    "place": 0.0,
}
"""Hours from the purchase to the decisive event."""
DECISIVE = {
    **dict.fromkeys(("normal", "partial", "skip", "skip_request", "disagree", "hang_invoice"), "ship"),
    **dict.fromkeys(("canceled_early", "canceled_waiting", "cancel_leaks", "phantom", "hang_cancel"), "end"),
    **dict.fromkeys(
        ("replaced", "replaced_leaks", "flapping", "canceled_handled", "incomplete_leaks"), "end"
    ),
    **dict.fromkeys(("unpaid", "expiry_lags"), "expiry"),
    **dict.fromkeys(("hang_start", "abandoned", "picking"), "pick"),
    **dict.fromkeys(("never_picked", "error"), "ready"),
    **dict.fromkeys(("superseded", "connector", "incomplete"), "place"),
}
