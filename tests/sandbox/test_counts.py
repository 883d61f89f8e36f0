"""What a new total does (F6.2 to F6.5)."""

import pytest

from .conftest import Caller

ACKNOWLEDGED = {"state": "acknowledged", "order_status": "handling", "to_ship": 1}
CONFIRMED = {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1}
AUTHORISED = {"state": "authorised", "order_status": "payment-pending", "to_ship": 1}


def test_a_count_removes_acknowledged_reservations_and_keeps_the_others(vtex: Caller) -> None:
    _, confirmed, authorised = vtex.situation(ACKNOWLEDGED, CONFIRMED, AUTHORISED)
    assert vtex.patch(9).status == 204
    assert {row["LockId"] for row in vtex.listed()} == {confirmed["lock_id"], authorised["lock_id"]}
    assert (vtex.balance()["totalQuantity"], vtex.balance()["reservedQuantity"]) == (9, 2)


def test_the_same_number_is_ignored_while_nothing_is_acknowledged(vtex: Caller) -> None:
    vtex.situation(CONFIRMED)
    assert vtex.patch(10).status == 204
    assert vtex.control.count("9000", "1_1", 10)["had_effect"] is False
    assert vtex.balance()["reservedQuantity"] == 1


def test_the_same_number_is_accepted_when_something_is_acknowledged(vtex: Caller) -> None:
    vtex.situation(ACKNOWLEDGED)
    vtex.patch(10)
    assert vtex.listed() == []


def test_a_count_leaves_the_same_sku_of_another_warehouse_alone(vtex: Caller) -> None:
    more = {"sku": "9000", "warehouse": "CD_SP", "quantity": 1}
    vtex.control.situation(sku="9000", warehouse="CD_SP", total=5)
    vtex.situation({**ACKNOWLEDGED, "more": [more]})
    vtex.patch(9)
    assert vtex.listed() == []
    assert len(vtex.listed("CD_SP")) == 1


def test_a_count_stamped_before_an_acknowledgement_does_not_remove_it(vtex: Caller) -> None:
    vtex.situation({**ACKNOWLEDGED, "acknowledged_hours": 2})
    vtex.patch(9, "2026-03-02T09:00:00Z")
    assert len(vtex.listed()) == 1
    vtex.patch(9, "2026-03-02T10:00:00Z")
    assert vtex.listed() == []


def test_putting_inventory_replaces_what_is_left_out(vtex: Caller) -> None:
    vtex.situation()
    path = "/api/logistics/pvt/inventory/skus/9000/warehouses/1_1"
    vtex("PATCH", f"{path}/lead-time", {"leadTime": "2.00:00:00"})
    vtex.patch(8)
    assert vtex.balance()["leadTime"] == "2.00:00:00"
    answer = vtex("PUT", path, {"unlimitedQuantity": False})
    assert (answer.status, answer.body) == (200, True)
    assert (vtex.balance()["totalQuantity"], vtex.balance()["leadTime"]) == (0, "00:00:00")


@pytest.mark.parametrize("quantity", [-1, 1.5, "7", True])
def test_a_number_that_is_none_is_a_bad_request(vtex: Caller, quantity: object) -> None:
    vtex.situation()
    assert vtex.patch(quantity).status == 400
    assert vtex.balance()["totalQuantity"] == 10


def test_a_second_write_at_once_on_one_pair_is_locked_out(vtex: Caller) -> None:
    vtex.control.settings(inventory_lock_seconds=30)
    vtex.situation()
    assert vtex.patch(9).status == 204
    refused = vtex.patch(8)
    assert refused.status == 423
    assert refused.body == "Unable to acquire lock for key: sandbox_item_logistics_9000_1_1."
    assert vtex.balance()["totalQuantity"] == 9


def test_unlimited_pairs_report_a_large_total_and_go_on_counting_reserved(vtex: Caller) -> None:
    vtex.situation(CONFIRMED, unlimited=True)
    assert vtex.balance()["hasUnlimitedQuantity"] is True
    assert (vtex.balance()["totalQuantity"], vtex.balance()["reservedQuantity"]) == (1_000_001, 1)


def test_a_truthful_count_makes_available_what_may_be_sold(vtex: Caller) -> None:
    shipped = {"state": "acknowledged", "order_status": "invoiced", "quantity": 2, "left": 2}
    vtex.situation(ACKNOWLEDGED, CONFIRMED, AUTHORISED, shipped, total=10, on_shelf=8)
    counted = vtex.control.count("9000", "1_1")
    assert counted["had_effect"]
    assert counted["total"] == 7
    assert counted["available"] == counted["sellable"] == 5
