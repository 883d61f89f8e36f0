"""Fix first, and what could not be told: in order of what it gives back, each reason with what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.diagnosis import meaning, wording
from reconciler.diagnosis.facts import Unreadable
from reconciler.models import Cause, ListState, Role, Snapshot, SyncKind, SyncRun, ValueKind, VtexAccount
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


def test_what_is_held_for_nothing_comes_before_dearer_units_at_risk(
    client: Client, store: VtexAccount
) -> None:
    factories.stuck(store, 1, cause=Cause.COUNT_NOT_UPDATED, value_kind=ValueKind.AT_RISK, value_cents=99_000)
    factories.stuck(store, 2, cause=Cause.ORDER_MISSING, value_kind=ValueKind.TO_CHECK, value_cents=50_000)
    factories.stuck(store, 3, cause=Cause.ORDER_CANCELED, value_cents=1_000)
    causes = client.get(URL).context["causes"]
    assert [each.cause for each in causes] == ["order_canceled", "order_missing", "count_not_updated"]


def test_a_cause_says_what_to_do_and_what_that_gives_back(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1)
    page = text(client)
    assert meaning.to_do(Cause.HANDLING_SKIPPED) in page
    assert "2 units held for nothing" in page
    assert "pushes 1 SKU to zero or below" in page


def test_the_product_that_it_helps_most_is_named_with_what_becomes_available(
    client: Client, store: VtexAccount
) -> None:
    factories.stuck(store, 1)
    page = text(client)
    assert 'href="/s/luxstore/stock/101/cd_sp/"' in page
    assert "0 → <b>2</b>" in page


def test_every_reason_stands_with_its_count_and_what_to_do(client: Client, store: VtexAccount) -> None:
    for number, reason in enumerate([Unreadable.TOO_OLD, Unreadable.TOO_OLD, Unreadable.FORBIDDEN], 1):
        factories.stuck(store, number, cause=Cause.COULD_NOT_TELL, reason=reason)
    factories.order(store, "gone", unreadable_reason="forbidden")
    factories.balance(store, "many", list_state=ListState.TOO_MANY, list_read_at=None)
    groups = client.get(URL).context["untold"]
    assert [(group.count, len(group.lines)) for group in groups] == [(3, 2), (1, 1), (1, 1)]
    first = groups[0].lines[0]
    assert (first.count, first.why, first.do) == (
        2,
        wording.reason(Unreadable.TOO_OLD),
        meaning.advice(Unreadable.TOO_OLD),
    )
    page = text(client)
    for group in groups:
        assert all(line.do in page for line in group.lines)


def test_a_missing_permission_is_named_as_vtex_names_it(client: Client, store: VtexAccount) -> None:
    factories.balance(store, "1", list_state=ListState.FORBIDDEN, list_read_at=None)
    factories.order(store, "o", unreadable_reason="forbidden")
    page = text(client)
    assert "“Logistics viewer”" in page
    assert "“View order”" in page


def ended(store: VtexAccount, kind: SyncKind, error: str, hours: float) -> None:
    at = factories.ago(hours=hours)
    SyncRun.objects.create(
        account=store, kind=kind, started_at=at, heartbeat_at=at, finished_at=at, error=error
    )


def test_a_sync_that_vtex_refuses_names_the_permission_until_one_goes_well(
    client: Client, store: VtexAccount
) -> None:
    ended(store, SyncKind.RECENT, "Forbidden: 403", hours=3)
    ended(store, SyncKind.SWEEP, "Timeout", hours=2)
    assert "Give the app key in VTEX: List Orders, View order." in text(client)
    ended(store, SyncKind.RECENT, "", hours=1)
    Snapshot.objects.all().delete()
    assert "Give the app key in VTEX" not in text(client)


def test_what_could_not_be_told_is_in_no_sum(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1, cause=Cause.COULD_NOT_TELL, reason="too_old", value_cents=77_700)
    page = text(client)
    assert "777.00" not in page
    assert client.get(URL).context["causes"] == []


def test_a_store_of_which_all_was_told_has_no_such_section(client: Client, store: VtexAccount) -> None:
    factories.stuck(store, 1)
    assert 'id="could-not-tell"' not in text(client)
