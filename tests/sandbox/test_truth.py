"""The ground truth follows what is done to the goods."""

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Caller

CASES: list[tuple[dict[str, Any], str | None]] = [
    ({"order_status": "invoiced", "left": 1}, "handling_skipped"),
    ({"order_status": "invoiced", "left": 1, "state": "acknowledged"}, "count_not_updated"),
    ({"order_status": "canceled"}, "order_canceled"),
    ({"order_status": "replaced"}, "order_canceled"),
    ({"order_status": "payment-pending", "state": "authorised", "to_ship": 1, "max_confirmation_hours": -40},
     "authorization_expired"),
    ({"order_status": "handling", "superseded": True, "age_hours": 400}, "lock_superseded"),
    ({"no_order": True, "age_hours": 400}, "order_missing"),
    ({"order_status": "canceled", "phantom": True}, "cancel_incomplete"),
    ({"order_status": "ready-for-handling", "to_ship": 1}, None),
    ({"order_status": "payment-pending", "state": "authorised", "to_ship": 1}, None),
    ({"order_status": "handling", "state": "acknowledged", "to_ship": 1}, None),
]  # fmt: skip


@pytest.mark.parametrize(("lock", "cause"), CASES)
def test_a_situation_has_the_cause_it_was_built_for(
    vtex: Caller, lock: dict[str, Any], cause: str | None
) -> None:
    vtex.situation(lock)
    (entry,) = [one for one in vtex.control.truth() if one["subject"] == "lock"]
    assert entry["cause"] == cause
    assert entry["items"] == [{"sku": "9000", "warehouse": "1_1", "quantity": 1}]


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        ({"order_status": "invoiced", "forbidden": True}, "forbidden"),
        ({"no_order": True, "age_hours": 48}, "too_young"),
        ({"order_status": "invoiced", "age_hours": 800 * 24}, "too_old"),
    ],
)
def test_what_nobody_can_read_has_a_reason_and_no_cause(
    vtex: Caller, lock: dict[str, Any], reason: str
) -> None:
    vtex.situation(lock)
    (entry,) = [one for one in vtex.control.truth() if one["subject"] == "lock"]
    assert (entry["unreadable"], entry["cause"]) == (reason, None)


def test_before_its_grace_is_over_a_cause_is_pending(vtex: Caller) -> None:
    vtex.situation({"order_status": "invoiced", "left": 1, "status_hours": 35})
    (entry,) = vtex.control.truth()
    assert (entry["cause"], entry["pending_cause"]) == (None, "handling_skipped")
    vtex.control.advance(hours=2)
    assert vtex.control.truth()[0]["cause"] == "handling_skipped"


def test_unlimited_pairs_and_lots_are_exempt(vtex: Caller) -> None:
    vtex.situation({"order_status": "invoiced", "left": 1}, unlimited=True)
    (entry,) = vtex.control.truth()
    assert (entry["cause"], entry["items"]) == (None, [])
    assert entry["exempt_items"] == [{"sku": "9000", "warehouse": "1_1", "quantity": 1}]


def test_an_order_that_nobody_picks_is_overdue_and_its_lock_is_not_stuck(vtex: Caller) -> None:
    vtex.situation({"order_status": "ready-for-handling", "to_ship": 1, "status_hours": 50})
    causes = {one["subject"]: one["cause"] for one in vtex.control.truth()}
    assert causes == {"lock": None, "order": "handling_overdue"}


def test_several_phantoms_in_one_pair_are_a_mismatch_of_the_pair(vtex: Caller) -> None:
    phantom = {"order_status": "canceled", "phantom": True}
    vtex.situation(phantom, phantom)
    causes = [(one["subject"], one["cause"]) for one in vtex.control.truth()]
    assert causes == [("lock", None), ("lock", None), ("pair", "balance_mismatch")]


def test_acknowledging_a_skipped_one_makes_it_wait_for_a_count_that_clears_it(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "invoiced", "left": 1})
    vtex.acknowledge(made["lock_id"])
    assert vtex.control.truth()[0]["pending_cause"] == "count_not_updated"
    vtex.control.count("9000", "1_1")
    assert vtex.control.truth() == []


def test_the_goods_can_leave_and_be_invoiced_by_hand(vtex: Caller) -> None:
    first, second = vtex.situation(
        {"order_status": "handling", "state": "acknowledged", "quantity": 2, "to_ship": 2},
        {"order_status": "ready-for-handling", "to_ship": 1},
    )
    vtex.control.invoice(first["order_id"])
    vtex.control.ship(lock_id=second["lock_id"])
    vtex.control.advance(seconds=10)
    assert vtex.order(first["order_id"])["status"] == "invoiced"
    assert vtex.order(second["order_id"])["status"] == "ready-for-handling"
    assert (vtex.pair()["on_shelf"], vtex.pair()["to_leave"], vtex.pair()["left"]) == (7, 0, 3)


def test_planted_personal_data_is_in_the_answers_and_in_the_list_of_canaries(
    open_sandbox: Callable[..., Caller],
) -> None:
    vtex = open_sandbox(scenario="small")
    canaries = vtex.control.canaries()
    profile = vtex.order(vtex("GET", "/api/oms/pvt/orders").body["list"][0]["orderId"])["clientProfileData"]
    assert {profile["email"], profile["document"], profile["phone"], profile["lastName"]} <= set(canaries)
    assert len(canaries) > 200
    assert min(len(text) for text in canaries) >= 7
    other = open_sandbox(scenario="small", seed=2).control.canaries()
    assert len(set(other) & set(canaries)) < len(canaries) / 2


def test_orders_can_be_found_by_what_was_meant_to_become_of_them(open_sandbox: Callable[..., Caller]) -> None:
    vtex = open_sandbox(scenario="small")
    (hanging, *_) = vtex.control.orders("hang_start")
    assert vtex.order(hanging["id"])["status"] == "start-handling"
    assert hanging["locks"] == [vtex.order(hanging["id"])["items"][0]["lockId"]]
