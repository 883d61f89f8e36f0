"""The overview: what it costs, why, what first; and the difference between fine and not looked at."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.models import (
    Cause,
    ListState,
    Role,
    State,
    StockBalance,
    SyncCursor,
    SyncKind,
    ValueKind,
    VtexAccount,
)
from reconciler.models.findings import sold_out_by_stuck
from tests import factories

URL = "/s/luxstore/"


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.OPERATOR))


def text(client: Client) -> str:
    return " ".join(client.get(URL).content.decode().replace("\u00a0", " ").split())


def test_a_store_nobody_scanned_is_not_called_fine(client: Client, store: VtexAccount) -> None:
    assert "Not scanned yet" in text(client)
    factories.balance(store)
    assert "Nothing found so far" in text(client)
    SyncCursor.objects.create(account=store, kind=SyncKind.SWEEP, completed_at=factories.ago(hours=1))
    assert "Nothing is stuck" in text(client)


def test_the_causes_stand_by_what_they_cost(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1, value_cents=10_000)
    factories.stuck(store, 2, value_cents=10_000)
    factories.stuck(store, 3, cause=Cause.ORDER_CANCELED, value_cents=80_000)
    causes = client.get(URL).context["causes"]
    assert [(each.cause, each.sum.rows, each.width) for each in causes] == [
        (Cause.ORDER_CANCELED, 1, "100.0"),
        (Cause.HANDLING_SKIPPED, 2, "25.0"),
    ]


def test_fix_first_holds_the_ten_costliest(client: Client, store: VtexAccount) -> None:
    for index in range(1, 13):
        factories.stuck(store, index, value_cents=index * 100)
    values = [row.finding.value_cents for row in client.get(URL).context["first"]]
    assert values == [index * 100 for index in range(12, 2, -1)]


def test_a_sku_with_units_in_another_warehouse_is_not_sold_out(store: VtexAccount) -> None:
    factories.stuck(store, 1)
    factories.stuck(store, 2)
    factories.balance(store, "102", "other", total=5, reserved=0)
    assert sold_out_by_stuck(store) == 1


def test_a_sku_that_would_stay_sold_out_is_not_blamed_on_stuck_units(store: VtexAccount) -> None:
    factories.balance(store, "101", total=2, reserved=10)
    factories.stuck(store, 1)
    factories.balance(store, "102", total=9, reserved=2)
    factories.stuck(store, 2)
    factories.stuck(store, 3, value_kind=ValueKind.AT_RISK)
    assert sold_out_by_stuck(store) == 0


def test_pairs_that_could_not_be_listed_are_named_with_the_reason(client: Client, store: VtexAccount) -> None:
    factories.balance(store, "1")
    factories.balance(store, "2", list_state=ListState.TOO_MANY, list_read_at=None)
    factories.balance(store, "3", reserved=0, list_state=ListState.NOT_READ, list_read_at=None)
    factories.balance(store, "4", read_at=factories.ago(hours=30), list_read_at=factories.ago(hours=30))
    covered = client.get(URL).context["coverage"]
    assert (covered.pairs, covered.read, covered.percent) == (4, 2, 50.0)
    assert covered.reasons == [
        ("too many reservations for VTEX to list", 1),
        ("read more than 24 hours ago", 1),
    ]
    assert "Part of the store was not read in 24 hours" in text(client)


def test_almost_all_is_not_rounded_up_to_all(client: Client, store: VtexAccount) -> None:
    factories.balance(store, "0", read_at=factories.ago(hours=30))
    StockBalance.objects.bulk_create([_pair(store, str(index)) for index in range(1, 2001)])
    assert client.get(URL).context["coverage"].percent == 99.9


def _pair(store: VtexAccount, sku_id: str) -> StockBalance:
    at = factories.ago(minutes=1)
    return StockBalance(
        account=store, sku_id=sku_id, warehouse_id="w", total=1, reserved=0, first_seen_at=at, read_at=at
    )


def test_an_action_still_being_checked_comes_first_of_what_to_do(client: Client, store: VtexAccount) -> None:
    factories.stuck(store)
    factories.attempt(store, state=State.VERIFYING, outcome="", finished_at=None)
    steps = client.get(URL).context["next_steps"]
    assert steps[0] == {
        "say": "1 action is still being checked against VTEX.",
        "url": "/s/luxstore/attempts/",
    }
    assert len(steps) == 2


def test_sums_in_two_currencies_are_not_added_up(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1, value_cents=100_000)
    factories.stuck(store, 2, value_cents=5_000, currency="USD")
    assert "R$ 1,000.00 + US$ 50.00" in text(client)
