"""Our client's requests, and VTEX's own example answers, against VTEX's OpenAPI.

VTEX_OPENAPI_DIR names the folder that holds logistics.json, orders.json, orders-pii.json and catalog.json.
"""

import json
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import responses
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest
from requests import PreparedRequest

from reconciler.vtex import errors, payloads
from reconciler.vtex.payloads.base import Payload
from tests.vtex.clients import NOW, READS, WRITES, make_client

FOLDER = os.environ.get("VTEX_OPENAPI_DIR", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="VTEX_OPENAPI_DIR is not set: VTEX's OpenAPI is not at hand"
)

BASE = "https://apiexamples.vtexcommercestable.com.br"
SPEC_OF = {
    "/api/oms/": "orders",
    "/api/orders/pvt/": "orders-pii",
    "/api/orders/": "orders",
    "/api/logistics/": "logistics",
    "/api/catalog_system/": "catalog",
}
UNDOCUMENTED_QUERY = {
    # Only five code bases show that the list is paged (F5.4).
    ("list_reservations", "page"),
    ("list_reservations", "perPage"),
    ("list_all_reservations", "page"),
    ("list_all_reservations", "perPage"),
}
KNOWN_FAULTS = {
    # The document takes the header of its own sample, {"key": "value"}, for one that each hook must have.
    "set_hook_config": "'key' is a required property",
}
EXAMPLES: list[tuple[str, str, Any]] = [
    ("orders", "/api/oms/pvt/orders/{orderId}", payloads.Order),
    ("orders", "/api/oms/pvt/orders", payloads.OrderPage),
    ("orders", "/api/orders/feed", list[payloads.FeedItem]),
    ("orders", "/api/orders/feed/config", payloads.FeedConfig),
    ("orders-pii", "/api/orders/pvt/document/{orderId}", payloads.OrderDocument),
    ("logistics", "/api/logistics/pvt/inventory/reservations/{reservationId}", payloads.Reservation),
    ("logistics", "/api/logistics/pvt/inventory/skus/{skuId}", payloads.SkuInventory),
    ("logistics", "/api/logistics/pvt/configuration/warehouses", list[payloads.Warehouse]),
    ("catalog", "/api/catalog_system/pvt/sku/stockkeepingunitids", list[payloads.Id]),
    ("catalog", "/api/catalog_system/pvt/sku/stockkeepingunitbyid/{skuId}", payloads.Sku),
]
PERSONAL = re.compile(
    r"clientProfile|receiver|firstName|street|postalCode|phone|e-?mail|cancel_?reason", re.IGNORECASE
)


@cache
def text_of(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((Path(FOLDER) / f"{name}.json").read_text())
    return document


@cache
def spec_of(path: str) -> tuple[str, OpenAPI]:
    name = next(name for prefix, name in SPEC_OF.items() if path.startswith(prefix))
    return name, OpenAPI.from_dict(text_of(name))


def sent_by(name: str, *arguments: Any, **options: Any) -> PreparedRequest:
    """The request that a method of the client sends."""
    caught: list[PreparedRequest] = []

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        caught.append(request)
        return 404, {}, ""

    with responses.RequestsMock() as mock:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            mock.add_callback(method, re.compile(".*"), answer)
        mock.assert_all_requests_are_fired = False
        call: Callable[..., object] = getattr(make_client(BASE), name)
        with pytest.raises(errors.NotFound):
            call(*arguments, **options)
    return caught[0]


@pytest.mark.parametrize("name", READS | WRITES)
def test_each_request_is_as_vtex_documents_it(name: str) -> None:
    request = RequestsOpenAPIRequest(sent_by(name, *(READS | WRITES)[name]))
    _, spec = spec_of(request.path)
    faults = [str(fault) for fault in spec.iter_request_errors(request)]
    assert not [fault for fault in faults if name not in KNOWN_FAULTS or KNOWN_FAULTS[name] not in fault]


def test_the_order_list_with_every_filter_is_as_vtex_documents_it() -> None:
    span = {"created_from": NOW, "created_to": NOW, "invoiced_from": NOW, "invoiced_to": NOW}
    request = RequestsOpenAPIRequest(sent_by("list_orders", status="handling", incomplete=True, **span))
    _, spec = spec_of(request.path)
    assert not [str(fault) for fault in spec.iter_request_errors(request)]
    assert undocumented("/api/oms/pvt/orders", request) == set()


@pytest.mark.parametrize("name", READS)
def test_each_query_parameter_is_documented_or_known_not_to_be(name: str) -> None:
    request = RequestsOpenAPIRequest(sent_by(name, *READS[name]))
    found = undocumented(template_of(request.path), request)
    assert {(name, each) for each in found} == {known for known in UNDOCUMENTED_QUERY if known[0] == name}


@pytest.mark.parametrize(("spec", "path", "kind"), EXAMPLES, ids=lambda value: str(value)[:60])
def test_vtexs_own_examples_are_read(spec: str, path: str, kind: Any) -> None:
    decoded = payloads.decode(json.dumps(example_of(spec, path)).encode(), kind)
    assert decoded


def test_no_payload_names_personal_data() -> None:
    names = {
        name
        for kind in subclasses(Payload)
        for field in msgspec.structs.fields(kind)
        for name in (field.name, field.encode_name)
    }
    assert len(names) > 80
    assert not [name for name in names if PERSONAL.search(name)]


def undocumented(path: str, request: RequestsOpenAPIRequest) -> set[str]:
    name, _ = spec_of(path)
    operation = text_of(name)["paths"][path][request.method]
    known = {each.get("name") for each in operation.get("parameters", [])}
    return set(request.parameters.query) - known


def template_of(path: str) -> str:
    name, _ = spec_of(path)
    for template in sorted(text_of(name)["paths"], key=lambda each: each.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return str(template)
    raise AssertionError(f"{path} is in no specification")


def example_of(spec: str, path: str) -> Any:
    content = next(iter(text_of(spec)["paths"][path]["get"]["responses"]["200"]["content"].values()))
    return content.get("example") or next(iter(content["examples"].values()))["value"]


def subclasses(kind: type[Payload]) -> list[type[Payload]]:
    return [each for direct in kind.__subclasses__() for each in [direct, *subclasses(direct)]]
