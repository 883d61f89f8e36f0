"""The search box of every page: what support has in hand leads to the page of what it names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.models import AuditEntry, Role, VtexAccount
from tests import factories

URL = "/s/luxstore/search/"
ORDER, LOCK, PAIR = (
    "/s/luxstore/orders/v77-01/", "/s/luxstore/reservations/lock-77/", "/s/luxstore/stock/55/CD~20SP/",
)  # fmt: skip
ADMIN = "https://luxstore.myvtex.com/admin"
API = "https://luxstore.vtexcommercestable.com.br/api"


@pytest.fixture
def store(db: None) -> VtexAccount:
    store = factories.account()
    bought = factories.order(store, "v77-01", sequence="501456", seller_order_id="SLR-v77-01",
                             order_group="v77", marketplace_order_id="MKT-9")  # fmt: skip
    factories.order_item(bought, "55", lock_id="lock-77")
    factories.sku(store, "55", name="Blue linen shirt", ean="789", ref_id="REF-55")
    factories.held(factories.reservation(store, "lock-77", of=bought), sku_id="55", warehouse_id="CD SP")
    return store


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("looker", Role.VIEWER))


def said(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("v77-01", ORDER), (" '#v77-01'/ ", ORDER), ("v77", ORDER), ("501456", ORDER), ("seq501456", ORDER),
        ("SLR-v77-01", ORDER), ("MKT-9", ORDER), ("Pedido: #v77-01", ORDER), ("lock-77", LOCK),
        ("55", PAIR), ("789", PAIR), ("ref-55", PAIR), ("linen", PAIR), ("v77-0", ORDER), ("00-v77-0", ORDER),
        (f"{ADMIN}/orders/v77-01/", ORDER), (f"<{ADMIN}/checkout/#/orders/v77-01?q=x>", ORDER),
        (f"{API}/oms/pvt/orders/v77-01", ORDER), (f"{API}/oms/pvt/orders/order-group/v77", ORDER),
        (f"{API}/logistics/pvt/inventory/reservations/lock-77/cancel", LOCK),
        (f"{API}/logistics/pvt/inventory/reservations/CD%20SP/55?page=1", PAIR),
        (f"{API}/logistics/pvt/inventory/skus/55/warehouses/CD%20SP", PAIR),
        (f"{API}/logistics/pvt/inventory/skus/55/warehouses/cd%20sp", PAIR),
        (f"{API}/catalog_system/pvt/sku/stockkeepingunitbyid/55", PAIR),
        (f"{ADMIN}/inventory/?keyword=55&skuId=55", PAIR), (f"{ADMIN}/Site/SkuForm.aspx?IdSku=55", PAIR),
        ("http://here/s/luxstore/reservations/lock-77/", LOCK),
    ],
)  # fmt: skip
def test_what_names_one_thing_leads_straight_to_its_page(client: Client, text: str, url: str) -> None:
    response = client.get(URL, {"q": text})
    assert (response.status_code, response.get("Location")) == (302, url)
    assert client.get(url).status_code == 200


def test_a_guess_by_part_of_an_id_says_that_it_is_one_and_an_exact_id_does_not(client: Client) -> None:
    said_so = "Nothing carries exactly what you searched for"
    assert said_so in said(client.get(URL, {"q": "v77-0"}, follow=True))
    assert said_so not in said(client.get(URL, {"q": "v77-01"}, follow=True))


def test_several_things_of_one_name_are_listed_with_what_tells_them_apart(
    client: Client, store: VtexAccount
) -> None:
    factories.order(store, "v77-02", "canceled", order_group="v77")
    factories.sku(store, "501456", name="Grey socks")
    hits = client.get(URL, {"q": "v77"}).context["hits"]
    assert [(hit.name, hit.note) for hit in hits] == [("v77-01", "invoiced"), ("v77-02", "canceled")]
    hits = client.get(URL, {"q": "501456"}).context["hits"]
    assert [(hit.kind, hit.name) for hit in hits] == [("Order", "v77-01"), ("SKU", "501456")]


def test_a_link_of_an_order_opens_that_order_and_not_those_that_refer_to_it(
    client: Client, store: VtexAccount
) -> None:
    factories.order(store, "CHAIN-1", marketplace_order_id="v77-01")
    assert client.get(URL, {"q": f"{ADMIN}/orders/v77-01"})["Location"] == ORDER
    assert len(client.get(URL, {"q": "v77-01"}).context["hits"]) == 2


def test_a_lock_called_as_its_order_s_seller_order_id_opens_the_reservation(
    client: Client, store: VtexAccount
) -> None:
    lock = factories.stuck(store, 1).reservation
    assert lock
    assert lock.order.seller_order_id == lock.lock_id
    answer = client.get(URL, {"q": lock.lock_id})
    assert answer["Location"] == f"/s/luxstore/reservations/{lock.lock_id}/"


def test_a_piece_of_a_name_lists_the_skus_that_have_it(client: Client, store: VtexAccount) -> None:
    factories.sku(store, "56", name="White linen trousers")
    near = client.get(URL, {"q": "linen"}).context["near"]
    assert [(hit.name, hit.note, hit.url) for hit in near] == [
        ("55", "Blue linen shirt", PAIR), ("56", "White linen trousers", "/s/luxstore/stock/?q=56"),
    ]  # fmt: skip


def test_a_list_that_is_cut_says_so_and_where_all_of_it_is(client: Client, store: VtexAccount) -> None:
    for number in range(20):
        factories.order(store, f"v99-{number:02}", order_group="v99")
    page = client.get(URL, {"q": "v99"})
    assert len(page.context["hits"]) == 15
    assert "The first 15 are shown." in said(page)
    assert 'href="/s/luxstore/orders/?q=v99"' in said(page)


def test_nothing_found_says_what_was_tried_and_offers_to_ask_vtex(client: Client) -> None:
    page = said(client.get(URL, {"q": "#v88/9-01"}))
    assert "Nothing in this store's mirror carries this" in page.replace("&#x27;", "'")
    assert "the id of a reservation (lock)" in page
    assert 'action="/s/luxstore/orders/v88~2F9-01/refresh/"' in page
    assert 'action="/s/luxstore/reservations/v88~2F9-01/refresh/"' in page


def test_a_number_may_be_asked_for_as_a_sequence(client: Client) -> None:
    assert 'action="/s/luxstore/orders/seq4711/refresh/"' in said(client.get(URL, {"q": "4711"}))


@pytest.mark.parametrize(
    ("link", "offered"),
    [
        (f"{ADMIN}/orders/v8-01", ["/s/luxstore/orders/v8-01/refresh/"]),
        (f"{API}/logistics/pvt/inventory/reservations/00-8", ["/s/luxstore/reservations/00-8/refresh/"]),
        (f"{API}/logistics/pvt/inventory/skus/8/warehouses/CD%201", ["/s/luxstore/stock/8/CD~201/refresh/"]),
        (f"{API}/logistics/pvt/inventory/skus/8", []),
        (f"{API}/orders/feed/config", []),
    ],
)
def test_a_link_of_what_is_not_mirrored_is_looked_up_as_what_it_is(
    client: Client, link: str, offered: list[str]
) -> None:
    page = client.get(URL, {"q": link})
    assert page.status_code == 200
    assert [url for _, url in page.context["look_up"]] == offered


def test_who_searches_for_a_customer_learns_that_none_is_mirrored(client: Client) -> None:
    assert "Nothing of a customer is mirrored" in said(client.get(URL, {"q": "ana@example.com"}))
    assert "Nothing of a customer is mirrored" not in said(client.get(URL, {"q": "v88-01"}))


def test_an_empty_search_says_what_can_be_pasted(client: Client) -> None:
    assert "a link of VTEX" in said(client.get(URL))


OTHER = "https://{}.myvtex.com/admin/orders/w1-01"


def test_a_link_of_another_store_is_told_as_such_and_says_nothing_of_that_store(
    client: Client, settings: Any
) -> None:
    """The same words whether the store is connected, and the order mirrored, or not."""
    settings.STORES = {**settings.STORES, "wearstore": settings.STORES["luxstore"]}
    factories.order(factories.account("wearstore"), "w1-01")
    known, unknown = (client.get(URL, {"q": OTHER.format(name)}) for name in ("wearstore", "nobody"))
    assert "This is a link of another store: wearstore" in said(known)
    assert "/refresh/" not in said(known)
    bodies = [
        page.content.decode().replace(name, "X") for page, name in ((known, "wearstore"), (unknown, "nobody"))
    ]
    assert [*map(without_tokens, bodies)] == [without_tokens(bodies[0])] * 2


def without_tokens(page: str) -> str:
    """Drops the lines with a CSRF token, which is another on every page."""
    return "\n".join(line for line in page.split("\n") if "csrf" not in line.lower())


def test_who_is_a_member_of_the_other_store_too_is_led_there(client: Client, settings: Any) -> None:
    settings.STORES = {**settings.STORES, "wearstore": settings.STORES["luxstore"]}
    factories.order(factories.account("wearstore"), "w1-01")
    factories.user("looker", Role.VIEWER, store=factories.account("wearstore"))
    page = client.get(URL, {"q": OTHER.format("wearstore")})
    assert page.context["other"]["url"].startswith("/s/wearstore/search/?q=https%3A")
    led = client.get(page.context["other"]["url"])
    assert (led.status_code, led["Location"]) == (302, "/s/wearstore/orders/w1-01/")


def test_nothing_of_another_store_is_found_by_its_id(client: Client) -> None:
    other = factories.account("other")
    lock = factories.stuck(other, 1).reservation
    assert lock
    for text in (lock.lock_id, lock.order.order_id, lock.order.sequence, "101", "Thing 101", "7142"):
        page = client.get(URL, {"q": text})
        assert (page.status_code, page.context["hits"], page.context["near"]) == (200, [], []), text


def test_every_role_may_search_and_a_stranger_may_not(
    store: VtexAccount, signed_in: Callable[[User], Client]
) -> None:
    for role in Role:
        answer = signed_in(factories.user(f"a-{role}", role)).get(URL, {"q": "v77-01"})
        assert answer.status_code == 302
    stranger = factories.user("stranger", Role.ADMIN, store=factories.account("other"))
    assert signed_in(stranger).get(URL, {"q": "v77-01"}).status_code == 404
    assert Client().get(URL, {"q": "v77-01"})["Location"].startswith("/accounts/login/")


def test_the_box_stands_in_the_header_of_every_page_and_needs_no_script(client: Client) -> None:
    for url in (URL, "/s/luxstore/", "/s/luxstore/stuck/", ORDER, LOCK, PAIR, "/s/luxstore/sync/"):
        assert 'role="search" action="/s/luxstore/search/" method="get"' in said(client.get(url)), url


def test_what_looks_like_a_customers_is_asked_for_nowhere(client: Client) -> None:
    for page in (URL, "/s/luxstore/orders/"):
        assert "ana~40example" not in said(client.get(page, {"q": "ana@example.com"})), page


def test_what_was_searched_for_is_kept_nowhere(client: Client) -> None:
    client.get(URL, {"q": "ana@example.com"})
    client.get(URL, {"q": "v77-0"})
    assert not AuditEntry.objects.exists()
    assert "v77-0" not in str(dict(client.session)) + str(client.cookies)


@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=00-", "q=SLR-", "q=%FF%FE", f"q={'x' * 9000}", "q=http://[::1", "q=%27%22%3Cscript%3E",
     "q=a&q=b", "q=https://luxstore.myvtex.com/admin/orders/%2500", "q=" + "%F0%9F%92%A9" * 600,
     "q=" + "9" * 60, "q=https://luxstore.myvtex.com/s/luxstore/orders/~41/", "q=%E2%80%AE%ED%A0%80",
     "q=%23%2F%22"],
)  # fmt: skip
def test_no_text_breaks_the_page(client: Client, query: str) -> None:
    page = client.get(f"{URL}?{query}")
    assert page.status_code == 200
    assert "<script>" not in page.content.decode().replace("<script src", "")
