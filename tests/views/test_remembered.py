"""What pages count once and show often is what stands in the tables, after whatever change."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.models import Cause, Finding, Role, ValueKind, VtexAccount
from reconciler.models.findings import sold_out_by_stuck
from reconciler.views.filters import StuckFilter
from reconciler.views.remembered import Remembered
from reconciler.views.tally import Tally
from tests import factories


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


def change(store: VtexAccount, random: Random, number: int) -> None:
    """One finding opened, closed, confirmed or of another value, as diagnosis writes them."""
    some = Finding.objects.filter(account=store).order_by("?").first()
    kind = random.choice(["open", "open", "close", "confirm", "value"])
    if some is None or kind == "open":
        cause = random.choice(list(Cause))
        factories.stuck(store, number, cause, confirmed_at=random.choice([None, timezone.now()]),
                        value_kind=random.choice(ValueKind.values))  # fmt: skip
        return
    now = timezone.now()
    values = {"close": {"closed_at": now}, "confirm": {"confirmed_at": now}, "value": {"value_cents": number}}
    Finding.objects.filter(pk=some.pk).update(**values[kind], updated_at=now)


@pytest.mark.parametrize("seed", range(3))
def test_after_every_change_the_figures_are_those_of_the_tables(store: VtexAccount, seed: int) -> None:
    random = Random(seed)
    for number in range(1, 40):
        change(store, random, number)
        wanted = StuckFilter(q=random.choice(["", "", "lux"]), warehouse=random.choice(["", "cd_sp"]))
        tally, found = Tally.of(store, wanted), wanted.all_causes(store)
        for cause in Cause:
            rows = found.filter(cause=cause)
            assert tally.stuck(cause).rows == rows.count()
            assert tally.stuck(cause).units == sum(row.units for row in rows)
            assert sum(tally.stuck(cause).cents.values()) == sum(row.value_cents for row in rows)
        assert tally.stuck().rows == Finding.objects.stuck().filter(pk__in=found.values("pk")).count()
        assert Tally.of(store, StuckFilter()).sold_out == sold_out_by_stuck(store)


def test_a_page_that_nothing_changed_under_counts_nothing(
    store: VtexAccount, signed_in: Callable[[User], Client]
) -> None:
    factories.stuck(store, 1)
    client = signed_in(factories.user("looker", Role.VIEWER))
    client.get("/s/luxstore/")
    with CaptureQueriesContext(connection) as seen:
        client.get("/s/luxstore/")
    assert not [query for query in seen.captured_queries if "COUNT(" in query["sql"]]


def test_stores_are_not_taken_for_each_other(store: VtexAccount) -> None:
    other = factories.account("other")
    factories.stuck(store, 1)
    assert Tally.of(store, StuckFilter()).stuck().rows == 1
    assert Tally.of(other, StuckFilter()).stuck().rows == 0


def test_what_is_kept_ends_with_its_stamp_with_time_and_with_too_much() -> None:
    counted: list[int] = []
    kept: Remembered[int] = Remembered(60, most=2)

    def look(key: str, stamp: int) -> int:
        return kept.get(key, stamp, lambda: counted.append(1) or len(counted))

    assert [look("a", 1), look("a", 1), look("a", 2), look("b", 1), look("a", 2)] == [1, 1, 2, 3, 2]
    assert [look("c", 1), look("a", 2)] == [4, 5]
    brief: Remembered[int] = Remembered(0)
    assert [brief.get("a", 1, lambda: 1), brief.get("a", 1, lambda: 2)] == [1, 2]
