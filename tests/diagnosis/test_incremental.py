"""What one change costs does not depend on how much else is mirrored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Finding, Order, Reservation, StockBalance, VtexAccount
from tests import factories as make

pytestmark = pytest.mark.django_db

CHANGES: dict[str, Callable[[Reservation], dict[str, Any]]] = {
    "an order": lambda lock: {"order_ids": [lock.lock_id.removeprefix("00-")]},
    "a lock": lambda lock: {"lock_ids": [lock.lock_id]},
    "a pair": lambda lock: {"pairs": [("0123", "cd_sp")]},
}


@pytest.fixture
def store() -> VtexAccount:
    return make.account()


def released(store: VtexAccount, sku: str) -> Reservation:
    """A canceled lock that may explain the difference of its pair."""
    bought = make.order(store, status="canceled")
    make.order_item(bought, sku)
    line = {"sku": sku, "warehouse": "cd_sp", "quantity": 2, "supply_lot": False}
    balance = make.balance(store, sku, bracketed_at=timezone.now())
    StockBalance.objects.filter(pk=balance.pk).update(mismatch_units=2, mismatch_since=make.ago(days=1))
    fields = {"status_code": 3, "canceled_at": make.ago(days=5), "requested": [line]}
    return make.reservation(store, of=bought, **fields)


def held(store: VtexAccount, sku: str) -> Reservation:
    bought = make.order(store)
    make.order_item(bought, sku)
    lock = make.reservation(store, of=bought)
    make.held(lock, sku_id=sku, acknowledged_at=make.ago(days=13))
    return lock


def unrelated(store: VtexAccount, count: int) -> None:
    for number in range(count):
        released(store, f"other {number}")
        held(store, f"held {number}")
        make.order(store, read_at=None)


def queries_of(store: VtexAccount, **changed: Any) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        refresh(store, now=timezone.now(), **changed)
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_takes_as_many_queries_whatever_else_is_mirrored(store: VtexAccount, change: str) -> None:
    lock = released(store, "0123")
    counts = []
    for more in (3, 30):
        unrelated(store, more)
        refresh(store, now=timezone.now())
        counts.append(len(queries_of(store, **CHANGES[change](lock))))
    assert counts[0] == counts[1]
    assert Finding.objects.open().filter(subject=lock.lock_id, cause="cancel_incomplete").exists()


@pytest.mark.sqlite
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_reads_no_table_from_end_to_end(store: VtexAccount, change: str) -> None:
    lock = released(store, "0123")
    unrelated(store, 20)
    refresh(store, now=timezone.now())
    asked = [sql for sql in queries_of(store, **CHANGES[change](lock)) if sql.startswith("SELECT")]
    scans = [(step, sql) for sql in asked for step in plan_of(sql) if step.startswith("SCAN reconciler_")]
    assert scans == []


@pytest.mark.sqlite
def test_a_page_of_a_full_diagnosis_reads_no_table_of_orders_from_end_to_end(store: VtexAccount) -> None:
    unrelated(store, 20)
    asked = [sql for sql in queries_of(store) if sql.startswith("SELECT")]
    steps = {step.split()[1] for sql in asked for step in plan_of(sql) if step.startswith("SCAN")}
    large = {model._meta.db_table for model in (Order, Reservation)} | {"reconciler_orderitem"}
    assert steps.isdisjoint(large | {"reconciler_orderstatusevent", "reconciler_orderworkflow"})


def plan_of(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [row[3] for row in cursor.fetchall()]
