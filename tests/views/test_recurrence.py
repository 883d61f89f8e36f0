"""The recurrence report: how many orders took which path, a week and on which way, for the ERP's vendor."""

import csv
import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.models import AuditEntry, Cause, Finding, Role, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import engine
from reconciler.views.recurrence_count import period
from reconciler.views.remembered import forget_all
from tests import factories
from tests.conftest import store_at

URL, CSV = "/s/luxstore/recurrence/", "/s/luxstore/recurrence.csv"


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.VIEWER))


def weeks_ago(weeks: int) -> datetime:
    """An hour of the week so many before the one under way, that lies behind us in any of them."""
    with timezone.override("America/Sao_Paulo"):
        return period(weeks + 1).starts[0] + timedelta(minutes=1)


def invoiced(store: VtexAccount, count: int, weeks: int = 2, **fields: Any) -> None:
    """Orders that were invoiced as they should be."""
    for _ in range(count):
        factories.order_item(factories.order(store, invoiced_at=weeks_ago(weeks), **fields))


def case(
    store: VtexAccount,
    cause: Cause = Cause.HANDLING_SKIPPED,
    weeks: int = 2,
    warehouse: str = "cd_sp",
    seller: str = "1",
    finding: dict[str, Any] | None = None,
    **fields: Any,
) -> Finding:
    """An order on the path of a cause, since an hour of the week so many before this one."""
    at = weeks_ago(weeks)
    status = "canceled" if cause == Cause.ORDER_CANCELED else "invoiced"
    ended = {"canceled_at" if status == "canceled" else "invoiced_at": at}
    order = factories.order(store, status=status, **{**ended, **fields})
    factories.order_item(order, seller_id=seller)
    lock = factories.reservation(store, of=order)
    factories.held(lock, warehouse_id=warehouse)
    return factories.finding(store, cause, on=lock, **{"since": at, **(finding or {})})


def sections(response: Any) -> dict[str, Any]:
    return {section.cause: section for section in response.context["sections"]}


def lines(response: Any, cause: Cause = Cause.HANDLING_SKIPPED) -> dict[str, tuple[int, int | None]]:
    return {line.label: (line.orders, line.of) for line in sections(response)[cause].lines}


def read(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_report_says_since_when_how_many_orders_of_whom_took_the_path(
    client: Client, store: VtexAccount
) -> None:
    for _ in range(3):
        case(store, affiliate_id="XYZ")
    case(store, affiliate_id="")
    invoiced(store, 7, affiliate_id="XYZ")
    invoiced(store, 4, affiliate_id="")
    invoiced(store, 5, weeks=5, affiliate_id="XYZ")
    says = sections(client.get(URL))[Cause.HANDLING_SKIPPED].says
    assert "3 of 10 invoiced orders of affiliate XYZ skipped handling; elsewhere 1 of 5." in says
    assert says.startswith(f"Since the week of {weeks_ago(2):%-d %b %Y}, ")


def test_an_order_counts_open_or_healed_and_once_however_often_it_came_back(
    client: Client, store: VtexAccount
) -> None:
    found = case(store)
    factories.finding(
        store, on=found.reservation, since=found.since, closed_at=factories.ago(days=1), confirmed_at=None
    )
    factories.finding(store, on=found.reservation, since=found.since, closed_at=factories.ago(days=1))
    case(store, finding={"closed_at": factories.ago(hours=1)})
    section = sections(client.get(URL))[Cause.HANDLING_SKIPPED]
    assert (section.total.orders, section.still_open) == (2, 1)


def test_what_was_never_confirmed_is_in_no_number(client: Client, store: VtexAccount) -> None:
    case(store, finding={"confirmed_at": None})
    case(store, finding={"confirmed_at": None, "closed_at": factories.ago(days=1)})
    assert sections(client.get(URL)) == {}
    assert b"Nothing in these weeks" in client.get(URL).content


@pytest.mark.parametrize(("weeks", "seen"), [("4", {3}), ("12", {3, 11}), ("26", {3, 11, 25})])
def test_the_period_is_whole_weeks_with_the_one_under_way(
    client: Client, store: VtexAccount, weeks: str, seen: set[int]
) -> None:
    for back in (3, 4, 11, 12, 25, 26):
        case(store, weeks=back)
    told = sections(client.get(URL, {"weeks": weeks}))[Cause.HANDLING_SKIPPED].total.weeks
    assert len(told) == int(weeks)
    at = {len(told) - 1 - index for index, orders in enumerate(told) if orders}
    assert seen <= at
    assert at <= {3, 4, 11, 12, 25}


def test_a_week_begins_on_monday_at_midnight_of_the_store(client: Client, store: VtexAccount) -> None:
    with timezone.override("America/Sao_Paulo"):
        monday = period(3).starts[1]
    assert (monday.weekday(), monday.isoformat()[10:]) == (0, "T00:00:00-03:00")
    for seconds in (-1, 0):
        case(store, finding={"since": monday + timedelta(seconds=seconds)})
    told = sections(client.get(URL, {"weeks": "4"}))[Cause.HANDLING_SKIPPED].total.weeks
    assert told == (0, 1, 1, 0)


def test_orders_are_told_apart_by_affiliate_channel_seller_and_warehouse(
    client: Client, store: VtexAccount
) -> None:
    case(store, affiliate_id="MGZ", sales_channel="2", seller="shop", warehouse="CD RJ")
    case(store, affiliate_id="", sales_channel="1")
    invoiced(store, 2, affiliate_id="MGZ", sales_channel="2")
    found = {by: lines(client.get(URL, {"by": by})) for by in ("affiliate", "channel", "seller", "warehouse")}
    assert found == {
        "affiliate": {"no affiliate (own store)": (1, 1), "MGZ": (1, 3)},
        "channel": {"1": (1, 1), "2": (1, 3)},
        "seller": {"1": (1, 3), "shop": (1, 1)},
        "warehouse": {"CD RJ": (1, None), "cd_sp": (1, None)},
    }


def test_canceled_orders_are_a_share_of_the_canceled_ones(client: Client, store: VtexAccount) -> None:
    case(store, Cause.ORDER_CANCELED)
    factories.order(store, status="canceled", canceled_at=weeks_ago(2))
    invoiced(store, 5)
    assert lines(client.get(URL), Cause.ORDER_CANCELED) == {"no affiliate (own store)": (1, 2)}


def test_what_nothing_tells_the_whole_of_has_no_share(client: Client, store: VtexAccount) -> None:
    case(store, Cause.HANDLING_OVERDUE)
    section = sections(client.get(URL))[Cause.HANDLING_OVERDUE]
    assert "1 order waited too long for handling." in section.says
    assert (section.lines[0].of, section.lines[0].share) == (None, "")


def test_a_reservation_without_an_order_counts_and_leads_to_itself(
    client: Client, store: VtexAccount
) -> None:
    lock = factories.reservation(store, "orphan", sales_channel="3")
    factories.held(lock)
    factories.finding(store, Cause.ORDER_MISSING, on=lock, since=weeks_ago(1))
    (line,) = sections(client.get(URL, {"by": "channel"}))[Cause.ORDER_MISSING].lines
    assert (line.label, line.orders) == ("3", 1)
    assert [example.url for example in line.examples] == ["/s/luxstore/reservations/orphan/"]
    (unknown,) = sections(client.get(URL))[Cause.ORDER_MISSING].lines
    assert unknown.label == "not known"


def test_each_way_names_orders_as_examples_with_their_pages(client: Client, store: VtexAccount) -> None:
    found = [case(store, weeks=weeks, affiliate_id="XYZ") for weeks in (1, 2, 3, 4, 5, 5, 5)]
    (line,) = sections(client.get(URL))[Cause.HANDLING_SKIPPED].lines
    assert len(line.examples) == 3
    newest = found[0].order
    assert newest
    assert (line.examples[0].name, line.examples[0].url) == (
        newest.order_id, f"/s/luxstore/orders/{newest.order_id}/",
    )  # fmt: skip


def test_the_report_says_what_the_erp_should_call(client: Client, store: VtexAccount) -> None:
    case(store)
    said = client.get(URL).content.decode()
    assert "POST /api/oms/pvt/orders/{orderId}/start-handling" in said
    assert '<li class="missed">start-handling' in " ".join(said.split())


def test_the_report_can_be_written_in_the_language_of_whom_it_goes_to(
    client: Client, store: VtexAccount
) -> None:
    case(store)
    assert '<html lang="es">' in client.get(URL, {"lang": "es"}).content.decode()
    assert '<html lang="en">' in client.get(URL).content.decode()


def test_one_cause_alone_can_be_sent(client: Client, store: VtexAccount) -> None:
    case(store)
    case(store, Cause.ORDER_CANCELED)
    assert set(sections(client.get(URL, {"cause": "order_canceled"}))) == {"order_canceled"}
    assert {line["cause"] for line in read(client.get(CSV, {"cause": "order_canceled"}))} == {
        "order_canceled"
    }


def test_findings_and_orders_of_another_store_are_in_no_number(
    client: Client, store: VtexAccount, settings: Any
) -> None:
    settings.STORES = {**settings.STORES, "other": settings.STORES["luxstore"]}
    other = factories.account("other")
    factories.user("support", Role.VIEWER, store=other)
    for _ in range(2):
        case(other, affiliate_id="XYZ")
    assert sections(client.get(URL)) == {}
    assert lines(client.get("/s/other/recurrence/")) == {"XYZ": (2, 2)}
    case(store, affiliate_id="XYZ")
    forget_all()
    assert lines(client.get(URL)) == {"XYZ": (1, 1)}
    assert len(read(client.get(CSV))) == 1


def test_the_csv_holds_every_cause_way_and_week_and_no_formula(client: Client, store: VtexAccount) -> None:
    case(store, affiliate_id="=HYPERLINK(1)")
    newest = case(store, affiliate_id="=HYPERLINK(1)", weeks=1)
    case(store, Cause.HANDLING_OVERDUE, weeks=1)
    invoiced(store, 3, affiliate_id="=HYPERLINK(1)")
    found = read(client.get(CSV))
    with timezone.override("America/Sao_Paulo"):
        mondays = [f"{start:%Y-%m-%d}" for start in period(3).starts]
    assert [(line["value"], line["week"], line["orders"], line["of"]) for line in found] == [
        ("'=HYPERLINK(1)", mondays[0], "1", "4"),
        ("'=HYPERLINK(1)", mondays[1], "1", "1"),
        ("", mondays[1], "1", ""),
    ]
    assert newest.order
    assert found[1]["example"] == newest.order.order_id


def test_the_weeks_of_the_csv_are_those_of_the_store_also_east_of_the_installation(
    client: Client, store: VtexAccount
) -> None:
    VtexAccount.objects.update(time_zone="Europe/Bucharest")
    case(store)
    found = read(client.get(CSV))
    assert [date.fromisoformat(line["week"]).strftime("%A") for line in found] == ["Monday"]


def test_every_way_is_in_the_csv_however_many_the_page_names(client: Client, store: VtexAccount) -> None:
    for index in range(15):
        case(store, affiliate_id=f"A{index:02}")
    section = sections(client.get(URL))[Cause.HANDLING_SKIPPED]
    assert (len(section.lines), section.others) == (12, "3 more, together with 3 orders: in the CSV.")
    assert len({line["value"] for line in read(client.get(CSV))}) == 15


def test_an_export_leaves_its_filter_and_number_of_rows_in_the_audit_trail(
    client: Client, store: VtexAccount
) -> None:
    case(store)
    read(client.get(CSV, {"by": "seller", "weeks": "26"}))
    entry = AuditEntry.objects.get(action="recurrence.export")
    assert '"rows":1' in entry.body
    assert "?by=seller&weeks=26" in entry.body


def test_the_number_of_queries_does_not_grow_with_the_orders(client: Client, store: VtexAccount) -> None:
    counts = []
    for _ in range(2):
        for cause in (Cause.HANDLING_SKIPPED, Cause.ORDER_CANCELED, Cause.COUNT_NOT_UPDATED):
            for index in range(4):
                case(store, cause, weeks=index, affiliate_id=f"A{index}")
        forget_all()
        with CaptureQueriesContext(connection) as captured:
            client.get(URL)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_second_look_counts_nothing_anew(client: Client, store: VtexAccount) -> None:
    case(store)
    client.get(URL)
    with CaptureQueriesContext(connection) as captured:
        client.get(URL, {"cause": "handling_skipped", "lang": "pt-br"})
    assert not [query for query in captured.captured_queries if "reconciler_finding" in query["sql"]]


@pytest.mark.parametrize("query", ["weeks=0", "weeks=%00", "by=x&cause=x", "lang=../..", "weeks=99999999999"])
def test_whatever_is_asked_the_page_and_the_file_answer(
    client: Client, store: VtexAccount, query: str
) -> None:
    case(store)
    assert client.get(f"{URL}?{query}").status_code == 200
    assert client.get(f"{CSV}?{query}").status_code == 200


def test_what_vtex_says_of_the_orders_is_what_the_report_tells_apart(
    start_sandbox: Callable[..., SandboxServer],
    settings: Any,
    store: VtexAccount,
    signed_in: Callable[[User], Client],
) -> None:
    now = datetime(2026, 3, 4, 15, tzinfo=UTC)
    sandbox = start_sandbox(scenario="demo", clock=now.isoformat())
    settings.STORES = {"luxstore": store_at(sandbox)}
    with time_machine.travel(now):
        engine.run_due(store)
        client = signed_in(factories.user("support", Role.VIEWER))
        response = client.get(URL, {"weeks": "26"})
        by_channel = lines(client.get(URL, {"weeks": "26", "by": "channel"}))
    due = [
        "MGZ" if "MGZ" in entry["lock_id"] else "no affiliate (own store)"
        for entry in sandbox.control.truth()
        if entry["cause"] == Cause.HANDLING_SKIPPED
    ]
    told = lines(response)
    assert {label: orders for label, (orders, _) in told.items()} == Counter(due)
    assert all(of and of > orders for orders, of in told.values())
    assert list(by_channel) == ["1"]
