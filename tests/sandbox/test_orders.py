"""How orders walk, and how they are listed (F3)."""

from collections.abc import Callable

from .conftest import Caller


def _steps(vtex: Caller, order_id: str, name: str = "Fulfillment") -> list[str]:
    document = vtex("GET", f"/api/orders/pvt/document/{order_id}").body
    instance = next(one for one in document["workflowData"]["instances"] if one["name"] == name)
    return [step["stepName"] for step in instance["timeLine"]]


def test_a_paid_order_waits_in_the_window_and_then_for_handling(vtex: Caller) -> None:
    order_id = vtex.control.order("1001", "1_1")["order_id"]
    assert vtex.order(order_id)["status"] == "payment-pending"
    vtex.control.advance(minutes=11)
    assert vtex.order(order_id)["status"] == "window-to-cancel"
    assert vtex.listed("1_1", "1001")[0]["Status"] == "Confirmed"
    vtex.control.advance(minutes=31)
    assert vtex.order(order_id)["status"] == "ready-for-handling"


def test_start_handling_is_accepted_at_once_and_done_seconds_later(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "ready-for-handling", "to_ship": 1})
    assert vtex.start_handling(made["order_id"]).status == 204
    assert vtex.order(made["order_id"])["status"] == "start-handling"
    assert vtex.listed()[0]["DateUtcAcknowledgedOnBalanceSystem"].startswith("0001")
    vtex.control.advance(seconds=5)
    assert vtex.order(made["order_id"])["status"] == "handling"
    assert vtex.listed()[0]["DateUtcAcknowledgedOnBalanceSystem"].startswith("2026-03-02T12:00:04")
    assert _steps(vtex, made["order_id"])[-2:] == ["start-handling", "handling"]


def test_starting_handling_twice_is_refused_with_oms003(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "ready-for-handling", "to_ship": 1})
    vtex.start_handling(made["order_id"])
    refused = vtex.start_handling(made["order_id"])
    assert (refused.status, refused.body["error"]["code"]) == (409, "OMS003")
    vtex.control.settings(oms003_status=400)
    assert vtex.start_handling(made["order_id"]).status == 400


def test_handling_an_order_whose_reservation_expired_hangs(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "ready-for-handling", "state": "expired"})
    vtex.start_handling(made["order_id"])
    vtex.control.advance(days=2)
    assert vtex.order(made["order_id"])["status"] == "start-handling"


def test_a_cancel_before_handling_gives_the_units_back(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "ready-for-handling", "to_ship": 1})
    answer = vtex("POST", f"/api/oms/pvt/orders/{made['order_id']}/cancel", {"reason": "test"})
    assert answer.body["orderId"] == made["order_id"]
    vtex.control.advance(seconds=5)
    assert vtex.order(made["order_id"])["status"] == "canceled"
    assert vtex.pair()["reserved"] == vtex.pair()["to_leave"] == 0


def test_a_cancel_after_handling_keeps_them_reserved_until_a_count(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "handling", "state": "acknowledged", "to_ship": 1})
    vtex("POST", f"/api/oms/pvt/orders/{made['order_id']}/cancel", {"reason": "test"})
    vtex.control.advance(seconds=5)
    assert vtex.balance()["reservedQuantity"] == 1
    vtex.patch(10)
    assert vtex.pair()["available"] == vtex.pair()["sellable"] == 10


def test_an_invoiced_order_can_not_be_canceled(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "invoiced", "left": 1})
    assert vtex("POST", f"/api/oms/pvt/orders/{made['order_id']}/cancel", {}).status == 400


def test_the_order_list_lags_behind_the_order_by_four_minutes(vtex: Caller) -> None:
    order_id = vtex.control.order("1001", "1_1")["order_id"]
    assert vtex("GET", "/api/oms/pvt/orders").body["paging"]["total"] == 0
    vtex.control.advance(minutes=12)
    rows = vtex("GET", "/api/oms/pvt/orders").body["list"]
    assert [(row["orderId"], row["status"]) for row in rows] == [(order_id, "payment-pending")]
    assert vtex.order(order_id)["status"] == "window-to-cancel"


def test_the_order_list_takes_windows_statuses_and_at_most_thirty_pages_of_a_hundred(
    open_sandbox: Callable[..., Caller],
) -> None:
    vtex = open_sandbox(scenario="demo")
    everything = vtex("GET", "/api/oms/pvt/orders?per_page=500").body
    assert everything["paging"]["perPage"] == len(everything["list"]) == 100
    window = "creationDate:[2026-02-01T00:00:00.000Z%20TO%202026-02-08T00:00:00.000Z]"
    week = vtex("GET", f"/api/oms/pvt/orders?f_creationDate={window}&per_page=100").body["list"]
    assert week
    assert all("2026-02-01" <= row["creationDate"] < "2026-02-08T00:00:01" for row in week)
    finished = vtex("GET", "/api/oms/pvt/orders?f_status=invoiced,canceled&per_page=100").body["list"]
    assert {row["status"] for row in finished} == {"invoiced", "canceled"}
    assert vtex("GET", "/api/oms/pvt/orders?page=31").status == 400


def test_incomplete_orders_are_listed_only_when_asked_for(open_sandbox: Callable[..., Caller]) -> None:
    vtex = open_sandbox(scenario="demo")
    asked = vtex("GET", "/api/oms/pvt/orders?incompleteOrders=true&per_page=100").body["list"]
    assert asked
    assert not any(row["orderIsComplete"] for row in asked)
    assert vtex.order(asked[0]["orderId"])["status"] in ("", "canceled")


def test_the_seller_s_part_of_an_order_has_no_lock_here(open_sandbox: Callable[..., Caller]) -> None:
    vtex = open_sandbox(scenario="demo")
    rows = vtex("GET", "/api/oms/pvt/orders?per_page=100").body["list"]
    rows += vtex("GET", "/api/oms/pvt/orders?per_page=100&page=2").body["list"]
    other = next(row["orderId"] for row in rows if row["orderId"].endswith("-02"))
    detail = vtex.order(other)
    assert detail["items"][0]["lockId"] is None
    group = vtex("GET", f"/api/oms/pvt/orders/order-group/{detail['orderGroup']}").body
    assert {one["orderId"][-2:] for one in group} == {"01", "02"}


def test_an_order_is_found_by_its_sequence_too(vtex: Caller) -> None:
    order_id = vtex.control.order("1001", "1_1")["order_id"]
    assert vtex.order(f"seq{vtex.order(order_id)['sequence']}")["orderId"] == order_id


def test_forbidden_and_unknown_orders_are_403_and_404(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "invoiced", "forbidden": True})
    assert vtex("GET", f"/api/oms/pvt/orders/{made['order_id']}").status == 403
    assert vtex("GET", "/api/oms/pvt/orders/v1nobody-01").status == 404


def test_orders_older_than_two_years_are_gone(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "invoiced"})
    vtex.control.advance(days=731)
    assert vtex("GET", f"/api/oms/pvt/orders/{made['order_id']}").status == 404
    assert len(vtex.listed()) == 1


def test_a_workflow_may_stay_behind_the_other(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "invoiced", "fulfillment_status": "ready-for-handling"})
    assert _steps(vtex, made["order_id"])[-1] == "ready-for-handling"
    assert _steps(vtex, made["order_id"], "Marketplace")[-1] == "invoiced"
    assert vtex.start_handling(made["order_id"]).status == 409
    vtex.control.switch(U7="accepted")
    assert vtex.start_handling(made["order_id"]).status == 204
    vtex.control.advance(seconds=5)
    assert vtex.order(made["order_id"])["status"] == "invoiced"
    assert not vtex.listed()[0]["DateUtcAcknowledgedOnBalanceSystem"].startswith("0001")
