"""Feed v3: one queue an app key, visible again until committed (F4)."""

import pytest

from .conftest import Caller

CONFIG = "/api/orders/feed/config"
FILTER = {"filter": {"type": "FromWorkflow", "status": ["window-to-cancel", "ready-for-handling"]}}


@pytest.fixture
def configured(vtex: Caller) -> Caller:
    assert vtex("POST", CONFIG, FILTER).status == 200
    vtex.control.order("1001", "1_1")
    vtex.control.advance(hours=1)
    return vtex


def test_without_a_configuration_of_this_key_there_is_no_feed(vtex: Caller) -> None:
    assert vtex("GET", "/api/orders/feed?maxlot=10").status == 404
    assert vtex("GET", CONFIG).status == 404


def test_a_feed_carries_the_changes_its_filter_lets_through(configured: Caller) -> None:
    events = configured("GET", "/api/orders/feed?maxlot=10").body
    assert [(one["domain"], one["lastState"], one["state"]) for one in events] == [
        ("Fulfillment", "authorize-fulfillment", "window-to-cancel"),
        ("Fulfillment", "window-to-cancel", "ready-for-handling"),
    ]


def test_events_come_back_until_they_are_committed(configured: Caller) -> None:
    first = configured("GET", "/api/orders/feed?maxlot=10").body
    assert configured("GET", "/api/orders/feed?maxlot=10").body == []
    configured.control.advance(seconds=241)
    again = configured("GET", "/api/orders/feed?maxlot=10").body
    assert [one["eventId"] for one in again] == [one["eventId"] for one in first]
    configured("POST", "/api/orders/feed", {"handles": [one["handle"] for one in again]})
    configured.control.advance(seconds=241)
    assert configured("GET", "/api/orders/feed?maxlot=10").body == []
    assert configured("GET", CONFIG).body["quantity"] == 0


def test_two_kinds_of_filter_can_not_be_mixed(vtex: Caller) -> None:
    mixed = {"filter": {"type": "FromWorkflow", "status": ["invoiced"], "expression": "true"}}
    assert vtex("POST", CONFIG, mixed).status == 409


def read(vtex: Caller) -> list[dict[str, object]]:
    return list(vtex("GET", "/api/orders/feed?maxlot=10").body)


def test_a_handle_ends_with_the_visibility_timeout_of_the_configuration(vtex: Caller) -> None:
    vtex("POST", CONFIG, {**FILTER, "queue": {"visibilityTimeoutInSeconds": 30}})
    vtex.control.order("1001", "1_1")
    vtex.control.advance(hours=1)
    late = read(vtex)
    vtex.control.advance(seconds=31)
    again = read(vtex)
    assert {one["eventId"] for one in again} == {one["eventId"] for one in late}
    assert vtex("POST", "/api/orders/feed", {"handles": [one["handle"] for one in late]}).status == 200
    assert vtex("GET", CONFIG).body["quantity"] == 2, "an old handle commits nothing"
    vtex("POST", "/api/orders/feed", {"handles": [one["handle"] for one in again]})
    assert vtex("GET", CONFIG).body["quantity"] == 0


def test_the_queue_delivers_twice_in_any_order_and_holds_back_when_it_is_told_to(
    configured: Caller,
) -> None:
    configured("POST", CONFIG, {})
    configured.control.settings(feed_doubles=1)
    for _ in range(2):
        configured.control.order("1001", "1_1")
    configured.control.advance(hours=1)
    told = [one for _ in range(8) for one in read(configured)]
    assert len({one["handle"] for one in told}) == len(told) > len({one["eventId"] for one in told})
    configured.control.settings(feed_shuffles=1)
    configured.control.advance(seconds=241)
    mixed = [one["eventId"] for _ in range(8) for one in read(configured)]
    assert mixed != [one["eventId"] for one in told]
    assert sorted(map(str, mixed)) == sorted(str(one["eventId"]) for one in told)
    configured.control.settings(feed_holds_back=0.5)
    configured.control.advance(seconds=241)
    assert 0 < len(read(configured)) <= 10


def test_a_feed_without_news_for_its_retention_period_is_deleted(configured: Caller) -> None:
    configured.control.advance(days=5)
    assert configured("GET", CONFIG).status == 404
