"""The timeline on its pages: narrowed by links, in two zones, looked at again without a reload."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reconciler.models import OrderStatusEvent, OutsideChange, Role, VtexAccount
from tests import factories

LOCK = "/s/luxstore/reservations/00-v71425001lux-01/"
ORDER = "/s/luxstore/orders/v71425001lux-01/"
PAIR = "/s/luxstore/stock/101/cd_sp/"
SWAP = {"HX-Request": "true", "HX-Target": "timeline"}


@pytest.fixture
def store(db: None) -> VtexAccount:
    store = factories.account()
    lock = factories.stuck(store, 1).reservation
    assert lock
    pair = factories.balance(store, "101")
    factories.stock_change(pair, 4, 2, at=factories.ago(days=1))
    factories.attempt(store, subject=lock.lock_id)
    OutsideChange.objects.create(
        account=store, kind="vanished", why="finding", reservation=lock, balance=pair, quantity=2,
        at=factories.ago(days=3), previous_read_at=factories.ago(days=3.1),
    )  # fmt: skip
    return store


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("viewer", Role.VIEWER, store=store))


def titles(response: Any) -> list[str]:
    return [entry.title for entry in response.context["entries"]]


@pytest.mark.parametrize("page", [LOCK, ORDER, PAIR])
def test_each_page_tells_the_count_and_the_reservation_that_changed_outside(
    client: Client, page: str
) -> None:
    told = titles(client.get(page, {"show": "outside"}))
    assert told == ["Vanished without us: changed outside", "Count changed outside"]
    assert ("Cancel reservation" in titles(client.get(page))) == (page != PAIR)


def test_a_kind_is_added_to_and_taken_from_what_is_shown_by_links_alone(client: Client) -> None:
    def link(response: Any, kind: str) -> str:
        return next(each["query"] for each in response.context["timeline_kinds"] if each["kind"] == kind)

    one = client.get(LOCK + link(client.get(LOCK), "outside"))
    two = client.get(LOCK + link(one, "attempt"))
    again = client.get(LOCK + link(two, "outside"))
    kinds = [{entry.kind for entry in each.context["entries"]} for each in (one, two, again)]
    assert kinds == [{"outside"}, {"attempt", "outside"}, {"attempt"}]
    assert f'href="{link(again, "order").replace("&", "&amp;")}"' in again.content.decode()


def test_times_are_the_stores_or_utc_and_the_choice_stays_in_every_link(client: Client) -> None:
    event = OrderStatusEvent.objects.order_by("at").first()
    assert event
    here = client.get(LOCK).content.decode()
    there = client.get(LOCK, {"zone": "utc"}).content.decode()
    stamp = event.at.isoformat().replace("+00:00", "Z")
    shown = [
        re.search(rf'class="when" datetime="{re.escape(stamp)}"[^>]*>([\d:]+)', page)
        for page in (here, there)
    ]
    assert shown[0]
    assert shown[1]
    assert shown[1][1] == f"{event.at:%H:%M:%S}"
    assert shown[0][1] != shown[1][1]
    links = re.findall(r'<a href="(\?[^"]*)" hx-get="[^"]*" hx-target="#timeline"', there)
    assert len(links) == 8
    assert [link for link in links if "zone=utc" not in link] == ["?"]


@pytest.mark.parametrize("page", [LOCK, ORDER, PAIR])
def test_looking_again_answers_204_until_something_happens_and_then_says_how_much(
    client: Client, store: VtexAccount, page: str
) -> None:
    tail = client.get(page).context["timeline_tail"]
    assert client.get(page + tail, headers=SWAP).status_code == 204
    subject = {LOCK: "00-v71425001lux-01", ORDER: "v71425001lux-01", PAIR: "101@cd_sp"}[page]
    factories.attempt(store, subject=subject, ticket="T-1")
    fresh = client.get(page + tail, headers=SWAP)
    assert fresh.status_code == 200
    assert fresh.content.decode().lstrip().startswith('<section class="card pad" id="timeline"')
    assert '<p id="timeline-said" hx-swap-oob="innerHTML">1 new event</p>' in fresh.content.decode()
    assert client.get(page + fresh.context["timeline_tail"], headers=SWAP).status_code == 204


def test_an_attempt_that_ends_is_seen_without_a_reload(client: Client, store: VtexAccount) -> None:
    attempt = factories.attempt(store, subject="00-v71425001lux-01", state="verifying", outcome="",
                                finished_at=None)  # fmt: skip
    tail = client.get(LOCK).context["timeline_tail"]
    attempt.outcome, attempt.state, attempt.finished_at = "verified", "done", attempt.created_at
    attempt.save()
    assert "Verified" in client.get(LOCK + tail, headers=SWAP).content.decode()


def test_a_look_again_asks_less_than_the_page_and_no_more_for_many_events(
    client: Client, store: VtexAccount
) -> None:
    def asked(**headers: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(LOCK, headers=headers)
        return len(seen)

    page, part = asked(), asked(**SWAP)
    assert part < page
    pair = factories.balance(store, "101")
    for number in range(40):
        factories.stock_change(pair, number, number + 1)
        factories.attempt(store, subject="00-v71425001lux-01")
    assert (asked(), asked(**SWAP)) == (page, part)


@pytest.mark.parametrize(
    "nonsense",
    [{"show": "x"}, {"zone": "Mars"}, {"seen": "\0"}, {"events": "٣"}, {"events": "9" * 99}, {"show": "\0"}],
)
def test_no_parameter_breaks_it(client: Client, nonsense: dict[str, str]) -> None:
    for headers in ({}, SWAP):
        assert client.get(LOCK, nonsense, headers=headers).status_code == 200


def test_the_picture_is_labelled_and_holds_no_style(client: Client) -> None:
    page = client.get(LOCK).content.decode()
    drawn = re.search(r'<svg role="img" aria-label="To scale, [^"]+: \d+ events\. .*?</section>', page, re.S)
    assert drawn
    assert "style=" not in drawn[0]
