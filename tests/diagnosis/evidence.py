"""Evidence in few words, for the tests that compare all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from reconciler.diagnosis.cases import LockCase
from reconciler.diagnosis.rules import diagnose_lock, diagnose_pair
from reconciler.diagnosis.verdicts import Verdict

from .builders import (
    NOW,
    ORDER,
    SKU,
    WAREHOUSE,
    ago,
    item,
    lock,
    pair_case,
)

READ = ago(hours=1)
"""When the pair was read, in these tests: another time than that of the order's read."""
Fact = tuple[str, datetime | None, str, dict[str, Any]]
PLACE = {"sku": SKU, "warehouse": WAREHOUSE}


def told(verdict: Verdict) -> list[Fact]:
    return [(each.kind, each.at, str(each.source), dict(each.params)) for each in verdict.evidence]


def misses(verdict: Verdict) -> list[tuple[str, str]]:
    return [(str(each.cause), each.kind) for each in verdict.near_misses]


def only(given: LockCase) -> Verdict:
    [verdict] = diagnose_lock(given, NOW)
    return verdict


def of_pair(*pairs: Any) -> Verdict:
    verdict = diagnose_pair(pair_case(*pairs), NOW)
    assert verdict is not None
    return verdict


def status(name: str) -> Fact:
    return ("order_status", NOW, "order_detail", {"order": ORDER, "status": name})


def final(name: str, since: datetime) -> Fact:
    return ("order_final_since", since, "order_detail", {"status": name})


def standing_since(name: str, since: datetime) -> Fact:
    return ("in_status_since", since, "order_detail", {"status": name})


def row(sku: str = SKU, quantity: int = 2, as_: str = "Confirmed", at: datetime = READ) -> Fact:
    place = {"sku": sku, "warehouse": WAREHOUSE, "quantity": quantity, "status": as_}
    return ("item_listed", at, "warehouse_list", place)


def not_acknowledged(sku: str = SKU) -> Fact:
    return ("item_not_acknowledged", READ, "warehouse_list", {"sku": sku, "warehouse": WAREHOUSE})


def no_fall(kind: str = "total_did_not_fall", since: datetime | None = None, **place: Any) -> Fact:
    return (kind, since or ago(90), "mirror", {**PLACE, "total": 5, **place})


LISTED = lock(item(read_at=READ))
