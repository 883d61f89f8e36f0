"""The stuck list: exactly what counts as stuck, found, counted, sorted and exported."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.models import AuditEntry, Cause, Role, SyncCursor, SyncKind, ValueKind, VtexAccount
from tests import factories

URL = "/s/luxstore/stuck/"


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.OPERATOR))


def subjects(response: Any) -> list[str]:
    return [row.finding.subject for row in response.context["rows"]]


def test_only_confirmed_findings_of_a_stuck_cause_are_listed(client: Client, store: VtexAccount) -> None:
    stuck = factories.stuck(store)
    factories.stuck(store, confirmed_at=None)
    factories.stuck(store, closed_at=factories.ago(hours=1))
    factories.stuck(store, cause=Cause.WORKFLOW_STUCK)
    factories.stuck(store, cause=Cause.COULD_NOT_TELL)
    response = client.get(URL)
    assert subjects(response) == [stuck.subject]
    assert [facet["cause"] for facet in response.context["also"]] == [Cause.WORKFLOW_STUCK]
    assert "1 reservation holds 2 units back" in " ".join(response.content.decode().split())


def test_findings_of_another_store_are_never_seen(client: Client, store: VtexAccount) -> None:
    factories.stuck(factories.account("other"))
    assert subjects(client.get(URL)) == []


def test_facets_count_what_the_text_and_the_warehouse_leave(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1)
    factories.stuck(store, 2, cause=Cause.ORDER_CANCELED)
    facets = client.get(URL, {"q": "v71425002lux"}).context["facets"]
    assert [(facet["cause"], facet["count"]) for facet in facets] == [("", 1), ("order_canceled", 1)]


NAMES = [
    "v71425007lux-01",
    "71425007",
    "00-v71425007lux-01",
    "107",
    "Blue lamp",
    "blue",
    "REF-7",
    "789000107",
]


@pytest.mark.parametrize("text", NAMES)
def test_a_case_is_found_by_order_lock_sku_name_reference_and_ean(
    client: Client, store: VtexAccount, text: str
) -> None:
    factories.sku(store, "107", name="Blue lamp", ref_id="ref-7", ean="789000107")
    wanted = factories.stuck(store, 7)
    factories.stuck(store, 8)
    assert subjects(client.get(URL, {"q": text})) == [wanted.subject]


def test_the_warehouse_filter_compares_letter_case_and_blanks(client: Client, store: VtexAccount) -> None:
    for warehouse_id in ("cd_sp", "CD_SP", "cd_sp "):
        lock = factories.reservation(store, f"lock-{warehouse_id}")
        factories.held(lock, warehouse_id=warehouse_id)
        factories.finding(store, on=lock)
    for warehouse_id in ("cd_sp", "CD_SP", "cd_sp "):
        assert subjects(client.get(URL, {"warehouse": warehouse_id})) == [f"lock-{warehouse_id}"]


def test_each_sort_leads_with_its_own_first(client: Client, store: VtexAccount) -> None:
    costly = factories.stuck(store, 1, value_cents=99_000, units=1, since=factories.ago(days=3))
    oldest = factories.stuck(store, 2, value_cents=1_000, units=2, since=factories.ago(days=99))
    largest = factories.stuck(store, 3, value_cents=2_000, units=50, since=factories.ago(days=4))
    firsts = {name: subjects(client.get(URL, {"sort": name}))[0] for name in ("value", "oldest", "units")}
    assert firsts == {"value": costly.subject, "oldest": oldest.subject, "units": largest.subject}


def test_money_is_summed_by_what_is_sure_about_it(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1, value_cents=150_000)
    factories.stuck(store, 2, value_cents=310_000, value_kind=ValueKind.AT_RISK)
    factories.stuck(store, 3, value_cents=777_000, confirmed_at=None)
    said = " ".join(client.get(URL).content.decode().replace("\u00a0", " ").split())
    assert "R$ 1,500.00 held for nothing · R$ 3,100.00 at risk until counted · R$ 0.00 to be checked" in said


def test_a_sku_whose_last_units_are_held_is_called_sold_out_by_this(
    client: Client, store: VtexAccount
) -> None:
    factories.stuck(store, 1)
    factories.balance(store, "102", total=9, reserved=2)
    factories.stuck(store, 2)
    rows = {row.finding.subject: row.held[0].sold_out for row in client.get(URL).context["rows"]}
    assert rows == {"00-v71425001lux-01": True, "00-v71425002lux-01": False}


def test_the_csv_holds_exactly_the_filtered_list(client: Client, store: VtexAccount) -> None:
    for index in range(1, 61):
        factories.stuck(store, index, cause=Cause.ORDER_CANCELED if index % 2 else Cause.HANDLING_SKIPPED)
    response = client.get("/s/luxstore/stuck.csv", {"cause": "order_canceled"})
    assert response.streaming
    lines = read(response)
    assert len(lines) == 30
    assert {line["cause"] for line in lines} == {"order_canceled"}
    assert lines[0]["items"] == "2 x 159@cd_sp"
    assert lines[0]["value"] == "199.80"
    assert lines[0]["since"].endswith("Z")


def read(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_of_the_csv_can_start_a_formula(client: Client, store: VtexAccount, start: str) -> None:
    lock = factories.reservation(store, f"{start}1+1")
    factories.held(lock)
    factories.finding(store, on=lock)
    (line,) = read(client.get("/s/luxstore/stuck.csv"))
    assert line["lock_id"] == f"'{start}1+1"


def test_an_export_is_in_the_audit_trail_with_its_filter_and_row_count(
    client: Client, store: VtexAccount
) -> None:
    factories.stuck(store)
    read(client.get("/s/luxstore/stuck.csv", {"q": "v71"}))
    entry = AuditEntry.objects.get(action="stuck.export")
    assert '"rows":1' in entry.body
    assert "q=v71" in entry.body


def test_htmx_gets_the_list_alone_and_the_answer_varies_by_it(client: Client, store: VtexAccount) -> None:
    factories.stuck(store)
    whole = client.get(URL)
    part = client.get(URL, headers={"HX-Request": "true", "HX-Target": "list"})
    assert "<html" in whole.content.decode()
    assert part.content.decode().lstrip().startswith('<div id="list">')
    assert "HX-Request" in whole["Vary"]
    restored = client.get(
        URL, headers={"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"}
    )
    assert "<html" in restored.content.decode()


def test_an_empty_list_says_whether_anything_was_looked_at(client: Client, store: VtexAccount) -> None:
    assert "Not scanned yet" in client.get(URL).content.decode()
    factories.balance(store)
    assert "Nothing found so far" in client.get(URL).content.decode()
    SyncCursor.objects.create(account=store, kind=SyncKind.SWEEP, completed_at=factories.ago(hours=1))
    assert "Nothing is stuck" in client.get(URL).content.decode()
    assert "Nothing matches" in client.get(URL, {"q": "zzz"}).content.decode()


def test_the_button_of_a_row_follows_the_remedy_and_the_role(
    store: VtexAccount, signed_in: Callable[[User], Client], settings: Any
) -> None:
    factories.stuck(store, 1, remedy="update_count")
    operator = signed_in(factories.user("support", Role.OPERATOR))
    viewer = signed_in(factories.user("looker", Role.VIEWER))
    assert operator.get(URL).context["rows"][0].act_url == "/s/luxstore/stock/101/cd_sp/count/"
    assert viewer.get(URL).context["rows"][0].act == "Open"
    store.actions_paused_at, store.actions_paused_by = factories.ago(hours=1), "merchant"
    store.save()
    assert operator.get(URL).context["rows"][0].act == "Open"
