"""Thin methods over the control routes, for tests."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


class Remote:
    """Each method is one control route; answers are the parsed JSON. Raises ValueError when the sandbox
    refuses.
    """

    def __init__(self, url: str) -> None:
        self.host = urlsplit(url).netloc

    def call(self, method: str, route: str, body: object = None) -> Any:
        connection = http.client.HTTPConnection(self.host, timeout=120)
        try:
            connection.request(method, f"/_sandbox/{route}", None if body is None else json.dumps(body))
            response = connection.getresponse()
            parsed = json.loads(response.read())
        finally:
            connection.close()
        if response.status >= 400:
            raise ValueError(parsed["message"])
        return parsed

    def about(self) -> dict[str, Any]:
        return dict(self.call("GET", ""))

    def clock(self, **changes: object) -> dict[str, Any]:
        return dict(self.call("POST" if changes else "GET", "clock", changes or None))

    def advance(
        self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0
    ) -> dict[str, Any]:
        return self.clock(advance_seconds=((days * 24 + hours) * 60 + minutes) * 60 + seconds)

    def reset(self, scenario: str | None = None, seed: int | None = None, **more: object) -> None:
        given = {"scenario": scenario, "seed": seed, **more}
        self.call("POST", "reset", {name: value for name, value in given.items() if value is not None})

    def switch(self, **positions: str) -> dict[str, str]:
        return dict(self.call("POST", "switches", positions))

    def settings(self, **values: float) -> dict[str, float]:
        return dict(self.call("POST", "settings", values))

    def truth(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "truth"))

    def orders(self, fate: str | None = None) -> list[dict[str, Any]]:
        return [row for row in self.call("GET", "orders") if fate in (None, row["fate"])]

    def shelf(self, sku: str | None = None, warehouse: str | None = None) -> list[dict[str, Any]]:
        rows = self.call("GET", "shelf")
        return [row for row in rows if sku in (None, row["sku"]) and warehouse in (None, row["warehouse"])]

    def canaries(self) -> list[str]:
        return list(self.call("GET", "canaries")["canaries"])

    def requests(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        return [row for row in self.call("GET", "requests") if endpoint in (None, row["endpoint"])]

    def traffic(self) -> dict[str, int]:
        """`requests` received, and `too_many`: those over the allowance of `requests_per_minute`."""
        return dict(self.call("GET", "traffic"))

    def clear_requests(self) -> None:
        self.call("DELETE", "requests")

    def fault(self, match: str, kind: str, **more: object) -> None:
        self.call("POST", "faults", {"match": match, "kind": kind, **more})

    def clear_faults(self) -> None:
        self.call("DELETE", "faults")

    def situation(self, **body: object) -> dict[str, Any]:
        return dict(self.call("POST", "situation", body))

    def ship(self, *, order_id: str | None = None, lock_id: str | None = None) -> None:
        self.call("POST", "ship", {"order_id": order_id} if order_id else {"lock_id": lock_id})

    def invoice(self, order_id: str) -> None:
        self.call("POST", "invoice", {"order_id": order_id})

    def count(self, sku: str, warehouse: str, quantity: int | None = None) -> dict[str, Any]:
        return dict(self.call("POST", "count", {"sku": sku, "warehouse": warehouse, "quantity": quantity}))

    def order(self, sku: str, warehouse: str, quantity: int = 1, fate: str = "normal") -> dict[str, Any]:
        return dict(
            self.call(
                "POST", "order", {"sku": sku, "warehouse": warehouse, "quantity": quantity, "fate": fate}
            )
        )

    def key(self, **body: object) -> None:
        self.call("POST", "keys", body)

    def hook(self) -> dict[str, Any]:
        return dict(self.call("GET", "hook"))

    def clear_hook(self) -> None:
        self.call("DELETE", "hook")

    def save(self) -> None:
        self.call("POST", "save")
