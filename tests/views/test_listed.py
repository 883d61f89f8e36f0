"""Rows of a list are light, and say what the findings, reservations, orders and balances say."""

from typing import Any

import pytest

from reconciler.models import Cause, Finding, VtexAccount
from reconciler.models.listed import ListedFinding
from tests import factories

EVIDENCE = [{"kind": "order_status", "status": "invoiced"}]


@pytest.fixture
def store(db: None) -> VtexAccount:
    """A finding on a reservation with an order, on one without, on an order, and on a balance."""
    store = factories.account()
    order = factories.order(store, authorized_at=factories.ago(days=9), history_read_at=factories.ago(days=1))
    lock = factories.reservation(store, of=order)
    factories.held(lock)
    factories.finding(store, on=lock, evidence=EVIDENCE, reason="why")
    factories.finding(store, Cause.ORDER_MISSING, on=factories.reservation(store), since=None)
    factories.finding(store, of=factories.order(store, status="canceled", canceled_at=factories.ago(days=2)))
    factories.finding(store, Cause.BALANCE_MISMATCH, pair=factories.balance(store))
    return store


def same(row: Any, model: Any) -> bool:
    """Whether every field of the row is the model's, those of what it refers to included."""
    if not isinstance(row, tuple):
        return bool(row == model)
    fields = type(row)._fields  # type: ignore[attr-defined]
    return model is not None and all(same(getattr(row, name), getattr(model, name)) for name in fields)


def test_a_row_says_in_one_query_what_its_finding_says(
    store: VtexAccount, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        rows = list(Finding.objects.filter(account=store).for_list().order_by("id"))
        kinds = [(bool(row.reservation), bool(row.order), bool(row.balance)) for row in rows]
    assert kinds == [(True, True, False), (True, False, False), (False, True, False), (False, False, True)]
    assert all(isinstance(row, ListedFinding) for row in rows)
    assert all(map(same, rows, Finding.objects.order_by("id")))


def test_an_order_of_a_row_is_finished_when_the_order_is(store: VtexAccount) -> None:
    factories.finding(store, of=factories.order(store, status="handling"))
    orders = [row.order for row in Finding.objects.for_list().order_by("id") if row.order]
    assert [(order.status, order.is_finished) for order in orders] == [
        ("invoiced", True),
        ("canceled", True),
        ("handling", False),
    ]
