"""Which permissions a key has, tried by reading only; writes are never tried (F1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from reconciler.vtex import VtexClient, errors

PROBE = "inventory-admin-check"
"""An id that no store has: 404 proves the permission just as well."""


class Answer(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    NOT_TESTED = "not tested"


@dataclass(frozen=True)
class Permission:
    """resource: what to grant in VTEX's License Manager. needed_for: the feature that is lost without it."""

    name: str
    resource: str
    needed_for: str
    answer: Answer = Answer.NOT_TESTED
    detail: str = ""


WRITES = (
    Permission("Cancel reservation", "Logistics full access", "cancelling"),
    Permission("Acknowledge reservation", "Logistics full access", "acknowledging"),
    Permission("Update stock quantity", "Logistics full access", "counts"),
    Permission("Start handling", "Change order workflow status", "starting handling"),
)


def check(client: VtexClient) -> list[Permission]:
    """Tries every read once. Raises Unauthorized, and what keeps VTEX from being reached at all."""
    sku_ids: list[str] = []
    warehouses: list[str] = []
    return [
        _try("List SKUs", "SKUs", "the sweep", lambda: sku_ids.extend(client.list_sku_ids(1, 1))),
        _try("Read SKU", "SKUs", "names of SKUs", lambda: client.get_sku(_first(sku_ids))),
        _try(
            "List warehouses",
            "Logistics viewer",
            "names of warehouses",
            lambda: warehouses.extend(each.id for each in client.list_warehouses()),
        ),
        _try("Read stock", "Logistics viewer", "the sweep", lambda: client.get_inventory(_first(sku_ids))),
        _try(
            "List reservations",
            "Logistics viewer",
            "everything about reservations",
            lambda: client.list_reservations(_first(warehouses), _first(sku_ids), per_page=1),
        ),
        _try("Read reservation", "Logistics viewer", "their status", lambda: client.get_reservation(PROBE)),
        _try(
            "List orders",
            "List Orders",
            "the backfill and new orders",
            lambda: client.list_orders(per_page=1),
        ),
        _try("Read order", "View order", "causes", lambda: client.get_order(PROBE)),
        _try("Read order history", "View order", "timelines", lambda: client.get_order_document(PROBE)),
        *WRITES,
    ]


def check_feed(client: VtexClient) -> list[Permission]:
    """The same for the feed key: its own configurations alone are looked at, no event is read."""
    resource = "Feed v3 and Hook Admin"
    return [
        _try("Read feed configuration", resource, "the feed", client.get_feed_config),
        _try("Read hook configuration", resource, "the hook", client.get_hook_config),
        Permission("Configure feed", resource, "the feed"),
    ]


def _first(ids: list[str]) -> str:
    return ids[0] if ids else PROBE


def _try(name: str, resource: str, needed_for: str, read: Callable[[], object]) -> Permission:
    answer, detail = Answer.ALLOWED, ""
    try:
        read()
    except errors.Unauthorized:
        raise
    except (errors.NotSent, errors.ConnectionLost, errors.Timeout, errors.RateLimited):
        raise
    except errors.Forbidden:
        answer = Answer.REFUSED
    except errors.NotFound:
        pass
    except errors.VtexError as error:
        answer, detail = Answer.UNCLEAR, str(error)
    return Permission(name, resource, needed_for, answer, detail)
