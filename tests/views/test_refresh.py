"""Read now: one question to VTEX, at most every ten seconds a person and subject."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client

from reconciler.models import Order, Reservation, Role, StockBalance, VtexAccount
from reconciler.sync import now
from tests import factories


@pytest.fixture
def account(db: None) -> VtexAccount:
    return factories.account()


@pytest.fixture
def client(account: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("looker", Role.VIEWER))


PATHS = ["orders/v1-01", "reservations/00-v1-01", "stock/1/CD~2FSP"]


@pytest.mark.parametrize("path", PATHS)
def test_vtex_out_of_reach_is_a_page_that_says_so(client: Client, path: str) -> None:
    response = client.post(f"/s/luxstore/{path}/refresh/")
    assert response.status_code == 503
    assert "VTEX could not be reached" in response.content.decode()


@pytest.mark.parametrize("path", PATHS)
def test_reading_is_a_post(client: Client, path: str) -> None:
    assert client.get(f"/s/luxstore/{path}/refresh/").status_code == 405


def test_the_second_question_within_ten_seconds_is_not_asked(
    client: Client, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(now, "order", lambda account, order_id: asked.append(order_id))
    for order_id in ("v1-01", "v1-01", "v2-01"):
        response = client.post(f"/s/luxstore/orders/{order_id}/refresh/")
        assert (response.status_code, response["Location"]) == (302, f"/s/luxstore/orders/{order_id}/")
    signed_in(factories.user("support", Role.OPERATOR)).post("/s/luxstore/orders/v1-01/refresh/")
    assert asked == ["v1-01", "v2-01", "v1-01"]


def test_an_id_vtex_does_not_know_leads_back_with_a_message(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(now, "order", lambda account, order_id: None)
    response = client.post("/s/luxstore/orders/v1-01/refresh/")
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        "VTEX shows nothing of this id to the key of this store."
    ]


def test_what_the_sandbox_holds_is_mirrored_by_looking_it_up(
    store: VtexAccount, sandbox: object, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(factories.user("looker", Role.VIEWER, store=store))
    order_id = next(iter(sandbox.box.account.orders))  # type: ignore[attr-defined]
    url = f"/s/luxstore/orders/{order_id}/"
    assert client.get(url).status_code == 404
    assert client.post(f"{url}refresh/").status_code == 302
    assert client.get(url).status_code == 200
    lock_id = Order.objects.get().items.exclude(lock_id="").values_list("lock_id", flat=True)[0]
    assert client.post(f"/s/luxstore/reservations/{lock_id}/refresh/")["Location"].endswith(f"/{lock_id}/")
    lock = Reservation.objects.get(lock_id=lock_id)
    assert lock.status_read_at
    assert lock.order
    assert StockBalance.objects.exists()


def test_an_order_looked_up_by_its_sequence_opens_under_its_own_id(
    store: VtexAccount, sandbox: object, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(factories.user("looker", Role.VIEWER, store=store))
    one = next(iter(sandbox.box.account.orders.values()))  # type: ignore[attr-defined]
    (url,) = [url for _, url in client.get("/s/luxstore/search/", {"q": one.sequence}).context["look_up"]
              if "/seq" in url]  # fmt: skip
    assert client.post(url)["Location"] == f"/s/luxstore/orders/{one.id}/"
    assert (
        client.get("/s/luxstore/search/", {"q": one.sequence})["Location"] == f"/s/luxstore/orders/{one.id}/"
    )
