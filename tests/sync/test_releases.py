"""What a repair gives back: only units that a release puts on sale, what cannot be bought at all first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.models import Cause, Finding, ValueKind, VtexAccount
from reconciler.sync import releases
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def store() -> VtexAccount:
    return make.account()


def held(store: VtexAccount, number: int, *pairs: tuple[str, int], **fields: Any) -> Finding:
    """A stuck reservation that holds so many units of these SKUs."""
    lock = make.reservation(store, f"00-lock-{number}")
    for sku, quantity in pairs:
        make.held(lock, quantity, sku)
    return make.finding(store, fields.pop("cause", Cause.HANDLING_SKIPPED), on=lock, **fields)


def test_a_pair_that_cannot_be_bought_comes_before_one_that_is_worth_more(store: VtexAccount) -> None:
    make.balance(store, "dear", total=100, reserved=2)
    make.balance(store, "out", total=2, reserved=2)
    held(store, 1, ("dear", 2), value_cents=100_000)
    held(store, 2, ("out", 2), value_cents=1_000)

    first, second = releases.count(store).pairs

    assert (first.sku_id, first.is_pushed_out, first.available, first.after) == ("out", True, 0, 2)
    assert (second.sku_id, second.is_pushed_out, second.available, second.after) == ("dear", False, 98, 100)


def test_reservations_of_one_pair_are_added_up(store: VtexAccount) -> None:
    held(store, 1, ("a", 2), value_cents=500)
    held(store, 2, ("a", 1), value_cents=250, cause=Cause.ORDER_MISSING, value_kind=ValueKind.TO_CHECK)

    (pair,) = releases.count(store).pairs

    assert (pair.units, pair.cents, pair.reservations, pair.to_check) == (3, 750, 2, 1)
    assert sorted(pair.causes) == ["handling_skipped", "order_missing"]
    assert not pair.is_about


def test_units_at_risk_are_gone_and_give_nothing_back(store: VtexAccount) -> None:
    held(store, 1, ("a", 2), cause=Cause.COUNT_NOT_UPDATED, value_kind=ValueKind.AT_RISK)
    assert releases.count(store) == releases.Releases({}, [])


def test_the_value_of_a_reservation_of_several_skus_is_shared_out_and_marked(store: VtexAccount) -> None:
    held(store, 1, ("a", 1), ("b", 3), value_cents=4_000)
    values = {pair.sku_id: (pair.cents, pair.is_about) for pair in releases.count(store).pairs}
    assert values == {"a": (1_000, True), "b": (3_000, True)}


def test_a_sku_is_pushed_out_by_a_cause_only_if_its_units_alone_would_bring_it_back(
    store: VtexAccount,
) -> None:
    make.balance(store, "deep", total=0, reserved=4)
    make.balance(store, "even", total=2, reserved=2)
    held(store, 1, ("deep", 2))
    held(store, 2, ("even", 1), ("deep", 1), cause=Cause.ORDER_CANCELED)

    assert releases.count(store).skus == {"order_canceled": 1}


def test_unlimited_pairs_and_pairs_not_read_are_pushed_out_by_nothing(store: VtexAccount) -> None:
    make.balance(store, "free", total=0, reserved=2, unlimited=True)
    held(store, 1, ("free", 2))

    found = releases.count(store)

    assert found.skus == {}
    assert found.pairs[0].available is None


def test_what_is_not_confirmed_or_closed_gives_nothing_back(store: VtexAccount) -> None:
    held(store, 1, ("a", 2), confirmed_at=None)
    held(store, 2, ("b", 2), closed_at=timezone.now())
    assert releases.count(store).pairs == []


def test_only_a_few_are_shown_and_they_take_the_same_queries_whatever_is_stuck(store: VtexAccount) -> None:
    held(store, 1, ("a", 2))
    with CaptureQueriesContext(connection) as few:
        releases.count(store)
    for number in range(2, 12):
        held(store, number, (f"sku-{number}", 2))
    with CaptureQueriesContext(connection) as many:
        found = releases.count(store)
    assert len(found.pairs) == releases.SHOWN
    assert len(few) == len(many) == 4


def test_it_is_counted_once_in_a_while_and_kept_between(store: VtexAccount) -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    held(store, 1, ("a", 2))
    before = releases.releases(store, now, hour)
    held(store, 2, ("b", 2))
    assert releases.releases(store, now, hour) == before
    assert len(releases.releases(store, now + hour, hour).pairs) == 2


def test_what_the_sync_counted_is_what_a_page_shows(store: VtexAccount) -> None:
    now = timezone.now()
    held(store, 1, ("a", 2))
    releases.keep(store, now)
    with CaptureQueriesContext(connection) as asked:
        releases.releases(store, now + releases.KEPT, 2 * releases.KEPT)
    assert len(asked) == 1
