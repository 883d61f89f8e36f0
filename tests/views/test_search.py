"""The search of the orders page: an id that names one thing opens it, whatever kind of id it is."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.models import Role, VtexAccount
from tests import factories

URL = "/s/luxstore/orders/"


@pytest.fixture
def store(db: None) -> VtexAccount:
    store = factories.account()
    bought = factories.order(store, "v77-01", sequence="501456", seller_order_id="SLR-v77-01",
                             order_group="v77", marketplace_order_id="MKT-9")  # fmt: skip
    factories.order_item(bought, "55", lock_id="lock-77")
    factories.held(factories.reservation(store, "lock-77", of=bought), sku_id="55")
    factories.sku(store, "56", ean="789", ref_id="REF-56")
    return store


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("looker", Role.VIEWER))


ORDER, LOCK = "/s/luxstore/orders/v77-01/", "/s/luxstore/reservations/lock-77/"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("v77-01", ORDER), ("  v77-01 ", ORDER), ("v77", ORDER), ("501456", ORDER), ("seq501456", ORDER),
        ("SLR-v77-01", ORDER), ("MKT-9", ORDER), ("lock-77", LOCK), ("789", "/s/luxstore/stock/?q=56"),
        ("ref-56", "/s/luxstore/stock/?q=56"), ("55", "/s/luxstore/stock/55/cd_sp/"),
        ("https://luxstore.myvtex.com/admin/orders/v77-01?x=1", ORDER),
    ],
)  # fmt: skip
def test_an_exact_id_opens_its_page(client: Client, text: str, url: str) -> None:
    assert client.get(URL, {"q": text}, follow=True).redirect_chain[-1] == (url, 302)


def test_an_id_that_names_two_things_lets_the_person_choose(client: Client, store: VtexAccount) -> None:
    factories.sku(store, "501456")
    response = client.get(URL, {"q": "501456"})
    assert [hit.kind for hit in response.context["hits"]] == ["Order", "SKU"]


def test_part_of_an_id_or_of_a_name_lists_what_matches(client: Client, store: VtexAccount) -> None:
    assert [row["order"].order_id for row in client.get(URL, {"q": "77-0"}).context["rows"]] == ["v77-01"]
    assert [row["order"].order_id for row in client.get(URL, {"q": "thing 5"}).context["rows"]] == ["v77-01"]


def test_the_beginning_of_an_id_is_found_in_every_order_and_its_middle_in_the_newest(
    client: Client, store: VtexAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.models.orders.NEWEST_SEARCHED", 2)
    old = factories.order(store, "v12345lux-01", created_at=factories.ago(days=300))
    for number in range(2):
        factories.order(store, f"v9{number}_12345-01", created_at=factories.ago(days=1))
    older = factories.order(store, "V12345LUX-01", created_at=factories.ago(days=301))

    def found(text: str) -> list[str]:
        return [row["order"].order_id for row in client.get(URL, {"q": text}).context["rows"]]

    assert found("v1234") == [old.order_id]
    assert found("12345l") == [old.order_id]
    assert found("V1234") == [older.order_id]
    assert sorted(found("_12345")) == ["v90_12345-01", "v91_12345-01"]
    assert found("2345lux") == []


def test_what_nobody_mirrored_is_offered_for_a_look_in_vtex(client: Client) -> None:
    content = client.get(URL, {"q": "v88/9-01"}).content.decode()
    assert "/s/luxstore/orders/v88~2F9-01/refresh/" in content
    assert "/s/luxstore/reservations/v88~2F9-01/refresh/" in content


def test_orders_are_filtered_by_status_and_open_means_not_finished(
    client: Client, store: VtexAccount
) -> None:
    factories.order(store, "v78-01", "handling")
    factories.order(store, "v79-01", "a-new-status")

    def found(status: str) -> list[str]:
        return sorted(row["order"].order_id for row in client.get(URL, {"status": status}).context["rows"])

    assert found("open") == ["v78-01", "v79-01"]
    assert found("handling") == ["v78-01"]
    assert found("a-new-status") == ["v79-01"]
    assert found("invoiced") == ["v77-01"]


def test_another_store_s_ids_lead_nowhere(client: Client) -> None:
    factories.order(factories.account("other"), "w1-01")
    assert client.get(URL, {"q": "w1-01"}).status_code == 200
