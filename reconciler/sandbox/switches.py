"""What VTEX does not say (section 10 of the VTEX notes), each as a switch; the first position is the default.

U1  The reservation list. `active_only`: only what holds stock. `canceled_listed`: canceled and expired locks
    stay listed under their status. `cleared_listed`: what a count removed stays listed as Confirmed.
    `cleared_listed_otherwise`: the same as "Dispatched". `acknowledged_status`: an acknowledged one reads
    "Acknowledged" instead of "Confirmed".
U3  A lock by id. `missing_404` / `missing_null` (200 with null) for an unknown id; `cleared_as_3`: what a
    count removed reads status 3.
U4  Cancel. `code_5`: status 5, empty body, always accepted. `code_3_with_body`: status 3, body `true`, for
    unknown ids too. `strict`: canceled or acknowledged locks are refused with 400 (a phantom still may be
    canceled again). `cancels_order`: the open order is canceled with it.
U5  Acknowledging the lock of a finished order. `accepted`: now. `refused`: 400. `no_effect`: 200 and nothing.
    `stamps_confirmation`: accepted, dated at the confirmation of the lock.
U6  Which acknowledged reservations a count stamped T removes. `at_or_before` T; `strictly_before` T; `all`;
    `naive_is_local`: as the first, and a stamp without offset is store time (-03:00); `backdated_refused`:
    400 when T is older than the last count.
U7  Start handling while Marketplace is invoiced and Fulfillment ready-for-handling: `refused` (OMS003),
    `accepted`, `no_effect` (204).
U10 Handles in one commit of the feed: `any_number`; `ten_at_most`: more are refused with 400.
U11 Lock ids of orders of a seller account, and kits. `order_id`: the order's id, kits reserve their
    components; `prefixed`: "00-" before it; `kit_sku`: the kit's own SKU is reserved.
U12 Orders over several warehouses. `one_lock` for all lines; `lock_per_line`: each line has its own.
U13 `dispatchedReservationsQuantity` counts `confirmed_or_later` or `acknowledged_only` units.
U14 A handle of the feed that ended: `ignored`; `refused`: 400, and nothing of that commit is done.
U15 The ping that tries a hook's address comes `with_headers` as configured, or is `bare`.
"""

POSITIONS: dict[str, tuple[str, ...]] = {
    "U1": (
        "active_only",
        "canceled_listed",
        "cleared_listed",
        "cleared_listed_otherwise",
        "acknowledged_status",
    ),
    "U3": ("missing_404", "missing_null", "cleared_as_3"),
    "U4": ("code_5", "code_3_with_body", "strict", "cancels_order"),
    "U5": ("accepted", "refused", "no_effect", "stamps_confirmation"),
    "U6": ("at_or_before", "strictly_before", "all", "naive_is_local", "backdated_refused"),
    "U7": ("refused", "accepted", "no_effect"),
    "U10": ("any_number", "ten_at_most"),
    "U11": ("order_id", "prefixed", "kit_sku"),
    "U12": ("one_lock", "lock_per_line"),
    "U13": ("confirmed_or_later", "acknowledged_only"),
    "U14": ("ignored", "refused"),
    "U15": ("with_headers", "bare"),
}


def defaults() -> dict[str, str]:
    """Every switch at its first position."""
    return {name: positions[0] for name, positions in POSITIONS.items()}


def checked(changes: dict[str, str]) -> dict[str, str]:
    """The same changes; raises ValueError for a switch or position that does not exist."""
    for name, position in changes.items():
        if position not in POSITIONS.get(name, ()):
            raise ValueError(f"{name}: no position {position!r}")
    return changes
