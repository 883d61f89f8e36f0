"""`manage.py stuck` and `manage.py diagnose`: a contract for scripts."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from reconciler.models import Cause, Finding, Reservation, VtexAccount
from tests import factories as make

pytestmark = pytest.mark.django_db
SINCE = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def store() -> VtexAccount:
    return make.account()


def run(command: str, *args: str) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def as_json(*args: str) -> Any:
    return json.loads(run("stuck", "--format", "json", *args))


def lock(store: VtexAccount, number: int, status: str = "invoiced") -> Reservation:
    bought = make.order(store, f"v{number}lux-01", status)
    make.order_item(bought)
    made = make.reservation(store, of=bought)
    make.held(made)
    return made


def test_json_has_the_keys_of_the_contract_and_no_others(store: VtexAccount) -> None:
    make.finding(store, on=lock(store, 1), since=SINCE)

    assert as_json() == [
        {
            "account": "luxstore",
            "lock_id": "00-v1lux-01",
            "order_id": "v1lux-01",
            "order_status": "invoiced",
            "cause": "handling_skipped",
            "since": "2026-02-03T04:05:06Z",
            "items": [{"sku": "0123", "warehouse": "cd_sp", "quantity": 2}],
            "remedy": "cancel_reservation",
        }
    ]
    assert list(as_json()[0]) == [
        "account", "lock_id", "order_id", "order_status", "cause", "since", "items", "remedy",
    ]  # fmt: skip


def test_the_order_is_stable_whatever_came_first(store: VtexAccount) -> None:
    for number in (3, 1, 2):
        make.finding(store, on=lock(store, number))

    assert [row["lock_id"] for row in as_json()] == ["00-v1lux-01", "00-v2lux-01", "00-v3lux-01"]


def test_nothing_stuck_is_an_empty_array(store: VtexAccount) -> None:
    assert as_json() == []
    assert run("stuck") == "Nothing is stuck, as far as the last reads tell.\n"


def test_what_is_to_be_confirmed_or_closed_is_left_out(store: VtexAccount) -> None:
    make.finding(store, on=lock(store, 1), confirmed_at=None)
    make.finding(store, on=lock(store, 2), closed_at=make.ago(hours=1))

    assert as_json() == as_json("--all") == []


def test_also_wrong_and_could_not_tell_come_only_with_all(store: VtexAccount) -> None:
    make.finding(store, Cause.HANDLING_OVERDUE, on=lock(store, 1, "ready-for-handling"))
    make.finding(store, Cause.COULD_NOT_TELL, on=lock(store, 2), since=None)
    make.finding(store, Cause.BALANCE_MISMATCH, pair=make.balance(store, "77"))

    assert as_json() == []
    rows = as_json("--all")
    assert [row["cause"] for row in rows] == ["handling_overdue", "could_not_tell", "balance_mismatch"]
    assert rows[1]["since"] is None


def test_a_mismatch_of_a_balance_has_no_lock(store: VtexAccount) -> None:
    make.finding(store, Cause.BALANCE_MISMATCH, pair=make.balance(store, "77"))

    [row] = as_json("--all")
    assert (row["lock_id"], row["order_id"], row["order_status"]) == (None, None, None)


def test_a_missing_order_is_null(store: VtexAccount) -> None:
    make.finding(store, Cause.ORDER_MISSING, on=make.reservation(store, "c0ffee"))

    [row] = as_json()
    assert (row["lock_id"], row["order_id"], row["order_status"]) == ("c0ffee", None, None)


def test_one_store_can_be_chosen(store: VtexAccount) -> None:
    make.finding(store, on=lock(store, 1))
    make.finding(make.account("outlet"), on=lock(make.account("outlet"), 2))

    assert [row["account"] for row in as_json()] == ["luxstore", "outlet"]
    assert [row["account"] for row in as_json("--account", "outlet")] == ["outlet"]


def test_an_unknown_store_is_said(store: VtexAccount) -> None:
    with pytest.raises(CommandError, match="No store named 'nowhere'"):
        run("stuck", "--account", "nowhere")


def test_csv_has_a_line_an_item_and_no_formulas(store: VtexAccount) -> None:
    make.finding(
        store,
        on=lock(store, 1),
        items=[
            {"sku": "=1+1", "warehouse": "cd_sp", "quantity": 1},
            {"sku": "2", "warehouse": "cd, sp", "quantity": 3},
        ],
    )

    rows = list(csv.DictReader(io.StringIO(run("stuck", "--format", "csv"))))

    assert [(row["sku"], row["warehouse"], row["quantity"]) for row in rows] == [
        ("'=1+1", "cd_sp", "1"),
        ("2", "cd, sp", "3"),
    ]
    assert rows[0]["remedy"] == "cancel_reservation"


def test_the_table_is_aligned(store: VtexAccount) -> None:
    make.finding(store, on=lock(store, 1), since=SINCE)
    make.finding(store, Cause.ORDER_MISSING, on=make.reservation(store, "c0ffee"))

    header, first, second = run("stuck").splitlines()

    assert first.index("handling_skipped") == second.index("order_missing") == header.index("cause")


def test_diagnose_rebuilds_the_findings_from_the_mirror(store: VtexAccount) -> None:
    held = lock(store, 1)
    now = datetime.now(UTC)
    store.balances.update(bracketed_at=now)
    make.finding(store, Cause.ORDER_CANCELED, on=held)

    assert run("diagnose") == "luxstore: 1 handling_skipped\n"

    finding = Finding.objects.open().get()
    assert finding.cause == Cause.HANDLING_SKIPPED
    assert finding.due_at is not None
    assert finding.due_at < now - timedelta(days=1)


def test_diagnose_counts_the_rest_with_all(store: VtexAccount) -> None:
    held = lock(store, 1)
    held.items.update(status="Dispatched")

    assert run("diagnose") == "luxstore: nothing stuck\n"
    assert run("diagnose", "--all") == "luxstore: 1 could_not_tell\n"
