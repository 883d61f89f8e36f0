"""Each fault does what it says, and the log of requests tells whether a request took effect."""

import http.client
import time
from typing import Any

import pytest

from .conftest import Caller

REFUSALS = [
    ("rate_limited", 429),
    ("error_500", 500),
    ("error_502", 502),
    ("error_503", 503),
    ("dotnet_error", 500),
    ("locked_423", 423),
    ("forbidden", 403),
    ("login_html", 200),
]


def _log(vtex: Caller) -> list[tuple[Any, Any, Any]]:
    return [(row["status"], row["applied"], row["fault"]) for row in vtex.control.requests("patch_quantity")]


@pytest.mark.parametrize(("kind", "status"), REFUSALS)
def test_a_refusing_fault_answers_its_status_and_lets_nothing_happen(
    vtex: Caller, kind: str, status: int
) -> None:
    vtex.situation()
    vtex.control.fault("patch_quantity", kind)
    assert vtex.patch(9).status == status
    assert vtex.pair()["total"] == 10
    assert _log(vtex) == [(status, False, kind)]


def test_a_429_says_when_to_come_back(vtex: Caller) -> None:
    vtex.control.fault("get_inventory", "rate_limited", retry_after=7)
    assert vtex("GET", "/api/logistics/pvt/inventory/skus/1001").headers["retry-after"] == "7"


def test_a_login_page_is_html_under_status_200(vtex: Caller) -> None:
    vtex.control.fault("get_inventory", "login_html")
    answer = vtex("GET", "/api/logistics/pvt/inventory/skus/1001")
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html" in answer.body


def test_a_500_may_come_though_the_count_was_applied(vtex: Caller) -> None:
    vtex.situation()
    vtex.control.fault("patch_quantity", "error_500_applied")
    assert vtex.patch(9).status == 500
    assert vtex.pair()["total"] == 9
    assert _log(vtex) == [(500, True, "error_500_applied")]


def test_a_success_may_have_no_effect(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "ready-for-handling", "to_ship": 1})
    vtex.control.fault("start_handling", "no_effect")
    assert vtex.start_handling(made["order_id"]).status == 204
    assert vtex.order(made["order_id"])["status"] == "ready-for-handling"


def test_the_connection_may_be_reset_in_the_middle_of_an_answer(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "invoiced", "left": 1})
    vtex.control.fault("get_order", "reset_mid_body")
    with pytest.raises((http.client.HTTPException, OSError)):
        vtex.order(made["order_id"])
    vtex.control.fault("cancel_reservation", "reset_mid_body")
    with pytest.raises((http.client.HTTPException, OSError)):
        vtex.cancel(made["lock_id"])
    assert vtex.pair()["reserved"] == 0


def test_the_connection_may_close_before_anything_happened(vtex: Caller) -> None:
    (made,) = vtex.situation({"order_status": "invoiced", "left": 1})
    vtex.control.fault("cancel_reservation", "reset_before")
    with pytest.raises((http.client.HTTPException, OSError)):
        vtex.cancel(made["lock_id"])
    assert vtex.pair()["reserved"] == 1


def test_json_may_end_too_early_under_a_correct_length(vtex: Caller) -> None:
    vtex.control.fault("get_inventory", "truncated_json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        vtex("GET", "/api/logistics/pvt/inventory/skus/1001")


@pytest.mark.parametrize("kind", ["slow", "slow_applied"])
def test_a_slow_answer_outlasts_the_caller_and_is_applied_all_the_same(vtex: Caller, kind: str) -> None:
    vtex.situation()
    vtex.control.fault("patch_quantity", kind, seconds=0.3)
    started = time.monotonic()
    assert vtex.patch(9).status == 204
    assert time.monotonic() - started >= 0.3
    assert vtex.pair()["total"] == 9


def test_a_rule_strikes_as_often_as_it_says_and_where_it_matches(vtex: Caller) -> None:
    vtex.control.fault(r"GET .*/skus/1001$", "error_503", times=2)
    statuses = [
        vtex("GET", f"/api/logistics/pvt/inventory/skus/{sku}").status for sku in (1002, 1001, 1001, 1001)
    ]
    assert statuses == [200, 503, 503, 200]
    vtex.control.fault("get_inventory", "error_503", always=True)
    assert {vtex("GET", "/api/logistics/pvt/inventory/skus/1001").status for _ in range(4)} == {503}
    vtex.control.clear_faults()
    assert vtex("GET", "/api/logistics/pvt/inventory/skus/1001").status == 200


def test_a_rule_with_a_probability_strikes_the_same_requests_for_the_same_seed(vtex: Caller) -> None:
    runs = []
    for _ in range(2):
        vtex.control.clear_faults()
        vtex.control.fault("get_inventory", "error_503", always=True, probability=0.5, seed=4)
        runs.append([vtex("GET", "/api/logistics/pvt/inventory/skus/1001").status for _ in range(12)])
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


def test_a_fault_of_unknown_kind_or_field_is_refused(vtex: Caller) -> None:
    with pytest.raises(ValueError, match="no fault"):
        vtex.control.fault("get_inventory", "gremlins")
    with pytest.raises(ValueError, match="TypeError"):
        vtex.control.fault("get_inventory", "slow", minutes=3)


def test_any_fault_may_be_told_to_take_effect(vtex: Caller) -> None:
    vtex.situation()
    vtex.control.fault("patch_quantity", "login_html", applied=True)
    assert vtex.patch(9).status == 200
    assert vtex.pair()["total"] == 9


def test_the_request_log_counts_writes_and_can_be_cleared(vtex: Caller) -> None:
    vtex.situation()
    vtex.patch(9)
    vtex.patch(-1)
    assert _log(vtex) == [(204, True, None), (400, False, None)]
    vtex.control.clear_requests()
    assert vtex.control.requests() == []


def test_above_its_budget_the_account_answers_429(vtex: Caller) -> None:
    vtex.control.settings(requests_per_minute=3, retry_after_seconds=5)
    answers = [vtex("GET", "/api/logistics/pvt/inventory/skus/1001") for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["retry-after"] == "5"


def test_a_fault_may_be_any_status(vtex: Caller) -> None:
    vtex.situation()
    vtex.control.fault("patch_quantity", "status", status=405)
    assert vtex.patch(9).status == 405
    assert vtex.pair()["total"] == 10


def test_error_texts_repeat_personal_data_that_is_among_the_canaries(vtex: Caller) -> None:
    vtex.control.fault("get_inventory", "error_500")
    text = vtex("GET", "/api/logistics/pvt/inventory/skus/1001").body["message"]
    assert sum(canary in text for canary in vtex.control.canaries()) >= 2
