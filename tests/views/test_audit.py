"""The audit page: filters, pages, entries, verification and files."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from reconciler.audit import Actor, triggers
from reconciler.audit.record import record
from reconciler.audit.trigger_set import ENTRIES
from reconciler.models import AuditEntry, Role
from reconciler.views import audit_filter
from tests import factories

pytestmark = pytest.mark.django_db
SUPPORT = Actor(name="support", role="operator", ip="192.0.2.7", request_id="r-1")


@pytest.fixture
def client(auditor: User, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(auditor)


def add(subject: str = "00-v7lux-01", action: str = "reservation.cancel", **fields: Any) -> AuditEntry:
    return record(**{"account": "luxstore", "actor": SUPPORT, "action": action, "subject": subject, **fields})


def numbers(response: Any) -> list[int]:
    return [row["entry"].sequence for row in response.context["rows"]]


def test_entries_stand_newest_first_with_what_how_who_and_why(client: Client) -> None:
    add(outcome="requested", reason="goods are back", ticket="TCK-7")
    add(outcome="verified")
    response = client.get("/s/luxstore/audit/")
    assert numbers(response) == [2, 1]
    page = response.content.decode()
    for said in ("Cancel reservation", "Verified", "support", "Operator", "goods are back", "TCK-7"):
        assert said in page
    assert 'href="/s/luxstore/reservations/00-v7lux-01/"' in page


FILTERS = [
    ({"q": "v7lux-02"}, [2]),
    ({"q": "77@CD/SP"}, [3]),
    ({"q": "77@CD~2FSP"}, [3]),
    ({"q": "hidden order"}, [2]),
    ({"q": "77@cd"}, [3]),
    ({"actor": "merchant"}, [4]),
    ({"actor": "merch"}, []),
    ({"action": "stock.count"}, [3]),
    ({"outcome": "failed"}, [2]),
    ({"ticket": "tck-7"}, [1]),
    ({"ticket": "TCK"}, []),
    ({"q": "v7lux", "outcome": "requested"}, [1]),
    ({"q": "   "}, [4, 3, 2, 1]),
    ({"q": "nothing like it"}, []),
]


@pytest.mark.parametrize(("asked", "found"), FILTERS, ids=[str(row[0]) for row in FILTERS])
def test_a_filter_finds(client: Client, asked: dict[str, str], found: list[int]) -> None:
    add(outcome="requested", ticket="TCK-7")
    add("00-v7lux-02", outcome="failed", before={"order": "a hidden order"})
    add("77@CD~2FSP", action="stock.count")
    add("", action="store.pause", actor=Actor(name="merchant"))
    assert numbers(client.get("/s/luxstore/audit/", asked)) == found


def test_days_are_the_stores_and_both_ends_are_included(client: Client, time_machine: Any) -> None:
    for moment in (
        "2026-11-10T02:59:00Z",
        "2026-11-10T03:01:00Z",
        "2026-11-11T02:59:00Z",
        "2026-11-11T03:01:00Z",
    ):
        time_machine.move_to(moment, tick=False)
        add()
    assert numbers(client.get("/s/luxstore/audit/", {"since": "2026-11-10", "until": "2026-11-10"})) == [3, 2]
    assert numbers(client.get("/s/luxstore/audit/", {"since": "2026-11-11"})) == [4]


@pytest.mark.parametrize("at", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_are_make_sense(client: Client, at: str) -> None:
    add()
    assert numbers(client.get("/s/luxstore/audit/", {"since": "0001-01-01", "until": "9999-12-31"})) == [1]
    assert len(numbers(client.get("/s/luxstore/audit/", {"since": at, "until": at}))) == 0


def test_a_day_holds_entries_whose_host_had_another_time(client: Client, time_machine: Any) -> None:
    for moment in ("2026-11-09T12:00Z", "2026-11-10T03:10Z", "2026-11-10T02:50Z", "2026-11-10T03:20Z"):
        time_machine.move_to(moment, tick=False)
        add()
    assert numbers(client.get("/s/luxstore/audit/", {"since": "2026-11-10"})) == [4, 2]
    assert numbers(client.get("/s/luxstore/audit/", {"until": "2026-11-09"})) == [3, 1]


def test_text_is_looked_for_in_the_newest_entries_and_a_whole_id_in_all(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_filter, "NEWEST_SEARCHED", 3)
    add("00-v7lux-01", reason="goods are back")
    add("77@CD~2FSP", action="stock.count")
    for number in range(2):
        add(f"{number}", reason="goods are back")
    for whole in ("00-v7lux-01", "v7lux-01"):
        assert numbers(client.get("/s/luxstore/audit/", {"q": whole})) == [1]
    assert numbers(client.get("/s/luxstore/audit/", {"q": "77@CD/SP"})) == [2]
    assert numbers(client.get("/s/luxstore/audit/", {"q": "lux-01"})) == []
    assert numbers(client.get("/s/luxstore/audit/", {"q": "goods are back"})) == [4, 3]
    assert "in the newest 10,000" in client.get("/s/luxstore/audit/").content.decode()


@pytest.mark.parametrize("asked", [{"action": "stock.steal"}, {"since": "yesterday"}, {"q": "a\0b"}])
@pytest.mark.parametrize(
    "address", ["/s/luxstore/audit/", "/s/luxstore/audit.csv", "/s/luxstore/audit.jsonl"]
)
def test_a_filter_that_makes_no_sense_shows_nothing_and_says_so(
    client: Client, asked: dict[str, str], address: str
) -> None:
    add()
    response = client.get(address, asked)
    assert response.status_code == 422
    assert numbers(response) == []
    assert 'class="fault"' in response.content.decode()
    assert AuditEntry.objects.filter(chain="luxstore").count() == 1


def test_pages_follow_each_other_and_keep_the_filter(client: Client) -> None:
    for number in range(120):
        add(str(number), ticket="even" if number % 2 == 0 else "odd")
    first = client.get("/s/luxstore/audit/", {"ticket": "even"})
    second = client.get("/s/luxstore/audit/", {"ticket": "even", "cursor": first.context["page"].next})
    assert numbers(first) + numbers(second) == list(range(119, 0, -2))
    assert second.context["page"].next == ""
    assert (
        f"?ticket=even&amp;cursor={first.context['page'].next}".replace(":", "%3A") in first.content.decode()
    )


def test_queries_do_not_grow_with_rows(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(60):
        add(str(number), attempt_id=number)
    with django_assert_max_num_queries(12):
        client.get("/s/luxstore/audit/")
    with django_assert_max_num_queries(12):
        client.get("/s/luxstore/audit/3/")


def test_htmx_gets_the_entries_alone(client: Client) -> None:
    add()
    page = client.get("/s/luxstore/audit/", headers={"HX-Request": "true", "HX-Target": "entries"})
    assert page.content.decode().strip().startswith('<div id="entries">')
    assert "HX-Request" in page["Vary"]


def test_an_entry_shows_before_and_after_the_answer_and_its_hash(client: Client) -> None:
    add()
    entry = add(before={"total": 5, "lines": [{"sku": "0123"}]}, after={"total": 3}, sent={"path": "/cancel"},
                answer={"status": 204}, cause="order_canceled", attempt_id=42)  # fmt: skip
    add(attempt_id=42, outcome="verified")
    page = client.get("/s/luxstore/audit/2/").content.decode()
    for said in ("lines.0.sku", "<td>5</td><td><b>3</b></td>", "204", "/cancel", "Order canceled", entry.hash,
                 entry.previous_hash, "192.0.2.7", "r-1", "The same attempt", "/s/luxstore/attempts/42/",
                 "/s/luxstore/audit/1/", "/s/luxstore/audit/3/"):  # fmt: skip
        assert said in page, said


def test_a_request_shows_what_was_before_and_claims_no_after(client: Client) -> None:
    add(before={"total": 5}, outcome="requested")
    page = client.get("/s/luxstore/audit/1/").content.decode()
    assert "<td>5</td></tr>" in page
    assert "<th>Before</th></tr>" in page


def test_an_entry_that_was_changed_says_so_on_its_page(client: Client) -> None:
    add(reason="original")
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {ENTRIES} SET body = replace(body, 'original', 'changed!')")
    assert "does not fit" in client.get("/s/luxstore/audit/1/").content.decode()


@pytest.mark.parametrize("number", [0, 99, 99999999999999999999999])
def test_an_entry_that_does_not_exist_is_404(client: Client, number: int) -> None:
    add()
    assert client.get(f"/s/luxstore/audit/{number}/").status_code == 404


def test_hostile_text_is_shown_as_text(client: Client) -> None:
    add("<script>alert(1)</script>", reason="<img src=x>", before={"<b>": "<i>"})
    for address in ("/s/luxstore/audit/", "/s/luxstore/audit/1/"):
        page = client.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x>" not in page
        assert "<i>" not in page


def test_one_store_never_shows_the_entries_of_another(client: Client) -> None:
    add("secret-of-the-other", account="other")
    assert numbers(client.get("/s/luxstore/audit/")) == []
    assert client.get("/s/luxstore/audit/1/").status_code == 404
    assert "secret" not in b"".join(client.get("/s/luxstore/audit.csv")).decode()  # type: ignore[call-overload]


def test_verifying_says_that_the_chain_holds_and_is_an_entry(client: Client) -> None:
    add()
    response = client.post("/s/luxstore/audit/verify/", follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [("/s/luxstore/audit/", 303)]
    assert "The chain holds: 1 entries." in page
    assert "verified by auditor" in page
    entry = AuditEntry.objects.get(chain="luxstore", action="audit.verify")
    assert (entry.outcome, json.loads(entry.body)["after"]["entries"]) == ("verified", 1)


def test_verifying_names_the_first_broken_entry(client: Client) -> None:
    for _ in range(3):
        add()
    triggers.drop(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {ENTRIES} SET body = body || ' ' WHERE sequence = 2")
    page = client.post("/s/luxstore/audit/verify/", follow=True).content.decode()
    assert "entry 2 is the first that is broken" in page
    assert "triggers are missing" in page
    assert "does not hold" in page
    assert AuditEntry.objects.get(chain="luxstore", action="audit.verify").outcome == "failed"


def test_verifying_needs_a_post(client: Client) -> None:
    assert client.get("/s/luxstore/audit/verify/").status_code == 405


def test_a_file_holds_what_the_filter_finds_and_names_filter_rows_and_head(client: Client) -> None:
    add(ticket="TCK-7")
    head = add("00-v7lux-02")
    response: Any = client.get("/s/luxstore/audit.jsonl", {"ticket": "TCK-7"})
    lines = [json.loads(line) for line in b"".join(response).splitlines()]
    assert [line["sequence"] for line in lines] == [1]
    assert (response["X-Audit-Rows"], response["X-Audit-Filter"]) == ("1", "ticket=TCK-7")
    assert response["X-Audit-Head"] == f"2:{head.hash}"
    assert (
        f'filename="audit-luxstore-1-rows-head-2-{head.hash[:12]}.jsonl"' in response["Content-Disposition"]
    )
    entry = AuditEntry.objects.get(chain="luxstore", sequence=int(response["X-Audit-Entry"]))
    after = json.loads(entry.body)["after"]
    assert (entry.action, entry.actor) == ("audit.export", "auditor")
    assert (after["filter"], after["rows"], after["head_hash"]) == ({"ticket": "TCK-7"}, 1, head.hash)


def test_the_csv_opens_in_a_table(client: Client) -> None:
    add(reason="@SUM(A1)")
    response: Any = client.get("/s/luxstore/audit.csv")
    (row,) = csv.DictReader(StringIO(b"".join(response).decode(), newline=""))
    assert (row["sequence"], row["actor"], row["reason"]) == ("1", "support", "'@SUM(A1)")


def test_the_installations_trail_has_pages_of_its_own(client: Client) -> None:
    record(account="-", actor=SUPPORT, action="user.logout", subject="support", outcome="verified")
    sequence = AuditEntry.objects.get(action="user.logout").sequence
    assert "Log out" in client.get("/audit/").content.decode()
    assert "support logged out" in client.get(f"/audit/{sequence}/").content.decode()
    assert client.post("/audit/verify/").status_code == 303
    assert AuditEntry.objects.filter(chain="-", action="audit.verify").exists()
    assert b"user.logout" in b"".join(client.get("/audit.jsonl"))  # type: ignore[call-overload]


def test_a_store_nobody_acted_in_has_an_empty_trail(client: Client) -> None:
    page = client.get("/s/luxstore/audit/").content.decode()
    assert "Nothing recorded yet" in page
    assert "never verified" in page


@pytest.mark.parametrize("action", ["reservation.cancel", "order.start_handling", "stock.count"])
@pytest.mark.parametrize("subject", ["", "a/b c~d.é", "77@", "@", "x" * 450])
def test_a_subject_of_any_shape_breaks_no_page(client: Client, action: str, subject: str) -> None:
    add(subject, action=action)
    assert client.get("/s/luxstore/audit/").status_code == 200
    assert client.get("/s/luxstore/audit/1/").status_code == 200


def test_times_are_the_stores(client: Client) -> None:
    factories.account().__class__.objects.update(time_zone="Asia/Tokyo")
    factories.user("auditor", Role.AUDITOR)
    entry = add()
    local = (entry.at + timedelta(hours=9)).strftime("%H:%M:%S")
    assert timezone.get_current_timezone_name() == "UTC"
    assert local in client.get("/s/luxstore/audit/1/").content.decode()
