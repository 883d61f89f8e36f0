"""The pages of one reservation, one order and one pair."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.actions import guard_from_mirror
from reconciler.diagnosis import wording
from reconciler.models import (
    Cause,
    ListState,
    OrderLookup,
    Reservation,
    Role,
    Sku,
    State,
    VtexAccount,
    stock,
)
from tests import factories

LOCK = "/s/luxstore/reservations/00-v71425001lux-01/"


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.OPERATOR))


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_a_stuck_reservation_says_what_is_wrong_what_to_do_and_what_that_does(
    client: Client, store: VtexAccount
) -> None:
    piece = {"kind": "order_status", "order": "v1", "status": "invoiced", "source": "order_detail"}
    factories.stuck(store, 1, evidence=[{**piece, "at": "2026-11-10T14:02:11Z"}])
    response = client.get(LOCK)
    said = text(response)
    assert "Handling skipped" in said
    assert "it never expires, and no count clears it" in said
    assert "Order v1 is invoiced." in said
    (hold,) = response.context["holds"]
    assert (hold["reserved_after"], hold["available_after"], hold["back_on_sale"]) == (0, 2, True)
    assert response.context["offers"][0].url == f"{LOCK}cancel/"
    assert response.context["offers"][0].is_open
    assert "https://luxstore.myvtex.com/admin/orders/v71425001lux-01" in said


def test_a_closed_action_says_why(client: Client, store: VtexAccount) -> None:
    finding = factories.stuck(store, 1)
    finding.reservation.items.update(acknowledged_at=factories.ago(days=5))
    (cancel, *_) = client.get(LOCK).context["offers"]
    assert not cancel.is_open
    assert "acknowledged already" in cancel.why


def test_who_may_only_look_is_told_so_instead_of_a_button(
    store: VtexAccount, signed_in: Callable[[User], Client]
) -> None:
    factories.stuck(store, 1)
    (cancel, *_) = signed_in(factories.user("looker", Role.VIEWER)).get(LOCK).context["offers"]
    assert cancel.why == "Your role in this store is to look. An operator can do this."


def test_actions_that_are_paused_or_switched_off_are_closed(
    client: Client, store: VtexAccount, settings: Any
) -> None:
    factories.stuck(store, 1)
    store.actions_paused_at, store.actions_paused_by = factories.ago(hours=1), "merchant"
    store.save()
    assert "paused by merchant" in client.get(LOCK).context["offers"][0].why


def test_an_attempt_under_way_is_shown_where_one_would_begin_another(
    client: Client, store: VtexAccount
) -> None:
    factories.stuck(store, 1)
    factories.attempt(store, subject="00-v71425001lux-01", state=State.SENDING, outcome="", finished_at=None)
    assert [attempt.actor for attempt in client.get(LOCK).context["under_way"]] == ["support"]


def test_a_finding_not_yet_confirmed_is_shown_as_such(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1, confirmed_at=None)
    page = text(client.get(LOCK))
    assert "to be confirmed by the next read" in page
    assert "Too early to tell" in page
    assert wording.explanation(Cause.HANDLING_SKIPPED) not in page


def test_a_reserved_that_does_not_add_up_comes_with_its_ticket_pack(
    client: Client, store: VtexAccount
) -> None:
    pair = factories.balance(store, reserved=2)
    url = "/s/luxstore/stock/0123/cd_sp/"
    assert "ticket-open" not in client.get(url).content.decode()
    factories.finding(store, Cause.BALANCE_MISMATCH, pair=pair)
    assert "ticket-open" in client.get(url).content.decode()
    taken = client.get(f"{url}ticket/").context["text"]
    assert "- 0123 Thing 0123 @ cd_sp: total: 2, reserved: 2, available: 0" in taken


def test_a_reservation_without_an_order_tells_what_was_tried(client: Client, store: VtexAccount) -> None:
    lock = factories.reservation(store, "3f2a-guid", order_lookup=OrderLookup.MISSING,
                                 order_lookup_tried=[{"id": "3f2a-guid", "answer": "404"}])  # fmt: skip
    factories.held(lock)
    factories.finding(store, Cause.ORDER_MISSING, on=lock, remedy="manual_review")
    said = text(client.get("/s/luxstore/reservations/3f2a-guid/"))
    assert "No order carries this reservation. <code>3f2a-guid</code>: 404" in said


def test_the_timeline_is_narrowed_by_kind_and_swapped_alone(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1)
    whole = client.get(LOCK, {"show": "reservation"})
    assert {entry.kind for entry in whole.context["entries"]} == {"reservation"}
    part = client.get(LOCK, {"show": "order"}, headers={"HX-Request": "true", "HX-Target": "timeline"})
    assert part.content.decode().lstrip().startswith('<section class="card pad" id="timeline"')


def test_an_order_ready_for_handling_offers_to_start_it(client: Client, store: VtexAccount) -> None:
    bought = factories.order(store, "v9-01", "ready-for-handling")
    factories.workflow(bought, step="ready-for-handling")
    factories.order_item(bought)
    factories.held(factories.reservation(store, of=bought))
    offer = client.get("/s/luxstore/orders/v9-01/").context["offer"]
    assert offer.is_open
    assert offer.url == "/s/luxstore/orders/v9-01/start-handling/"


def test_an_order_whose_reservation_is_not_listed_may_not_be_started(
    client: Client, store: VtexAccount
) -> None:
    bought = factories.order(store, "v9-01", "ready-for-handling")
    factories.order_item(bought)
    factories.reservation(store, of=bought)
    offer = client.get("/s/luxstore/orders/v9-01/").context["offer"]
    assert not offer.is_open


def test_a_finished_order_offers_no_handling(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1)
    assert client.get("/s/luxstore/orders/v71425001lux-01/").context["offer"] is None


def test_a_pair_shows_what_holds_it_acknowledged_or_not(client: Client, store: VtexAccount) -> None:
    factories.held(factories.reservation(store), 3, acknowledged_at=factories.ago(days=1))
    factories.held(factories.reservation(store), 4)
    factories.held(factories.reservation(store), 5, gone_at=factories.ago(days=1))
    context = client.get("/s/luxstore/stock/0123/cd_sp/").context
    assert (context["listed"], context["acknowledged"]) == (7, 3)
    assert context["offer"].is_open


def test_a_pair_whose_list_could_not_be_read_says_so_and_takes_no_count(
    client: Client, store: VtexAccount
) -> None:
    factories.balance(store, list_state=ListState.TOO_MANY)
    response = client.get("/s/luxstore/stock/0123/cd_sp/")
    assert "too many reservations for VTEX to list" in text(response)
    assert not response.context["offer"].is_open


def test_stock_is_filtered_by_what_it_lacks(client: Client, store: VtexAccount) -> None:
    factories.balance(store, "plenty", total=9, reserved=0)
    factories.balance(store, "held", total=9, reserved=1)
    factories.balance(store, "out", total=1, reserved=1)
    factories.balance(store, "minus", total=1, reserved=3)
    factories.balance(store, "oddly", total=5, reserved=-1)
    factories.balance(store, "endless", total=0, reserved=0, unlimited=True)

    def found(state: str) -> set[str]:
        rows = client.get("/s/luxstore/stock/", {"state": state}).context["rows"]
        return {row["balance"].sku_id for row in rows}

    assert found("holding") == {"held", "out", "minus", "oddly"}
    assert found("sold_out") == {"out", "minus"}
    assert found("negative") == {"minus", "oddly"}


def test_stock_shows_how_many_units_are_stuck_in_each_pair(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1)
    factories.held(factories.reservation(store), 7, sku_id="101")
    rows = {row["balance"].sku_id: row["stuck"] for row in client.get("/s/luxstore/stock/").context["rows"]}
    assert rows == {"101": 2}


def test_stock_is_found_by_each_number_of_a_sku_and_part_of_a_name_among_the_newest(
    client: Client, store: VtexAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "NEWEST_SEARCHED", 3)
    monkeypatch.setattr(stock, "MOST_FOUND", 2)
    factories.balance(store, "99")
    for number in range(5):
        factories.balance(store, f"5{number}", reserved=number)
        named = {"name": f"Blue shirt {number}", "ref_id": f"REF-{number}", "ean": f"78{number}"}
        Sku.objects.filter(sku_id=f"5{number}").update(**named)

    def found(asked: str) -> list[str]:
        rows = client.get("/s/luxstore/stock/", {"q": asked}).context["rows"]
        return [row["balance"].sku_id for row in rows]

    assert [found(asked) for asked in ("50", "ref-0", "780", "99")] == [["50"], ["50"], ["50"], ["99"]]
    assert found("shirt 2") == ["52"]
    assert found("shirt 1") == []
    assert found("blue SHIRT") == ["54", "53"]
    assert "newest 50,000 SKUs" in text(client.get("/s/luxstore/stock/", {"q": "blue"}))


@pytest.mark.parametrize(
    "change",
    [
        lambda lock: None,
        lambda lock: lock.items.update(acknowledged_at=factories.ago(days=1)),
        lambda lock: lock.items.update(gone_at=factories.ago(days=1)),
        lambda lock: lock.items.update(status="Odd"),
        lambda lock: lock.findings.update(closed_at=factories.ago(days=1)),
        lambda lock: lock.findings.update(cause=Cause.COUNT_NOT_UPDATED),
        lambda lock: lock.account.balances.update(list_state=ListState.ERROR),
        lambda lock: type(lock).objects.update(status_code=5),
        lambda lock: type(lock).objects.update(requested=[]),
    ],
)
def test_a_button_is_open_exactly_when_the_action_itself_would_be(
    client: Client, store: VtexAccount, change: Callable[[Reservation], Any]
) -> None:
    lock = factories.stuck(store, 1).reservation
    assert lock
    change(lock)
    offered = {offer.verb: offer.is_open for offer in client.get(LOCK).context["offers"]}
    for verb, is_open in offered.items():
        assert is_open == guard_from_mirror(verb, store, lock).allowed
