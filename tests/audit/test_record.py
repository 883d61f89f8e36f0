"""One writer, one chain a store."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils.translation import gettext_lazy

from reconciler.audit import Actor, export
from reconciler.audit.record import UnregisteredActionError, record
from reconciler.models import AuditEntry, AuditHead

pytestmark = pytest.mark.django_db

SUPPORT = Actor(name="support", role="operator, viewer", ip="192.0.2.7", request_id="r-1", user_id=3)


def add(account: str = "luxstore", **fields: object) -> AuditEntry:
    return record(account=account, actor=SUPPORT, action="stock.count", **fields)  # type: ignore[arg-type]


def test_the_first_entry_opens_the_chain_with_number_one() -> None:
    entry = add()
    assert (entry.chain, entry.sequence, entry.previous_hash) == ("luxstore", 1, "")


def test_each_entry_carries_the_hash_of_the_one_before() -> None:
    first, second = add(), add()
    assert second.previous_hash == first.hash
    assert second.hash == hashlib.sha256((first.hash + second.body).encode()).hexdigest()
    head = AuditHead.objects.get()
    assert (head.sequence, head.hash) == (2, second.hash)


def test_stores_and_the_installation_have_chains_of_their_own() -> None:
    assert [add("a").sequence, add("b").sequence, add("-").sequence, add("a").sequence] == [1, 1, 1, 2]


def test_the_body_holds_every_field_as_canonical_json() -> None:
    when = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    entry = add(
        subject="77@CD~20São", outcome="verified", cause="order_canceled", reason="goods are back",
        ticket="T-1", before={"total": 5}, after={"total": 3, "at": when, "price": Decimal("1.50")},
        sent={"z": gettext_lazy("Stuck"), "a": [1, None]}, answer={"status": 200}, attempt_id=12,
    )  # fmt: skip
    body = json.loads(entry.body)
    assert entry.body == json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert body["after"] == {"total": 3, "at": "2026-11-22T10:00:00.000000Z", "price": "1.50"}
    assert (body["role"], body["ip"], body["request_id"]) == ("operator, viewer", "192.0.2.7", "r-1")
    assert body["at"] == entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert set(body) == {*export.KEYS} - {"hash"} | {"chain", "role", "user_id"}


@pytest.mark.parametrize(("action", "outcome"), [("stock.steal", ""), ("stock.count", "perhaps")])
def test_an_action_or_outcome_nobody_registered_is_refused(action: str, outcome: str) -> None:
    with pytest.raises(UnregisteredActionError):
        record(account="luxstore", actor=SUPPORT, action=action, outcome=outcome)
    assert not AuditEntry.objects.exists()


def test_values_that_are_no_data_are_refused() -> None:
    with pytest.raises(TypeError), transaction.atomic():
        add(before={"x": object()})
    with pytest.raises(ValueError, match="JSON"), transaction.atomic():
        add(before={"x": float("nan")})


def test_text_no_database_stores_is_mended_alike_in_column_and_body() -> None:
    entry = add(subject="a\0b\ud800c", ticket="t" * 500)
    entry.refresh_from_db()
    body = json.loads(entry.body)
    assert body["subject"] == entry.subject == "a\ufffdb?c"
    assert body["ticket"] == entry.ticket
    assert len(entry.ticket) == 200
    assert entry.ticket.endswith("…")


def test_an_entry_is_undone_with_the_transaction_it_belongs_to() -> None:
    add()
    with transaction.atomic():
        add()
        transaction.set_rollback(True)
    assert add().sequence == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("inside", [False, True])
def test_writers_at_once_make_one_unbroken_chain(inside: bool) -> None:
    def write(number: int) -> None:
        try:
            for _ in range(5):
                if inside:
                    with transaction.atomic():
                        add(subject=str(number))
                        add("-", subject=str(number))
                else:
                    add(subject=str(number))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    entries = list(AuditEntry.objects.filter(chain="luxstore").order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, 21))
    assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
