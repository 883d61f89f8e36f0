"""What holds for every read page: it opens, within its queries, for any id and any address line."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reconciler.ids import encode
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
    ready = factories.order(store, "ready-01", "ready-for-handling")
    factories.order_item(ready, "shared")
    factories.held(factories.reservation(store, of=ready), sku_id="shared")
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
        "order to start": at("order", order_id="ready-01"),
        "reservation": at("reservation", lock_id="00-v71425001lux-01"),
        "stock item": at("stock_item", sku_id="shared", warehouse_id="cd_sp"),
        "trend": at("trend"),
        "recurrence": at("recurrence"),
        "search": at("search") + "?q=Thing",
        "csv": at("stuck_csv"),
    }


def body(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def queries(client: Client, url: str, **headers: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = client.get(url, headers=headers)
        body(response)
    assert response.status_code == 200, url
    return len(seen)


PAGES = [
    "overview", "stuck", "untold", "filtered", "orders", "orders found", "stock", "stock found", "order",
    "order to start", "reservation", "stock item", "trend", "recurrence", "search", "csv",
]  # fmt: skip


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
    ready = store.orders.get(order_id="ready-01").reservations.get()
    for index in range(57):
        factories.history(order, f"step-{index}")
        factories.order_item(order, f"{5000 + index}")
        factories.held(lock, sku_id=f"{5000 + index}")
        factories.held(ready, sku_id=f"{5000 + index}")
        factories.attempt(store, subject=lock.lock_id)
        factories.attempt(store, subject=order.order_id)
        factories.stock_change(factories.balance(store, "shared"), index, index + 1)
        factories.stuck(store, 100 + index)
        bought = factories.order(store, f"w{100 + index}-01", "handling")
        factories.finding(store, Cause.HANDLING_ABANDONED, of=bought, remedy="manual_review")
        lone = factories.reservation(store, f"lone-{100 + index}")
        factories.held(lone, sku_id="shared")
        factories.finding(store, Cause.COULD_NOT_TELL, on=lone, remedy="manual_review", reason="not_synced")


STRANGE = [
    "CD/SP",
    "loja paulista",
    "a~b",
    "v1.2.3",
    "depósito sul",
    "日本",
    "a?b#c%20d&e=f",
    "..",
    "<b>x</b>",
    "0123",
    " ",
]


@pytest.mark.parametrize("strange", STRANGE)
def test_any_id_works_on_every_route(client: Client, store: VtexAccount, strange: str) -> None:
    bought = factories.order(store, strange)
    factories.order_item(bought, strange, lock_id=strange)
    lock = factories.reservation(store, strange, of=bought)
    factories.held(lock, sku_id=strange, warehouse_id=strange)
    factories.finding(store, on=lock)
    segment = encode(strange)
    for path in (f"orders/{segment}/", f"reservations/{segment}/", f"stock/{segment}/{segment}/"):
        assert client.get(f"/s/luxstore/{path}").status_code == 200, path
    listed = client.get("/s/luxstore/stuck/", {"warehouse": strange})
    assert [row.finding.subject for row in listed.context["rows"]] == [strange]
    for path in ("", "stuck/", "orders/", "stock/"):
        content = client.get(f"/s/luxstore/{path}").content.decode()
        assert "<b>x</b>" not in content
        if path != "orders/":
            assert f"/{segment}/" in content


@pytest.mark.parametrize("path", ["orders/{}/", "reservations/{}/", "stock/{}/{}/"])
@pytest.mark.parametrize("strange", ["nobody", "CD/SP", "é"])
def test_an_id_that_is_not_mirrored_is_offered_for_a_look_in_vtex(
    client: Client, store: VtexAccount, path: str, strange: str
) -> None:
    url = "/s/luxstore/" + path.replace("{}", encode(strange))
    response = client.get(url)
    assert response.status_code == 404
    assert f'action="{url}refresh/"' in response.content.decode()


@pytest.mark.parametrize("segment", ["~2f", "~41", "a%2Fb", "~00", "a~", "%00"])
def test_a_path_that_is_no_canonical_id_is_404(client: Client, store: VtexAccount, segment: str) -> None:
    for path in ("orders", "reservations"):
        assert client.get(f"/s/luxstore/{path}/{segment}/").status_code == 404


NONSENSE = [
    "", "\0", "a\0b", "%", "_", "\\", "'\"--", "9" * 400, "-1", "1e309", "nan", "ü" * 300, "\ud800", "🐈",
    "%00", "None", "[]", "../..", "\r\nX: y", "unknown_cause", "W1tdXQ:1abc:xyz",
]  # fmt: skip
PARAMETERS = {
    "stuck": ["q", "cause", "warehouse", "sort", "cursor"],
    "csv": ["q", "warehouse"],
    "orders": ["q", "status", "cursor"],
    "stock": ["q", "warehouse", "state", "cursor"],
    "reservation": ["show"],
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_no_parameter_breaks_a_page(client: Client, store: VtexAccount, nonsense: str) -> None:
    factories.stuck(store, 1)
    value = nonsense.encode("utf-8", "surrogatepass")
    for page, names in PARAMETERS.items():
        for query in ({name: value} for name in names):
            response = client.get(pages(store)[page], query)
            assert response.status_code in (200, 302), (page, query)
            body(response)
        assert client.get(pages(store)[page], dict.fromkeys(names, value)).status_code in (200, 302), page


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_every_language_and_for_whoever_may_only_look(
    store: VtexAccount, signed_in: Callable[[User], Client], page: str
) -> None:
    fill(store, 1)
    factories.balance(store, "shared")
    client = signed_in(factories.user("looker", Role.VIEWER, store=store))
    for language in ("en", "pt-br", "es"):
        assert client.get(pages(store)[page], headers={"Accept-Language": language}).status_code == 200


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_sees_no_page(store: VtexAccount, signed_in: Callable[[User], Client], page: str) -> None:
    fill(store, 1)
    assert signed_in(factories.user("stranger")).get(pages(store)[page]).status_code == 404
    assert Client().get(pages(store)[page]).status_code == 302


def test_an_empty_store_has_every_page(client: Client, store: VtexAccount) -> None:
    for path in (
        "",
        "stuck/",
        "orders/",
        "stock/",
        "stuck.csv",
        "orders/?q=x",
        "stock/?q=x",
        "orders/?status=open",
    ):
        assert client.get(f"/s/luxstore/{path}").status_code == 200, path
