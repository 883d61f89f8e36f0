"""What holds for every read page: it opens, within its queries, for any id and any address line."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reconciler.models import Cause, Role, VtexAccount
from tests import factories

MOST_QUERIES = 12


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account("luxstore")


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.OPERATOR, store=store))


def fill(store: VtexAccount, number: int) -> None:
    """`number` stuck cases of different SKUs, and as many things of every other kind the pages list."""
    for index in range(1, number + 1):
        finding = factories.stuck(store, index)
        factories.attempt(store, subject=finding.subject)
        bought = factories.order(store, f"w{index}-01", "handling")
        factories.finding(store, Cause.HANDLING_ABANDONED, of=bought, remedy="manual_review")
        balance = factories.balance(store, str(100 + index))
        factories.stock_change(balance, 4, 2)
        lone = factories.reservation(store, f"lone-{index}")
        factories.held(lone, sku_id="shared")
        factories.finding(store, Cause.COULD_NOT_TELL, on=lone, remedy="manual_review", reason="not_synced")


def pages(store: VtexAccount) -> dict[str, str]:
    def at(name: str, **ids: str) -> str:
        return reverse(name, kwargs={"account": store.name, **ids})

    return {
        "overview": at("overview"),
        "stuck": at("stuck"),
        "untold": at("stuck") + "?cause=could_not_tell",
        "filtered": at("stuck") + "?q=Thing&warehouse=cd_sp&sort=oldest",
        "orders": at("orders"),
        "orders found": at("orders") + "?q=v7142",
        "stock": at("stock"),
        "stock found": at("stock") + "?q=Thing&state=holding",
        "order": at("order", order_id="v71425001lux-01"),
        "reservation": at("reservation", lock_id="00-v71425001lux-01"),
        "stock item": at("stock_item", sku_id="shared", warehouse_id="cd_sp"),
        "csv": at("stuck_csv"),
    }


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def queries(client: Client, url: str, **headers: str) -> int:
    with CaptureQueriesContext(connection, ) as seen:
        response = client.get(url, headers=headers)
        body(response)
    assert response.status_code == 200, url
    return len(seen)


PAGES = ["overview", "stuck", "untold", "filtered", "orders", "orders found", "stock", "stock found", "order",
         "reservation", "stock item", "csv"]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_the_same_few_queries_for_three_rows_and_for_sixty(
    client: Client, store: VtexAccount, page: str
) -> None:
    fill(store, 3)
    few = queries(client, pages(store)[page])
    fill_more(store)
    many = queries(client, pages(store)[page])
    assert many <= few
    assert many <= MOST_QUERIES


def fill_more(store: VtexAccount) -> None:
    order = store.orders.get(order_id="v71425001lux-01")
    lock = order.reservations.get()
    for index in range(57):
        factories.history(order, f"step-{index}")
        factories.order_item(order, f"{5000 + index}")
        factories.held(lock, sku_id=f"{5000 + index}")
        factories.attempt(store, subject=lock.lock_id)
        factories.attempt(store, subject=order.order_id)
        factories.stock_change(factories.balance(store, "shared"), index, index + 1)
        factories.stuck(store, 100 + index)
        bought = factories.order(store, f"w{100 + index}-01", "handling")
        factories.finding(store, Cause.HANDLING_ABANDONED, of=bought, remedy="manual_review")
        lone = factories.reservation(store, f"lone-{100 + index}")
        factories.held(lone, sku_id="shared")
        factories.finding(store, Cause.COULD_NOT_TELL, on=lone, remedy="manual_review", reason="not_synced")
