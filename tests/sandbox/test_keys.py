"""Keys and permissions (F1)."""

from .conftest import Caller

PATH = "/api/logistics/pvt/inventory/skus/1001"


def test_without_the_right_key_and_token_everything_is_unauthorized(vtex: Caller) -> None:
    vtex.headers["X-VTEX-API-AppToken"] = "wrong"
    refused = vtex("GET", PATH)
    assert (refused.status, refused.body["error"]["message"]) == (401, "Unauthorized access")
    assert vtex("GET", "/api/orders/feed?maxlot=10").body["title"] == "Unauthorized"
    del vtex.headers["X-VTEX-API-AppKey"]
    assert vtex("GET", "/api/nothing").status == 401


def test_a_missing_permission_is_403_for_its_endpoints_alone(vtex: Caller) -> None:
    vtex.control.key(denied=["Logistics full access"])
    assert vtex.cancel("any").status == 403
    assert vtex("GET", PATH).status == 200


def test_a_single_endpoint_may_be_denied(vtex: Caller) -> None:
    vtex.control.key(denied=["get_order_document"])
    (made,) = vtex.situation({"order_status": "invoiced"})
    assert vtex("GET", f"/api/orders/pvt/document/{made['order_id']}").status == 403
    assert vtex.order(made["order_id"])["orderId"] == made["order_id"]


def test_a_missing_permission_may_show_as_a_login_page(vtex: Caller) -> None:
    vtex.control.key(denied=["SKUs"], style="login_html")
    answer = vtex("GET", "/api/catalog_system/pvt/sku/stockkeepingunitbyid/1001")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_page_in_a_browser_reaches_neither_vtex_nor_the_control_routes(vtex: Caller) -> None:
    vtex.headers["Origin"] = "https://elsewhere.example"
    assert vtex("GET", PATH).status == 403
    assert vtex("POST", "/_sandbox/reset", {"scenario": "empty"}).status == 403
    del vtex.headers["Origin"]
    vtex.headers["Host"] = "elsewhere.example"
    assert vtex("GET", "/_sandbox/").status == 403
