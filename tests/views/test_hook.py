"""The door at which VTEX posts changes of status: who gets in, what is stored, what is answered."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client

from inventory_admin.stores import Store
from reconciler.models import EventSource, FeedEvent, HookTally, WorkUnit
from reconciler.sync import events, hook_writer
from reconciler.views.hook import MOST_BYTES
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "/hooks/vtex/luxstore/"
SECRET = "the-secret-of-luxstore"
CHANGE = {
    "Domain": "Fulfillment",
    "OrderId": "v52277740atmc-01",
    "State": "ready-for-handling",
    "LastState": "window-to-cancel",
    "LastChange": "2019-08-14T17:11:39.2550122Z",
    "CurrentChange": "2019-08-14T17:12:48.0965893Z",
    "Origin": {"Account": "luxstore", "Key": "vtexappkey-luxstore-FEED"},
}


@pytest.fixture(autouse=True)
def _stores(settings: Any) -> Iterator[None]:
    settings.STORES = {
        "luxstore": _store("luxstore", SECRET),
        "other": _store("other", "the-secret-of-other"),
        "quiet": _store("quiet", ""),
    }
    yield
    hook_writer.writer.stop()


def _store(name: str, secret: str) -> Store:
    return Store(name=name, base_url="http://127.0.0.1:1", hook_secret=secret)


def post(body: object, secret: str | None = SECRET, path: str = HERE) -> HttpResponse:
    headers = {} if secret is None else {"X-Hook-Secret": secret}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer: Any = Client(enforce_csrf_checks=True).post(path, sent, "application/json", headers=headers)
    return answer  # type: ignore[no-any-return]


def deliver(body: object) -> None:
    """As VTEX does: again while it is answered 503, which a busy machine may do."""
    statuses = [503]
    while statuses[-1] == 503 and len(statuses) < 20:
        statuses.append(post(body).status_code)
    assert statuses[-1] == 200


def said(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content).get("error", "")


def test_a_change_is_stored_and_its_order_will_be_read() -> None:
    deliver(CHANGE)
    event = FeedEvent.objects.get()
    assert (event.account.name, event.order_id, event.source) == ("luxstore", CHANGE["OrderId"], "hook")
    assert (event.domain, event.state, event.last_state) == (
        "Fulfillment",
        "ready-for-handling",
        "window-to-cancel",
    )
    assert str(event.changed_at) == "2019-08-14 17:12:48.096589+00:00"
    assert WorkUnit.objects.get(kind=events.ORDER).key == CHANGE["OrderId"]


def test_a_change_that_is_delivered_again_is_200_and_stored_once() -> None:
    for _ in range(3):
        deliver(CHANGE)
    assert FeedEvent.objects.count() == 1


def test_what_the_guides_sample_leaves_out_may_be_missing() -> None:
    deliver({"OrderId": "v1-01", "State": "canceled"})
    assert FeedEvent.objects.get().changed_at is None


@pytest.mark.parametrize("secret", [SECRET, None])
def test_vtex_s_ping_is_answered_and_stores_nothing(secret: str | None) -> None:
    """Whether VTEX sends the configured headers with it is not documented."""
    assert said(post({"hookConfig": "ping"}, secret)) == (200, "")
    assert not FeedEvent.objects.exists()


@pytest.mark.parametrize("body", [CHANGE, {"hookConfig": "ping"}, b"{", {}, b"x" * (MOST_BYTES + 1)])
@pytest.mark.parametrize("secret", ["wrong", "", "the-secret-of-other", SECRET + " ", "schl\u00fcssel", None])
def test_without_the_right_secret_every_store_looks_like_one_that_does_not_exist(
    secret: str | None, body: object
) -> None:
    answers = [post(body, secret, f"/hooks/vtex/{store}/") for store in ("luxstore", "quiet", "nowhere")]
    ping = secret is None and isinstance(body, dict) and "hookConfig" in body
    assert {answer.status_code for answer in answers} == {200 if ping else 403}
    assert len({(answer.content, str(sorted(answer.items()))) for answer in answers}) == 1
    assert not FeedEvent.objects.exists()


def test_a_store_without_a_secret_takes_nothing() -> None:
    assert post(CHANGE, "", "/hooks/vtex/quiet/").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"OrderId":"\\ud800"}', b"[" * 9000, b'{"a":' * 2000,
        {}, {"OrderId": ""}, {"OrderId": None}, {"OrderId": ["v1"]}, {"OrderId": "v" * 201},
        {"OrderId": "v\0"}, {"OrderId": "v1", "State": {"a": 1}}, {"hookConfig": "pong"},
        {**CHANGE, "Origin": {"Account": "other"}}, {**CHANGE, "Padding": "x" * MOST_BYTES},
    ],
    ids=lambda body: str(body)[:30].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_what_can_not_be_read_is_400_with_a_reason(body: object) -> None:
    status, reason = said(post(body))
    assert status == 400
    assert reason
    assert not FeedEvent.objects.exists()


@pytest.mark.parametrize(
    "field", [{"CurrentChange": "0000-99-99"}, {"CurrentChange": "9999-12-31T23:59:59-14:00"},
              {"State": "s" * 5000}, {"State": "a\0b"}, {"Domain": 7}, {"Origin": None}]
)  # fmt: skip
def test_a_strange_field_beside_the_order_does_not_lose_the_change(field: dict[str, object]) -> None:
    deliver({**CHANGE, **field})
    assert FeedEvent.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "put", "delete", "head", "options"])
def test_only_posts_are_taken(method: str) -> None:
    answer = getattr(Client(), method)(HERE, headers={"X-Hook-Secret": SECRET})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


def test_a_delivery_begins_no_session_and_asks_nothing_of_the_database_in_its_own_thread(
    django_assert_num_queries: Any,
) -> None:
    deliver(CHANGE)
    with django_assert_num_queries(0):
        answer = post(CHANGE)
    assert not answer.cookies
    assert "Content-Security-Policy" not in answer


def test_an_address_beside_it_is_the_usual_404() -> None:
    assert post(CHANGE, path="/hooks/vtex/").status_code == 404
    assert post(CHANGE, path="/hooks/vtex/LUX/").status_code == 404


def test_a_database_that_refuses_is_503_in_time_and_the_next_delivery_is_stored(monkeypatch: Any) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(events, "store", _refuse)
        answer = post(CHANGE)
    assert answer.status_code == 503
    assert answer["Retry-After"] == "1"
    deliver(CHANGE)


def _refuse(*given: object) -> None:
    raise OperationalError("server closed the connection at 10.0.0.5")


def test_a_fault_of_ours_is_503_and_not_500(monkeypatch: Any) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(events, "store", lambda *given: 1 / 0)
        assert post(CHANGE).status_code == 503
    deliver(CHANGE)


@pytest.mark.sqlite
def test_a_locked_database_is_503_in_time_and_stored_once_the_lock_is_gone() -> None:
    holder = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert post(CHANGE).status_code == 503
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    deliver(CHANGE)
    assert FeedEvent.objects.get().source == EventSource.HOOK


def test_what_became_of_the_deliveries_is_counted_and_shown(settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token"
    deliver(CHANGE)
    for body in ({"hookConfig": "ping"}, {}):
        post(body)
    post(CHANGE, "wrong")
    post(CHANGE, "wrong", "/hooks/vtex/nowhere/")
    hook_writer.writer.stop()
    tally = HookTally.objects.get()
    assert (tally.stored, tally.pinged, tally.refused) == (1, 1, 2)
    figures = Client().get("/metrics", headers={"Authorization": "Bearer a-token"}).content.decode()
    assert 'inventory_hook_deliveries_total{outcome="stored",store="luxstore"} 1.0' in figures
    assert 'inventory_hook_deliveries_total{outcome="refused",store="luxstore"} 2.0' in figures


def test_no_log_line_tells_a_secret(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        post(CHANGE, "a-wrong-secret")
        post(CHANGE)
    assert "refused" in caplog.text
    assert SECRET not in caplog.text
    assert "a-wrong-secret" not in caplog.text


def test_the_account_is_looked_up_anew_when_its_row_is_gone() -> None:
    deliver(CHANGE)
    factories.account("luxstore").delete()
    deliver({**CHANGE, "OrderId": "v2"})
    assert FeedEvent.objects.get().order_id == "v2"
