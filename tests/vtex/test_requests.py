"""What leaves the machine, and how answers are judged."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import responses

from reconciler.vtex import VtexClient, errors, limits
from tests.vtex.clients import BASE, NOW, READS, WRITES, OpenLimiter, make_client

ANYWHERE = re.compile(".*")


@pytest.fixture
def vtex() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def sent(mock: responses.RequestsMock) -> Any:
    return mock.calls[-1].request


def test_the_keys_travel_in_headers_and_nothing_else_does(vtex: responses.RequestsMock) -> None:
    vtex.get(f"{BASE}/api/logistics/pvt/configuration/warehouses", json=[])
    make_client().list_warehouses()
    headers = sent(vtex).headers
    assert headers["X-VTEX-API-AppKey"] == "vtexappkey-store-QWERTY"
    assert headers["X-VTEX-API-AppToken"] == "TOKENTOKENTOKENTOKEN"
    assert headers["Accept"] == headers["Content-Type"] == "application/json"
    assert "Cookie" not in headers
    assert "Authorization" not in headers


@pytest.mark.parametrize(
    ("order_id", "segment"),
    [
        ("v1-01", "v1-01"),
        ("CD/SP 1", "CD%2FSP%201"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("a..b", "a..b"),
        ("ç?#%", "%C3%A7%3F%23%25"),
        ("~x", "~x"),
    ],
)
def test_an_id_stays_one_path_segment(vtex: responses.RequestsMock, order_id: str, segment: str) -> None:
    vtex.add_callback(responses.GET, ANYWHERE, lambda request: (404, {}, ""))
    with pytest.raises(errors.NotFound):
        make_client().get_order(order_id)
    assert sent(vtex).url == f"{BASE}/api/oms/pvt/orders/{segment}"


@pytest.mark.parametrize("order_id", ["", "a\0b", "\ud800"])
def test_an_id_that_would_name_something_else_is_refused(order_id: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        make_client().get_order(order_id)


def test_the_order_list_is_asked_oldest_first_with_its_filters(vtex: responses.RequestsMock) -> None:
    body = {"list": [], "paging": {"total": 0, "pages": 0, "currentPage": 1, "perPage": 100}}
    vtex.get(f"{BASE}/api/oms/pvt/orders", json=body)
    page = make_client().list_orders(
        2,
        50,
        created_from=datetime(2026, 1, 1, tzinfo=UTC),
        created_to=datetime(2026, 1, 2, tzinfo=UTC),
        status="handling,invoiced",
        incomplete=True,
    )
    assert page.rows == []
    assert sent(vtex).params == {
        "page": "2",
        "per_page": "50",
        "orderBy": "creationDate,asc",
        "f_creationDate": "creationDate:[2026-01-01T00:00:00.000Z TO 2026-01-02T00:00:00.000Z]",
        "f_status": "handling,invoiced",
        "incompleteOrders": "true",
    }
    assert "+" not in sent(vtex).url


def test_half_a_range_is_refused() -> None:
    with pytest.raises(ValueError, match="both ends"):
        make_client().list_orders(invoiced_from=NOW)


def test_a_count_is_sent_as_a_patch_that_leaves_the_lead_time(vtex: responses.RequestsMock) -> None:
    url = f"{BASE}/api/logistics/pvt/inventory/skus/10/warehouses/CD%2FSP/quantity"
    vtex.patch(
        url, status=204, headers={"x-vtex-operation-id": "op-1", "Date": "Wed, 04 Mar 2026 05:06:07 GMT"}
    )
    answer = make_client().patch_quantity("10", "CD/SP", 5, NOW)
    assert sent(vtex).body == (
        b'{"quantity":5,"unlimitedQuantity":false,"dateUtcOnBalanceSystem":"2026-03-04T05:06:07.000000+00:00"}'
    )
    assert (answer.status, answer.operation_id, answer.server_date) == (204, "op-1", NOW)


def test_a_full_replacement_carries_the_lead_time(vtex: responses.RequestsMock) -> None:
    vtex.put(f"{BASE}/api/logistics/pvt/inventory/skus/10/warehouses/1_1", json=True)
    assert make_client().put_inventory("10", "1_1", 5, "1.00:00:00", NOW).status == 200
    assert b'"leadTime":"1.00:00:00"' in sent(vtex).body


@pytest.mark.parametrize("quantity", [-1, 1.0, True, "1"])
def test_a_count_that_is_no_count_is_not_sent(quantity: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        make_client().patch_quantity("10", "1_1", quantity, NOW)


@pytest.mark.parametrize("verb", ["start_handling", "cancel_reservation", "acknowledge_reservation"])
def test_actions_send_no_body(vtex: responses.RequestsMock, verb: str) -> None:
    vtex.post(ANYWHERE, status=200)
    getattr(make_client(), verb)("00-v1-01")
    assert sent(vtex).body is None


@pytest.mark.parametrize(
    ("status", "body"), [(200, b""), (204, b""), (200, b"true"), (202, b'{"a":1}'), (200, b" ")]
)
def test_a_write_may_be_accepted_with_any_harmless_body(
    vtex: responses.RequestsMock, status: int, body: bytes
) -> None:
    vtex.post(ANYWHERE, status=status, body=body, content_type="application/json")
    assert make_client().cancel_reservation("00-v1-01").status == status


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>login</html>", "text/html"),
        (b"true", "text/html"),
        (b'{"a":', "application/json"),
        (b"false", "application/json"),
        (b'{"IsSucess":false}', "application/json"),
        (b'{"error":{"code":"1","message":"no"}}', "application/json"),
        (b'{"error":"no"}', "application/json"),
        (b'{"ClassName":"System.Exception"}', "application/json"),
    ],
)
def test_a_doubtful_success_of_a_write_leaves_the_outcome_open(
    vtex: responses.RequestsMock, body: bytes, kind: str
) -> None:
    vtex.post(ANYWHERE, body=body, content_type=kind)
    with pytest.raises(errors.SuspiciousAnswer) as caught:
        make_client().cancel_reservation("00-v1-01")
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"<html>login</html>", "text/html; charset=utf-8"),
        (b'{"orderId":"v1-01"}', "text/plain"),
        (b'{"status":"handling"}', "application/json"),
        (b'{"orderId":"v1', "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"", "application/json"),
        (b'{"error":{"code":"1","message":"no"}}', "application/json"),
    ],
)
def test_a_success_that_is_not_the_order_is_suspicious(
    vtex: responses.RequestsMock, body: bytes, kind: str
) -> None:
    vtex.get(ANYWHERE, body=body, content_type=kind)
    with pytest.raises(errors.SuspiciousAnswer) as caught:
        make_client().get_order("v1-01")
    assert not caught.value.outcome_unknown


def test_a_redirect_is_not_followed(vtex: responses.RequestsMock) -> None:
    vtex.get(ANYWHERE, status=302, headers={"Location": "https://elsewhere.example.com/login"})
    with pytest.raises(errors.SuspiciousAnswer):
        make_client().get_order("v1-01")
    assert len(vtex.calls) == 1


def test_null_for_a_reservation_means_there_is_none(vtex: responses.RequestsMock) -> None:
    vtex.get(ANYWHERE, body=b"null", content_type="application/json")
    with pytest.raises(errors.NotFound):
        make_client().get_reservation("00-v1-01")


def test_the_clock_of_vtex_comes_with_the_stock(vtex: responses.RequestsMock) -> None:
    vtex.get(
        ANYWHERE,
        json={"skuId": "10", "balance": []},
        headers={"Date": "Wed, 04 Mar 2026 05:06:07 GMT"},
    )
    assert make_client().get_inventory("10").server_date == NOW


def test_reads_and_writes_are_announced_to_the_limiter_with_their_outcome(
    vtex: responses.RequestsMock,
) -> None:
    vtex.get(ANYWHERE, json=[1, "02"])
    vtex.post(ANYWHERE, status=404)
    limiter = OpenLimiter()
    client = make_client(limiter=limiter)
    assert client.list_sku_ids(1) == ["1", "02"]
    with pytest.raises(errors.NotFound):
        client.start_handling("v1-01")
    staff = limits.Priority.STAFF
    assert limiter.asked == [(staff, limits.Family.SKU), (staff, limits.Family.ORDER_ACTION)]
    assert [type(each) for each in limiter.told] == [type(None), errors.NotFound]


@pytest.mark.parametrize(
    "url", ["http://store.example.com", "ftp://x", "https://", "https://u:p@host", "https://h?a=b"]
)
def test_keys_are_not_sent_in_the_clear_or_to_a_strange_url(url: str) -> None:
    with pytest.raises(ValueError, match="base URL"):
        make_client(url)


def test_without_a_url_the_account_names_its_host() -> None:
    assert "https://store.vtexcommercestable.com.br" in repr(make_client(""))
    with pytest.raises(ValueError, match="account name"):
        make_client("", account="evil.example.com/")


def test_every_endpoint_of_the_client_is_in_these_tests() -> None:
    verbs = {
        name for name in dir(VtexClient) if not name.startswith("_") and callable(getattr(VtexClient, name))
    }
    assert verbs - {"close"} == READS.keys() | WRITES.keys()
