"""Mutants that no test can tell from the rules, each with the reason; every other one must go red."""

NARROWS = "only tells the type checker what the callers made sure of"
ALWAYS_DATED = "every item of a cancel that was not finished has both times, and there is at least one"

EQUIVALENT = {
    "rules.holding._confirmed_since: return False -> return None": "both are false",
    "rules.missing.order_missing: not isinstance(case.order, NotFound) or reserved is None"
    " -> not isinstance(case.order, NotFound)": f"{NARROWS}: without a date it is unreadable",
    "rules.missing.lock_superseded: if not isinstance(case.order, Renamed) -> if False": NARROWS,
    "rules.balance._incomplete: max(...) without default=None": ALWAYS_DATED,
    "rules.balance._incomplete: max(...) without default=None (2)": ALWAYS_DATED,
    "rules.balance._incomplete: without if item.since": ALWAYS_DATED,
    "rules.balance._incomplete: without if item.due_at": ALWAYS_DATED,
    "rules.balance._phantom_item: pair.bracketed_at or pair.balance_read_at -> pair.bracketed_at": (
        f"{NARROWS}: a difference and a mask are of a bracketed read"
    ),
    "rules.balance._mismatch: units > 0 -> units >= 0": "a mismatch is never of no units",
    "rules.lock.diagnose_lock: order and hanging and _concerns_order(case, [*trusted, *doubtful])"
    " -> hanging and _concerns_order(case, [*trusted, *doubtful])": f"{NARROWS}: only an order hangs",
    "rules.lock.diagnose_lock: order and waiting and _concerns_order(case, [*healthy, *doubtful])"
    " -> waiting and _concerns_order(case, [*healthy, *doubtful])": f"{NARROWS}: only an order waits",
}
