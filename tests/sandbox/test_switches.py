"""Each unknown of VTEX is a switch, and each position of each makes a difference that can be seen."""

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox import switches

from .conftest import Caller

SKIPPED = {"state": "confirmed", "order_status": "invoiced", "quantity": 2, "left": 2}
ACKNOWLEDGED = {**SKIPPED, "state": "acknowledged", "acknowledged_hours": 2}
LIVE = {"order_status": "ready-for-handling", "to_ship": 1}
CLEARED = {**ACKNOWLEDGED, "cleared": True}
KIT, KIT_PART = "2001", "1005"


def _list_statuses(vtex: Caller) -> Any:
    vtex.situation(ACKNOWLEDGED, {**SKIPPED, "state": "canceled"}, CLEARED, total=50)
    return sorted(row["Status"] for row in vtex.listed())


def _by_id(vtex: Caller) -> Any:
    (made,) = vtex.situation(CLEARED)
    missing = vtex.lock("00-nobody-01")
    return missing.status, missing.body is None, vtex.lock(made["lock_id"]).body["Status"]


def _cancel(vtex: Caller) -> Any:
    skipped, acknowledged, live = vtex.situation(SKIPPED, ACKNOWLEDGED, LIVE)
    first = vtex.cancel(skipped["lock_id"])
    status = vtex.lock(skipped["lock_id"]).body["Status"]
    others = vtex.cancel(acknowledged["lock_id"]).status, vtex.cancel(live["lock_id"]).status
    vtex.control.advance(seconds=10)
    return first.body, status, others, vtex.order(live["order_id"])["status"]


def _acknowledge(vtex: Caller) -> Any:
    (made,) = vtex.situation(SKIPPED)
    status = vtex.acknowledge(made["lock_id"]).status
    return status, vtex.listed()[0]["DateUtcAcknowledgedOnBalanceSystem"][:10]


def _count(vtex: Caller) -> Any:
    seen = []
    for stamp in ("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", "2026-03-02T09:00:00"):
        vtex.situation(ACKNOWLEDGED)
        vtex.patch(9, "2026-03-02T09:30:00Z" if stamp.startswith("2026-03-02T09") else "2026-03-02T08:00:00Z")
        vtex.situation(ACKNOWLEDGED)
        vtex.patch(9, stamp)
        seen.append(len(vtex.listed()))
    vtex.situation(ACKNOWLEDGED)
    vtex.patch(9, "2026-03-02T09:30:00Z")
    return seen, vtex.patch(8, "2026-03-02T09:00:00Z").status


def _only_fulfillment_waits(vtex: Caller) -> Any:
    made = vtex.control.order("1001", "1_1", fate="disagree")
    vtex.control.advance(days=2)
    assert vtex.order(made["order_id"])["status"] == "invoiced"
    status = vtex.start_handling(made["order_id"]).status
    vtex.control.advance(seconds=5)
    date = vtex.listed("1_1", "1001")[0]["DateUtcAcknowledgedOnBalanceSystem"]
    return status, date.startswith("0001"), vtex.order(made["order_id"])["status"]


def _dispatched(vtex: Caller) -> Any:
    vtex.situation(ACKNOWLEDGED, SKIPPED)
    return vtex("GET", "/api/logistics/pvt/inventory/items/9000/warehouses/1_1/dispatched").body[0][
        "dispatchedReservationsQuantity"
    ]


FEED = "/api/orders/feed"


def _events(vtex: Caller) -> list[str]:
    vtex("POST", f"{FEED}/config", {"queue": {"visibilityTimeoutInSeconds": 60}})
    for _ in range(2):
        vtex.control.order("1001", "1_1")
    vtex.control.advance(hours=1)
    return [each["handle"] for _ in range(2) for each in vtex("GET", f"{FEED}?maxlot=10").body]


def _commit_many(vtex: Caller) -> Any:
    handles = _events(vtex)
    assert len(handles) > 10
    return vtex("POST", FEED, {"handles": handles}).status


def _commit_late(vtex: Caller) -> Any:
    handles = _events(vtex)
    vtex.control.advance(seconds=61)
    return vtex("POST", FEED, {"handles": handles}).status


PROBES: dict[str, Callable[[Caller], Any]] = {
    "U1": _list_statuses,
    "U3": _by_id,
    "U4": _cancel,
    "U5": _acknowledge,
    "U6": _count,
    "U7": _only_fulfillment_waits,
    "U10": _commit_many,
    "U13": _dispatched,
    "U14": _commit_late,
}


@pytest.mark.parametrize("name", PROBES)
def test_every_position_of_a_switch_shows_a_difference(
    open_sandbox: Callable[..., Caller], name: str
) -> None:
    seen = {}
    for position in switches.POSITIONS[name]:
        seen[position] = repr(PROBES[name](open_sandbox(switches={name: position})))
    assert len(set(seen.values())) == len(seen), seen


@pytest.mark.parametrize("position", switches.POSITIONS["U11"])
def test_u11_decides_on_the_lock_ids_of_seller_accounts_and_on_what_kits_reserve(
    open_sandbox: Callable[..., Caller], position: str
) -> None:
    vtex = open_sandbox(scenario="demo", switches={"U11": position})
    locks = [one["lock_id"] for one in vtex.control.truth() if one["lock_id"] and "MGZ-" in one["lock_id"]]
    assert locks
    assert all(lock.startswith("00-MGZ-") == (position == "prefixed") for lock in locks)
    held = {item["sku"] for one in vtex.control.truth() for item in one["items"]}
    assert (KIT in held) == (position == "kit_sku")
    assert (KIT_PART in held) == (position != "kit_sku")


def test_u12_gives_each_line_its_own_lock(open_sandbox: Callable[..., Caller]) -> None:
    numbers = {}
    for position in switches.POSITIONS["U12"]:
        vtex = open_sandbox(scenario="small", switches={"U12": position})
        numbers[position] = sum(1 for one in vtex.control.truth() if (one["lock_id"] or "").endswith("-01-2"))
    assert numbers["one_lock"] == 0
    assert numbers["lock_per_line"] > 0


def test_every_unknown_has_at_least_two_positions_and_an_unknown_one_is_refused(vtex: Caller) -> None:
    assert set(switches.POSITIONS) == {
        "U1", "U3", "U4", "U5", "U6", "U7", "U10", "U11", "U12", "U13", "U14", "U15",
    }  # fmt: skip
    assert all(len(positions) >= 2 for positions in switches.POSITIONS.values())
    with pytest.raises(ValueError, match="no position"):
        vtex.control.switch(U6="sometimes")
    assert vtex.control.switch(U6="all")["U6"] == "all"
