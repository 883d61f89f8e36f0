"""What holds for every page: few queries, any id, any address line, three languages, and a way on when an id
is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reconciler.audit import Actor
from reconciler.audit.record import record
from reconciler.models import Order, Reservation, Role, StockBalance, SyncKind, SyncRun, VtexAccount
from reconciler.sandbox.server import SandboxServer
from tests import factories
from tests.actions.scene import Scene
from tests.conftest import store_at
from tests.test_architecture import OF_A_STORE, path_of
from tests.views import test_read_pages as read_pages

pytestmark = pytest.mark.django_db

LISTS = ["overview", "stuck", "orders", "stock", "attempts", "audit", "sync", "pause_actions", "alerts",
         "alert_rule_new", "alert_email_new", "alert_webhook_new", "recurrence", "trend"]  # fmt: skip
FILES = ["stuck_csv", "audit_csv", "audit_jsonl", "recurrence_csv"]
ODD = "ação/CD 1~2.3 %2F?#&+"
HUGE = "99999999999999999999999"
QUERIES = [
    "cursor=nonsense", "cursor=%00", "q=%00", f"q={'x' * 5000}", "q=a&q=b&q=c", "cause=nonsense&cause=x",
    "sort=nonsense", "warehouse=%F0%9F%92%A9", "verb=x&outcome=%00", "since=31-31-31&until=%00", "q=%FF%FE",
    "by=%00&weeks=x&lang=%00", "weeks=-1&language=%00",
    "status=%00", "state=nonsense", "actor=%00", "ticket=%00", "q=%27%22%3Cscript%3E",
]  # fmt: skip
ODD_QUERIES = [
    f"/s/luxstore/{page}/?{query}"
    for page in ("search", "stuck", "orders", "stock", "attempts", "audit", "recurrence", "trend")
    for query in QUERIES
]
COUNT = "/s/luxstore/stock/1/1/count/"
ODD_PATHS = [
    *(f"/s/luxstore/attempts/{pk}/" for pk in ("0", HUGE, "00000")),
    *(f"/s/luxstore/audit/{pk}/" for pk in ("0", HUGE)),
    *(f"/s/luxstore/orders/{segment}/" for segment in ("~00", "~FF", "~41", "a%00b", "x" * 3000)),
    f"/s/luxstore/reservations/{'x' * 3000}/cancel/",
    f"{COUNT}?counted={HUGE}&counted_at=2026-01-01T10:00",
    f"{COUNT}?counted=%00&counted_at=%00",
    f"{COUNT}?counted=٣&counted_at=0001-01-01T00:00",
    f"{COUNT}?counted=1e9&counted_at=9999-12-31T23:59:59-23:00",
    "/s/luxstore/stuck.csv?q=%00",
    "/s/luxstore/audit.csv?since=x",
    "/s/luxstore/sync/?seen=%00",
    "/s/%00/",
    f"/audit/{HUGE}/",
    f"/audit/?cursor={HUGE}",
]


@pytest.fixture(scope="module")
def shared() -> Iterator[SandboxServer]:
    with SandboxServer(scenario="empty", transition_seconds=0, inventory_lock_seconds=0) as server:
        yield server


@pytest.fixture
def store(quick: Any, shared: SandboxServer, db: None) -> VtexAccount:
    quick.STORES = {"luxstore": store_at(shared)}
    return factories.account("luxstore")


@pytest.fixture
def scene(store: VtexAccount, shared: SandboxServer) -> Scene:
    return Scene(store, shared, sku=ODD, warehouse=f" {ODD} ")


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("everybody", *Role.values, store=store))


def at(name: str, **ids: object) -> str:
    return reverse(name, kwargs={"account": "luxstore", **ids})


def fill_what_staff_did(store: VtexAccount, count: int) -> None:
    lock_id = "00-v71425001lux-01"
    for _ in range(count):
        attempt = factories.attempt(store, subject=lock_id, ticket="T-1")
        for chain in (store.name, "-"):
            record(
                account=chain, actor=Actor(name="support"), action="reservation.cancel", subject=lock_id,
                outcome="verified", attempt_id=attempt.pk,
            )  # fmt: skip
        SyncRun.objects.create(
            account=store, kind=SyncKind.SWEEP, started_at=attempt.created_at, heartbeat_at=attempt.created_at
        )


@pytest.mark.parametrize(
    "page",
    ["attempts", "attempt", "audit", "audit_entry", "sync", "pause_actions", "audit_csv", "audit_jsonl"],
)
def test_a_page_asks_the_same_few_queries_for_three_rows_and_for_sixty(
    client: Client, store: VtexAccount, page: str
) -> None:
    fill_what_staff_did(store, 3)
    attempt = store.attempts.earliest("id")
    url = at(page, **{"attempt": {"pk": attempt.pk}, "audit_entry": {"sequence": 1}}.get(page, {}))
    client.get(url)
    few = read_pages.queries(client, url)
    fill_what_staff_did(store, 57)
    for sequence in range(57):
        record(
            account=store.name, actor=Actor(name="support"), action="reservation.cancel",
            subject=str(sequence), outcome="refused", attempt_id=attempt.pk,
        )  # fmt: skip
    client.get(url)  # what is counted once in a while is counted by the look before
    many = read_pages.queries(client, url)
    assert many <= few
    assert many <= read_pages.MOST_QUERIES


@pytest.mark.parametrize("page", ["stores", "installation_audit"])
def test_pages_of_the_installation_ask_few_queries_too(
    client: Client, store: VtexAccount, quick: Any, page: str
) -> None:
    fill_what_staff_did(store, 60)
    for number in range(40):
        factories.user("everybody", Role.VIEWER, store=factories.account(f"store{number}"))
        quick.STORES[f"store{number}"] = quick.STORES["luxstore"]
    assert read_pages.queries(client, reverse(page)) <= read_pages.MOST_QUERIES


def test_ids_with_slashes_spaces_tildes_dots_and_letters_of_any_language_work_on_every_route(
    client: Client, scene: Scene
) -> None:
    scene.build(5, {"state": "confirmed", "order_status": "canceled", "lock_id": ODD})
    pair = {"sku_id": scene.sku, "warehouse_id": scene.warehouse}
    factories.order(scene.store, ODD, "ready-for-handling")
    urls = [
        at("reservation", lock_id=ODD), at("reservation_cancel", lock_id=ODD), at("order", order_id=ODD),
        at("reservation_acknowledge", lock_id=ODD), at("stock_item", **pair), at("stock_count", **pair),
        at("stock_count", **pair) + "?counted=4&counted_at=2026-01-01T10:00",
    ]  # fmt: skip
    for url in urls:
        assert client.get(url).status_code in (200, 422), url
    for url in (at("reservation_refresh", lock_id=ODD), at("stock_refresh", **pair)):
        assert "just now" in client.post(url, follow=True).content.decode(), url
    assert (
        "VTEX shows nothing" in client.post(at("order_refresh", order_id=ODD), follow=True).content.decode()
    )
    scene.sandbox.control.situation(sku=scene.sku, warehouse=scene.warehouse, total=5, locks=[])
    entries = {"counted": "4", "counted_at": timezone.now().isoformat()}
    preview = client.get(at("stock_count", **pair), entries).context["preview"]
    given = {**entries, "token": preview.token, "reason": "counted today", "confirm": "yes"}
    client.post(at("stock_count", **pair), given)
    assert scene.shelf()["total"] == 4


@pytest.mark.parametrize("address", [*ODD_QUERIES, *ODD_PATHS])
def test_no_address_line_breaks_a_page(client: Client, store: VtexAccount, address: str) -> None:
    assert client.get(address).status_code in (200, 400, 404, 409, 422), address


@pytest.mark.parametrize("name", ["attempt_release", "pause_actions", "reservation_cancel", "stock_count"])
def test_no_form_breaks_a_page(client: Client, store: VtexAccount, name: str) -> None:
    ids = {"attempt_release": {"pk": HUGE}, "reservation_cancel": {"lock_id": "00-1"}}
    pair = {"sku_id": "1", "warehouse_id": "1_1"}
    url = at(name, **ids.get(name, pair if name == "stock_count" else {}))
    odd = dict.fromkeys(("reason", "ticket", "token", "confirm"), "\0" + "x" * 9000)
    answer = client.post(url, {**odd, "counted": HUGE, "counted_at": "\0", "to_ship:\0": "\0"})
    assert answer.status_code in (404, 409, 422)


@pytest.mark.parametrize("language", ["pt-br", "es"])
@pytest.mark.parametrize(
    "page", [*LISTS, "reservation", "order", "stock_item", "reservation_cancel", "stock_count"]
)
def test_every_page_speaks_the_three_languages(
    client: Client, scene: Scene, page: str, language: str
) -> None:
    scene.build(5, {"state": "acknowledged", "order_status": "invoiced"})
    pair = {"sku_id": scene.sku, "warehouse_id": scene.warehouse}
    ids: dict[str, object] = {"lock_id": scene.lock} if page.startswith("reservation") else {}
    ids = pair if page.startswith("stock_") else {"order_id": scene.order_ids[0]} if page == "order" else ids
    answer = client.get(at(page, **ids), headers={"Accept-Language": language})
    assert answer.status_code == 200
    said = answer.content.decode()
    assert f'<html lang="{language}"' in said
    assert "Pedidos" in said


@pytest.mark.parametrize(
    ("page", "refresh", "ids"),
    [
        ("order", "order_refresh", {"order_id": "v1-01"}),
        ("reservation", "reservation_refresh", {"lock_id": "00-v1-01"}),
        ("stock_item", "stock_refresh", {"sku_id": "1", "warehouse_id": "cd"}),
    ],
)
def test_an_unknown_id_is_not_mirrored_yet_and_can_be_looked_up(
    client: Client, store: VtexAccount, page: str, refresh: str, ids: dict[str, str]
) -> None:
    answer = client.get(at(page, **ids))
    assert answer.status_code == 404
    assert f'action="{at(refresh, **ids)}"' in answer.content.decode()
    looked_up = client.post(at(refresh, **ids), follow=True)
    assert looked_up.status_code == 404
    assert "VTEX shows nothing of this id" in looked_up.content.decode()


def test_what_is_looked_up_is_mirrored_from_then_on(client: Client, scene: Scene) -> None:
    scene.build(5, {"state": "confirmed", "order_status": "canceled"}, mirror=False)
    pair = {"sku_id": scene.sku, "warehouse_id": scene.warehouse}
    for url in (
        at("order_refresh", order_id=scene.order_ids[0]),
        at("reservation_refresh", lock_id=scene.lock),
        at("stock_refresh", **pair),
    ):
        assert client.post(url, follow=True).status_code == 200
    assert [kind.objects.count() for kind in (Order, Reservation, StockBalance)] == [1, 1, 1]


@pytest.mark.parametrize("route", [route for route, _ in OF_A_STORE])
def test_an_empty_store_breaks_no_page(client: Client, store: VtexAccount, route: str) -> None:
    answer = client.get(path_of(route))
    assert answer.status_code in (200, 404, 405, 409), route
