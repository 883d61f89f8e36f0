"""A sandbox on a frozen clock, and a caller that speaks VTEX's HTTP to it."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from reconciler.sandbox import SandboxServer

NOON = "2026-03-02T12:00:00Z"


@dataclass
class Answered:
    status: int
    body: Any
    headers: dict[str, str]


class Caller:
    """Raw requests with the sandbox's own key; nothing is retried."""

    def __init__(self, sandbox: SandboxServer) -> None:
        self.sandbox = sandbox
        self.control = sandbox.control
        self.headers = {
            "X-VTEX-API-AppKey": sandbox.app_key,
            "X-VTEX-API-AppToken": sandbox.app_token,
            "Content-Type": "application/json",
        }

    def __call__(self, method: str, path: str, body: object = None, *, timeout: float = 10) -> Answered:
        connection = http.client.HTTPConnection("127.0.0.1", self.sandbox.port, timeout=timeout)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), self.headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        is_json = headers.get("content-type", "").startswith("application/json")
        return Answered(answer.status, json.loads(text) if is_json and text else text, headers)

    def order(self, order_id: str) -> Any:
        return self("GET", f"/api/oms/pvt/orders/{order_id}").body

    def listed(self, warehouse: str = "1_1", sku: str = "9000") -> list[dict[str, Any]]:
        path = f"/api/logistics/pvt/inventory/reservations/{warehouse}/{sku}?page=1&perPage=100"
        return list(self("GET", path).body["items"])

    def lock(self, lock_id: str) -> Answered:
        return self("GET", f"/api/logistics/pvt/inventory/reservations/{lock_id}")

    def cancel(self, lock_id: str) -> Answered:
        return self("POST", f"/api/logistics/pvt/inventory/reservations/{lock_id}/cancel")

    def acknowledge(self, lock_id: str) -> Answered:
        return self("POST", f"/api/logistics/pvt/inventory/reservations/{lock_id}/acknowledge")

    def start_handling(self, order_id: str) -> Answered:
        return self("POST", f"/api/oms/pvt/orders/{order_id}/start-handling")

    def patch(self, quantity: object, stamp: str | None = None, sku: str = "9000") -> Answered:
        body = {"quantity": quantity, "unlimitedQuantity": False, "dateUtcOnBalanceSystem": stamp}
        return self("PATCH", f"/api/logistics/pvt/inventory/skus/{sku}/warehouses/1_1/quantity", body)

    def balance(self, sku: str = "9000", warehouse: str = "1_1") -> dict[str, Any]:
        rows = self("GET", f"/api/logistics/pvt/inventory/skus/{sku}").body["balance"]
        return next(row for row in rows if row["warehouseId"] == warehouse)

    def pair(self) -> dict[str, Any]:
        return self.control.shelf("9000", "1_1")[0]

    def situation(self, *locks: dict[str, Any], total: int = 10, **more: Any) -> list[dict[str, Any]]:
        return list(self.control.situation(total=total, locks=list(locks), **more)["locks"])


@pytest.fixture
def open_sandbox() -> Iterator[Callable[..., Caller]]:
    """Opens sandboxes that end with the test; by default an empty, frozen one without the lock of writes."""
    with ExitStack() as stack:

        def start(**options: Any) -> Caller:
            chosen = {"scenario": "empty", "clock": NOON, "inventory_lock_seconds": 0, **options}
            return Caller(stack.enter_context(SandboxServer(**chosen)))

        yield start


@pytest.fixture
def vtex(open_sandbox: Callable[..., Caller]) -> Caller:
    return open_sandbox()
