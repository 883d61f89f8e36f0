"""Clients for tests: no waiting, and a limiter that can be looked into."""

from datetime import UTC, datetime
from typing import Any

from reconciler.vtex import ClientSettings, Retries, Timeouts, VtexClient, limits
from reconciler.vtex.errors import VtexError

BASE = "https://store.example.com"
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
READS: dict[str, tuple[Any, ...]] = {
    "get_order": ("v1-01",),
    "get_order_document": ("v1-01",),
    "list_orders": (),
    "get_reservation": ("00-v1-01",),
    "list_reservations": ("1_1", "10"),
    "list_all_reservations": ("1_1", "10"),
    "get_inventory": ("10",),
    "list_sku_ids": (1,),
    "get_sku": ("10",),
    "list_warehouses": (),
    "read_feed": (),
    "get_feed_config": (),
    "get_hook_config": (),
}
WRITES: dict[str, tuple[Any, ...]] = {
    "start_handling": ("v1-01",),
    "cancel_reservation": ("00-v1-01",),
    "acknowledge_reservation": ("00-v1-01",),
    "patch_quantity": ("10", "1_1", 5, NOW),
    "put_inventory": ("10", "1_1", 5, "1.00:00:00", NOW),
    "commit_feed": (["eyJ.1"],),
    "set_feed_config": (["handling"], 240, 345600),
    "delete_feed_config": (),
    "set_hook_config": (["handling"], "https://example.com/hooks/", {"X-Hook-Secret": "s"}),
    "delete_hook_config": (),
}


class OpenLimiter:
    """Lets everything through and remembers what it was asked and told."""

    def __init__(self) -> None:
        self.asked: list[tuple[limits.Priority, limits.Family]] = []
        self.told: list[VtexError | None] = []

    def acquire(self, priority: limits.Priority, family: limits.Family) -> None:
        self.asked.append((priority, family))

    def report(self, family: limits.Family, error: VtexError | None) -> None:
        self.told.append(error)


def make_client(base_url: str = BASE, **changes: Any) -> VtexClient:
    options: dict[str, Any] = {
        "account": "store",
        "app_key": "vtexappkey-store-QWERTY",
        "app_token": "TOKENTOKENTOKENTOKEN",
        "limiter": OpenLimiter(),
        "priority": limits.Priority.STAFF,
        "settings": ClientSettings(most_bytes=200_000, most_pages=5),
        "timeouts": Timeouts(connect=0.5, read=0.2, total=0.4),
        "retries": Retries(reads=2, first_wait=0.0, longest_wait=0.0),
        "sleep": lambda seconds: None,
    }
    return VtexClient(base_url=base_url, **(options | changes))
