"""The ticket pack: what support pastes and sends, complete, in two zones, and without anybody's name."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.models import AuditEntry, Cause, ListState, OrderLookup, Outcome, Role, State, VtexAccount
from tests import factories

LOCK = "/s/luxstore/reservations/00-v71425001lux-01/"
ORDER = "/s/luxstore/orders/v71425001lux-01/"
PAIR = "/s/luxstore/stock/101/cd_sp/"
SUBJECTS = [LOCK, ORDER, PAIR]
PIECE = {"kind": "order_status", "order": "v1", "status": "invoiced", "source": "order_detail",
         "at": "2026-11-10T01:02:11.123456Z"}  # fmt: skip

STEP = {"kind": "no_handling_in_history", "source": "order_document", "at": None}


@pytest.fixture
def store(db: None) -> VtexAccount:
    store = factories.account()
    finding = factories.stuck(
        store, 1, evidence=[PIECE, STEP], not_causes=[{"cause": "order_canceled", "kind": "not_canceled"}]
    )
    assert finding.order
    factories.workflow(finding.order, "Marketplace", "invoiced")
    factories.attempt(
        store, subject="00-v71425001lux-01", outcome=Outcome.FAILED, actor="maria.silva", role="operator",
        reason="Asked for by Ana Souza, 529.982.247-25", ticket="T-ana", ip="192.0.2.44", request_id="req-77",
        send_started_at=factories.ago(hours=5), answered_at=factories.ago(hours=5),
        answer={"error": "Refused", "status": 500, "code": "", "operation_id": "op-4711", "message": "Boom"},
    )  # fmt: skip
    return store


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("helper", Role.VIEWER))


def text(client: Client, url: str = LOCK, **query: str) -> str:
    response = client.get(f"{url}ticket/", query)
    assert response.status_code == 200
    return str(response.context["text"])


def pack(client: Client, url: str = LOCK, **query: str) -> dict[str, Any]:
    response = client.get(f"{url}ticket.json", query)
    assert response.status_code == 200
    return dict(response.json())


def test_the_text_says_what_is_wrong_how_it_is_known_and_what_was_done(client: Client) -> None:
    said = text(client)
    for part in (
        "Reservation: 00-v71425001lux-01", "Store: luxstore", "Times: America/Sao_Paulo, and UTC in brackets",
        "Handling skipped: The order was invoiced, but", "- Order v1 is invoiced. (order detail, ",
        "- Order canceled? Not that: the order is not canceled.", "Order: v71425001lux-01",
        "Status: invoiced", "Marketplace: invoiced",
        "- 2 x 101 @ cd_sp (Confirmed, not acknowledged, listed)",
        "start-handling, handling", "Cancel reservation: 00-v71425001lux-01", "Outcome: Failed",
        "VTEX answered: 500, Boom", "Operation id of VTEX: op-4711", "Our request id: req-77",
        "How sure: ", "VTEX writes of it: VTEX known issue, archived in 2023",
        "- Which system invoiced without starting handling.",
    ):  # fmt: skip
        assert part in said, part


def test_every_time_is_in_the_store_s_zone_and_in_utc_and_names_the_other_day(client: Client) -> None:
    assert "2026-11-09 22:02:11.123 -03:00 (2026-11-10 01:02:11.123 UTC)" in text(client)
    piece, _ = pack(client)["findings"][0]["evidence"]
    assert piece["at"] == {"utc": "2026-11-10T01:02:11.123456Z", "local": "2026-11-09T22:02:11.123456-03:00"}


def test_the_file_holds_the_same_as_data(client: Client) -> None:
    made = pack(client)
    assert (made["format"], made["version"], made["language"]) == ("inventory-admin.ticket-pack", 1, "en")
    assert made["subject"] == {"kind": "reservation", "id": "00-v71425001lux-01"}
    assert (made["findings"][0]["cause"], made["findings"][0]["state"]) == ("handling_skipped", "confirmed")
    assert made["orders"][0]["order_id"] == "v71425001lux-01"
    assert made["orders"][0]["items"][0]["sku"] == "101"
    assert made["reservations"][0]["items"][0]["listed"] is True
    assert (made["stock"][0]["reserved"], made["stock"][0]["available"]) == (2, 0)
    assert made["attempts"][0]["vtex"] == {
        "status": 500, "code": "", "operation_id": "op-4711", "message": "Boom",
    }  # fmt: skip
    assert {"ready-for-handling", "invoiced"} <= {entry["step"] for entry in made["timeline"]}


@pytest.mark.parametrize("url", SUBJECTS)
def test_a_reservation_an_order_and_a_pair_each_have_their_pack(client: Client, url: str) -> None:
    assert text(client, url).splitlines()[0].endswith(pack(client, url)["subject"]["id"])
    answer = client.get(f"{url}ticket.json")
    name = re.fullmatch(
        r'attachment; filename="(ticket-luxstore-[\w~-]+\.json)"', answer["Content-Disposition"]
    )
    assert name


@pytest.mark.parametrize("url", SUBJECTS)
def test_the_page_of_each_leads_to_its_pack(client: Client, store: VtexAccount, url: str) -> None:
    factories.finding(store, Cause.BALANCE_MISMATCH, pair=store.balances.get())
    page = client.get(url).content.decode()
    assert f'href="{url}ticket/"' in page


@pytest.mark.parametrize("url", SUBJECTS)
@pytest.mark.parametrize("form", ["ticket/", "ticket.json"])
def test_taking_it_is_on_record(client: Client, url: str, form: str) -> None:
    client.get(url + form, {"language": "en"})
    entry = AuditEntry.objects.get(action="ticket.export")
    assert (entry.chain, entry.actor, entry.outcome) == ("luxstore", "helper", "verified")
    subjects = {LOCK: "00-v71425001lux-01", ORDER: "v71425001lux-01", PAIR: "101@cd_sp"}
    assert entry.subject == subjects[url]
    sent = json.loads(entry.body)["sent"]
    assert (sent["form"], sent["language"]) == ("text" if form == "ticket/" else "json", "en")


def test_looking_at_the_reservation_takes_nothing_yet(client: Client) -> None:
    client.get(LOCK)
    client.head(f"{LOCK}ticket/")
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize("url", SUBJECTS)
def test_nobody_is_named_in_it_neither_customer_nor_staff(client: Client, url: str) -> None:
    whole = text(client, url) + json.dumps(pack(client, url))
    for name in ("maria.silva", "Ana", "529.982", "T-ana", "192.0.2.44", "helper", "Asked for"):
        assert name not in whole, name


def test_a_message_that_looks_like_a_person_is_hidden(client: Client, store: VtexAccount) -> None:
    attempt = store.attempts.get()
    attempt.answer = {**attempt.answer, "message": "no stock for ana@example.com"}
    attempt.save()
    whole = text(client) + json.dumps(pack(client))
    assert "ana@example.com" not in whole
    assert "VTEX answered: 500, [hidden]" in whole


@pytest.mark.parametrize("url", SUBJECTS)
@pytest.mark.parametrize(("language", "word"), [("pt-br", "Loja"), ("es", "Tienda")])
def test_it_speaks_the_reader_s_language_or_english_for_vtex(
    client: Client, url: str, language: str, word: str
) -> None:
    own = client.get(f"{url}ticket/", headers={"Accept-Language": language})
    english = client.get(f"{url}ticket/?language=en", headers={"Accept-Language": language})
    assert f"{word}: luxstore" in own.context["text"]
    assert "Store: luxstore" in english.context["text"]
    assert f'<html lang="{language}"' in english.content.decode()
    assert [each["here"] for each in english.context["languages"]] == [False, True]
    assert english.context["file_url"].endswith("ticket.json?language=en")
    file = client.get(english.context["file_url"], headers={"Accept-Language": language}).json()
    assert file["language"] == "en"
    for section in ("findings", "timeline", "not_known"):
        assert file[section] == pack(client, url)[section]


def test_who_reads_english_has_no_language_to_choose(client: Client) -> None:
    assert client.get(f"{LOCK}ticket/").context["languages"] == []


def test_with_javascript_the_pack_opens_in_place(client: Client) -> None:
    part = client.get(
        f"{LOCK}ticket/", headers={"HX-Request": "true", "HX-Target": "ticket"}
    ).content.decode()
    assert part.lstrip().startswith('<section class="card pad" id="ticket"')
    assert "hidden" not in part.partition("<textarea")[0].replace("aria-hidden", "").replace("visually-", "")


def test_what_is_not_known_is_named(client: Client, store: VtexAccount) -> None:
    store.balances.update(list_state=ListState.TOO_MANY)
    store.orders.update(history_read_at=None, unreadable_reason="forbidden")
    store.reservations.update(status_read_at=None)
    store.attempts.update(outcome=Outcome.UNKNOWN)
    told = pack(client)["not_known"]
    assert told == [
        "Which system invoiced without starting handling.",
        "The last try to read order v71425001lux-01 gave nothing: forbidden.",
        "The history of order v71425001lux-01 could not be read.",
        "Reservation 00-v71425001lux-01 was not read by its id.",
        "What holds 101 in cd_sp: too many reservations for VTEX to list.",
        f"Whether VTEX did “Cancel reservation” (attempt {store.attempts.get().pk}).",
    ]
    assert all(f"- {each}" in text(client) for each in told)


def test_a_reservation_without_an_order_says_what_was_asked(client: Client, store: VtexAccount) -> None:
    lock = factories.reservation(store, "3f2a-guid", order_lookup=OrderLookup.MISSING,
                                 order_lookup_tried=[{"id": "3f2a-guid", "answer": "404"}])  # fmt: skip
    factories.held(lock)
    factories.finding(store, Cause.ORDER_MISSING, on=lock, remedy="manual_review")
    said = text(client, "/s/luxstore/reservations/3f2a-guid/")
    assert "- Which order reservation 3f2a-guid belongs to." in said
    assert "- Asked VTEX for its order: 3f2a-guid: 404." in said


def test_what_is_not_confirmed_is_not_stated_as_a_fact(client: Client, store: VtexAccount) -> None:
    store.findings.update(confirmed_at=None)
    (finding,) = pack(client)["findings"]
    assert (finding["state"], finding["remedy"], finding["what_to_do"]) == ("to_be_confirmed", None, "")
    assert "The order was invoiced, but" not in text(client)
    store.findings.update(cause=Cause.COULD_NOT_TELL, reason="list_unreadable", subject="other")
    (finding,) = pack(client)["findings"]
    assert finding["state"] == "could_not_tell"
    assert pack(client)["not_known"][0].startswith("VTEX answers an error")


def test_known_issues_are_named_by_number(client: Client, store: VtexAccount) -> None:
    store.findings.update(cause=Cause.CANCEL_INCOMPLETE)
    assert "VTEX writes of it: KI-1220722: " in text(client)
    assert pack(client)["findings"][0]["known_issues"] == ["KI-1220722"]


def test_an_order_s_pack_holds_all_its_reservations_and_what_was_done_to_them(
    client: Client, store: VtexAccount
) -> None:
    bought = store.orders.get()
    other = factories.reservation(store, "GUID-2", of=bought)
    factories.held(other, 1, sku_id="102")
    factories.attempt(store, subject="GUID-2", state=State.VERIFYING, outcome="", finished_at=None)
    factories.attempt(store, subject="102@cd_sp", verb="stock.count")
    made = pack(client, ORDER)
    assert [lock["lock_id"] for lock in made["reservations"]] == ["00-v71425001lux-01", "GUID-2"]
    assert {each["subject"] for each in made["attempts"]} == {"00-v71425001lux-01", "GUID-2", "102@cd_sp"}
    assert [each["sku"] for each in made["stock"]] == ["101", "102"]


def test_an_id_that_is_not_mirrored_has_no_pack(client: Client) -> None:
    for url in ("/s/luxstore/reservations/no/", "/s/luxstore/orders/no/", "/s/luxstore/stock/no/no/"):
        for form in ("ticket/", "ticket.json"):
            assert client.get(url + form).status_code == 404
    assert not AuditEntry.objects.exists()


def test_nothing_of_another_store_is_in_it(
    client: Client, store: VtexAccount, signed_in: Callable[[User], Client]
) -> None:
    """The same ids in two stores: each pack tells of its own alone."""
    other = factories.account("other")
    twin = factories.stuck(other, 1)
    factories.attempt(other, subject="00-v71425001lux-01", request_id="req-of-other")
    other.balances.update(total=777666)
    assert twin.reservation
    twin.reservation.items.update(quantity=555444)
    for url in SUBJECTS:
        whole = text(client, url) + json.dumps(pack(client, url))
        for figure in ("777666", "555444", "req-of-other", 'other"'):
            assert figure not in whole, (url, figure)
    stranger = signed_in(factories.user("stranger", Role.ADMIN, store=other))
    assert stranger.get(f"{LOCK}ticket/").status_code == 404
    assert Client().get(f"{LOCK}ticket.json").status_code == 302


def test_it_asks_a_fixed_number_of_queries(
    client: Client, store: VtexAccount, django_assert_max_num_queries: Any
) -> None:
    bought = store.orders.get()
    for number in range(20):
        factories.held(factories.reservation(store, f"L-{number}", of=bought), 1, sku_id=f"2{number}")
        factories.attempt(store, subject=f"L-{number}")
    with django_assert_max_num_queries(30):
        client.get(f"{ORDER}ticket/")


def test_odd_rows_break_no_pack(client: Client, store: VtexAccount) -> None:
    """Lines of old rows lack names; times lie before the zone had a whole offset; answers are empty."""
    store.orders.update(created_at=datetime(1900, 1, 1, tzinfo=UTC), status="", listed_status="handling")
    store.reservations.update(status_code=9, requested=[{"sku": "1", "warehouse": None, "quantity": 1}])
    store.attempts.update(answer=None, send_started_at=None)
    store.balances.update(unlimited=True, list_read_at=None)
    item = store.orders.get().items.get()
    item.deliveries = [{}]
    item.save()
    for url in SUBJECTS:
        assert "luxstore" in text(client, url)
        assert pack(client, url)["store"]["account"] == "luxstore"
