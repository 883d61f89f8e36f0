"""The sandbox's answers against VTEX's own OpenAPI, so that our tests do not prove our inventions.

VTEX_OPENAPI_DIR names the folder that holds logistics.json, orders.json, orders-pii.json and catalog.json.
"""

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from reconciler.sandbox import SandboxServer
from tests.sandbox.conftest import NOON, Caller

FOLDER = os.environ.get("VTEX_OPENAPI_DIR", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="VTEX_OPENAPI_DIR is not set: VTEX's OpenAPI is not at hand"
)

ORDERS = "/api/oms/pvt/orders"
INVENTORY = "/api/logistics/pvt/inventory"
WAREHOUSES = "/api/logistics/pvt/configuration/warehouses"
CATALOG = "/api/catalog_system/pvt/sku"
NULL = "the field is null in live answers, and the document says so nowhere"
DEVIATIONS = {
    ("/api/orders/pvt/document/{orderId}", "authorizedDate"): f"{NULL}: an order that was never paid",
    (f"{INVENTORY}/items/{{skuId}}/warehouses/{{warehouseId}}", "*/dateOfSupplyUtc"): NULL,
    (f"{INVENTORY}/items/{{skuId}}/warehouses/{{warehouseId}}", "*/timeToRefill"): NULL,
    (f"{INVENTORY}/items/{{skuId}}/warehouses/{{warehouseId}}", "*/transfer"): NULL,
    (
        f"{CATALOG}/stockkeepingunitids",
        "*",
    ): "ids with a leading zero are other SKUs and can be no integer (F6.9)",
    (f"{CATALOG}/stockkeepingunitbyid/{{skuId}}", "Id"): "the same",
    (f"{CATALOG}/stockkeepingunitbyid/{{skuId}}", "SkuSellers/*/StockKeepingUnitId"): "the same",
}
"""(path, place in the answer) -> why it is not as documented."""

Asked = tuple[str, str, str, str, object]


@cache
def document(name: str) -> dict[str, Any]:
    return dict(json.loads((Path(FOLDER) / f"{name}.json").read_text()))


def schema(spec: str, path: str, method: str, status: str) -> Any:
    """The JSON schema of an answer, or None where VTEX documents none."""
    responses = document(spec)["paths"][path][method.lower()]["responses"]
    assert status in responses, f"{method} {path} documents no {status}"
    content = responses[status].get("content") or {}
    media = next((media for name, media in content.items() if name.startswith("application/json")), None)
    return None if media is None else _as_json_schema(media["schema"], document(spec))


def _as_json_schema(node: Any, root: dict[str, Any]) -> Any:
    """OpenAPI 3.0 as JSON Schema: references followed, `nullable` as a type."""
    if isinstance(node, list):
        return [_as_json_schema(one, root) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = root
        for key in node["$ref"].lstrip("#/").split("/"):
            target = target[key]
        return _as_json_schema(target, root)
    plain = {
        name: _as_json_schema(value, root)
        for name, value in node.items()
        if name not in ("nullable", "example")
    }
    if node.get("nullable") and isinstance(node.get("type"), str):
        plain["type"] = [node["type"], "null"]
    return plain


def faults(answer: Any, wanted: Any) -> set[str]:
    """Places of the answer that are not as documented, list positions as `*`."""
    errors = Draft7Validator(wanted).iter_errors(answer)
    return {
        "/".join("*" if isinstance(step, int) else step for step in error.absolute_path) for error in errors
    }


@pytest.fixture(scope="module")
def vtex() -> Iterator[Caller]:
    with SandboxServer("demo", 1, NOON, inventory_lock_seconds=0) as sandbox:
        yield Caller(sandbox)


def _reads(vtex: Caller) -> Iterator[Asked]:
    statuses: dict[str, str] = {}
    for page in range(1, 6):
        rows = vtex("GET", f"{ORDERS}?per_page=100&page={page}").body["list"]
        for row in rows:
            statuses.setdefault(f"{row['status']} {row['origin']} {row['totalItems']}", row["orderId"])
    for order_id in statuses.values():
        yield "orders", "GET", f"{ORDERS}/{{orderId}}", f"{ORDERS}/{order_id}", None
        yield (
            "orders-pii",
            "GET",
            "/api/orders/pvt/document/{orderId}",
            f"/api/orders/pvt/document/{order_id}",
            None,
        )
        group = order_id.rsplit("-", 1)[0]
        yield "orders", "GET", f"{ORDERS}/order-group/{{orderGroup}}", f"{ORDERS}/order-group/{group}", None
    yield "orders", "GET", ORDERS, f"{ORDERS}?per_page=100", None
    for lock_id in {one["lock_id"] for one in vtex.control.truth() if one["lock_id"]}:
        path = f"{INVENTORY}/reservations/{{reservationId}}"
        yield "logistics", "GET", path, f"{INVENTORY}/reservations/{lock_id}", None
    ids = vtex("GET", f"{CATALOG}/stockkeepingunitids?page=1&pagesize=1000").body
    yield (
        "catalog",
        "GET",
        f"{CATALOG}/stockkeepingunitids",
        f"{CATALOG}/stockkeepingunitids?page=1&pagesize=9",
        None,
    )
    for sku in ids:
        yield "logistics", "GET", f"{INVENTORY}/skus/{{skuId}}", f"{INVENTORY}/skus/{sku}", None
        path = f"{CATALOG}/stockkeepingunitbyid/{{skuId}}"
        yield "catalog", "GET", path, f"{CATALOG}/stockkeepingunitbyid/{sku}", None
    item = f"{INVENTORY}/items/1001/warehouses/1_1"
    yield "logistics", "GET", f"{INVENTORY}/items/{{skuId}}/warehouses/{{warehouseId}}", item, None
    path = f"{INVENTORY}/items/{{itemId}}/warehouses/{{warehouseId}}/dispatched"
    yield "logistics", "GET", path, f"{item}/dispatched", None
    yield "logistics", "GET", WAREHOUSES, WAREHOUSES, None
    yield "logistics", "GET", f"{WAREHOUSES}/{{warehouseId}}", f"{WAREHOUSES}/1_1", None


def _writes(vtex: Caller) -> Iterator[Asked]:
    waiting, live, skipped = vtex.situation(
        {"order_status": "ready-for-handling", "to_ship": 1},
        {"order_status": "ready-for-handling", "to_ship": 1},
        {"order_status": "invoiced"},
    )
    action = f"{ORDERS}/{{orderId}}"
    yield "orders", "POST", f"{action}/start-handling", f"{ORDERS}/{waiting['order_id']}/start-handling", None
    yield "orders", "POST", f"{action}/start-handling", f"{ORDERS}/{waiting['order_id']}/start-handling", None
    yield (
        "orders",
        "POST",
        f"{action}/interactions",
        f"{ORDERS}/{live['order_id']}/interactions",
        {"message": "x"},
    )
    yield "orders", "POST", f"{action}/cancel", f"{ORDERS}/{live['order_id']}/cancel", {"reason": "x"}
    lock = f"{INVENTORY}/reservations/{{reservationId}}"
    for verb in ("confirm", "acknowledge", "cancel"):
        yield (
            "logistics",
            "POST",
            f"{lock}/{verb}",
            f"{INVENTORY}/reservations/{skipped['lock_id']}/{verb}",
            None,
        )
    row, target = (
        f"{INVENTORY}/skus/{{skuId}}/warehouses/{{warehouseId}}",
        f"{INVENTORY}/skus/9000/warehouses/1_1",
    )
    yield "logistics", "PUT", row, target, {"quantity": 4}
    yield "logistics", "PATCH", f"{row}/quantity", f"{target}/quantity", {"quantity": 5}
    yield "logistics", "PATCH", f"{row}/lead-time", f"{target}/lead-time", {"leadTime": "1.00:00:00"}
    config = {"filter": {"type": "FromWorkflow", "status": ["window-to-cancel"]}}
    yield "orders", "POST", "/api/orders/feed/config", "/api/orders/feed/config", config
    vtex.control.order("1001", "1_1")
    vtex.control.advance(hours=1)
    yield "orders", "GET", "/api/orders/feed/config", "/api/orders/feed/config", None
    yield "orders", "GET", "/api/orders/feed", "/api/orders/feed?maxlot=10", None
    yield "orders", "POST", "/api/orders/feed", "/api/orders/feed", {"handles": []}


def _undocumented(vtex: Caller, asked: Iterator[Asked]) -> tuple[set[tuple[str, str]], set[str]]:
    """The deviations found, and the endpoints asked."""
    found, seen = set(), set()
    for spec, method, path, target, body in asked:
        answer = vtex(method, target, body)
        wanted = schema(spec, path, method, str(answer.status))
        seen.add(f"{method} {path}")
        if wanted is not None and method in ("GET", "POST"):
            found |= {(path, place) for place in faults(answer.body, wanted)}
    return found, seen


def test_what_is_read_from_the_sandbox_is_as_vtex_documents_it_but_for_named_deviations(vtex: Caller) -> None:
    found, seen = _undocumented(vtex, _reads(vtex))
    assert found == set(DEVIATIONS)
    assert len(seen) == 12


def test_writes_answer_with_the_documented_statuses_and_bodies(vtex: Caller) -> None:
    found, seen = _undocumented(vtex, _writes(vtex))
    assert found == set()
    assert len(seen) == 13


def test_a_wrong_type_would_be_seen() -> None:
    wanted = schema("logistics", f"{INVENTORY}/skus/{{skuId}}", "GET", "200")
    assert faults({"skuId": 7, "balance": [{"totalQuantity": "3"}]}, wanted) == {
        "skuId",
        "balance/*/totalQuantity",
    }
