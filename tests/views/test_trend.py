"""Day by day: drawn from small rows, told as a table, and a day nobody counted is a gap and not a zero."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.models import STUCK_CAUSES, Cause, Role, TrendDay, VtexAccount
from reconciler.views import trend
from reconciler.views.remembered import forget_all
from tests import factories

pytestmark = pytest.mark.django_db
SKIPPED = Cause.HANDLING_SKIPPED


@pytest.fixture
def store() -> VtexAccount:
    return factories.account()


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.VIEWER))


def today(store: VtexAccount) -> date:
    return timezone.now().astimezone(ZoneInfo(store.time_zone)).date()


def counted(store: VtexAccount, back: int, **fields: Any) -> None:
    """A day so many days ago: every cause has a row, one of them with these figures."""
    cause = fields.pop("cause", SKIPPED)
    given = {"account": store, "day": today(store) - timedelta(days=back), "counted_at": timezone.now()}
    TrendDay.objects.bulk_create(
        TrendDay(cause=each, **given, **(fields if each == cause else {})) for each in STUCK_CAUSES
    )


def of(store: VtexAccount) -> trend.Trend:
    return trend.of_store(store, timezone.now())


def test_days_without_a_count_are_gaps_and_not_zeros(store: VtexAccount) -> None:
    counted(store, 4, reservations=1, units=2)
    counted(store, 2)
    counted(store, 0, reservations=1, units=2)
    found = of(store)
    assert found.missing == 2
    assert [day.is_counted for day in found.days[-5:]] == [True, False, True, False, True]
    assert len(found.units.blocks) == 2


def test_before_the_first_count_and_today_there_is_no_gap(store: VtexAccount) -> None:
    counted(store, 1)
    assert of(store).missing == 0


def test_causes_stand_on_each_other_and_fill_the_drawing_at_the_most(store: VtexAccount) -> None:
    counted(store, 1, reservations=1, units=3)
    TrendDay.objects.filter(cause=Cause.ORDER_CANCELED).update(reservations=1, units=1)
    counted(store, 0, reservations=1, units=2)
    blocks = of(store).units.blocks
    assert [(block.y, block.height) for block in blocks] == [
        ("75.00", "25.00"),
        ("0.00", "75.00"),
        ("50.00", "50.00"),
    ]


def test_opened_goes_up_and_healed_goes_down_on_one_scale(store: VtexAccount) -> None:
    counted(store, 0, opened=3, healed=1)
    moves = of(store).moves
    assert moves.ground == "75.00"
    assert [(block.y, block.height) for block in moves.blocks] == [("0.00", "75.00"), ("75.00", "25.00")]


def test_value_is_drawn_in_one_currency_and_told_in_all(store: VtexAccount) -> None:
    counted(store, 0, reservations=2, units=2, cents={"BRL": 900, "USD": 100})
    found = of(store)
    assert found.currency == "BRL"
    assert found.value
    assert found.value.most == 900
    assert found.last
    assert found.last.money == [(900, "BRL"), (100, "USD")]


def test_where_nothing_has_a_price_no_value_is_drawn(store: VtexAccount) -> None:
    counted(store, 0, reservations=1, units=2)
    assert of(store).value is None


def test_the_table_says_what_the_drawing_shows(client: Client, store: VtexAccount) -> None:
    counted(store, 2, reservations=3, units=7, cents={"BRL": 123400}, opened=4, healed=1)
    counted(store, 0, reservations=3, units=5)
    text = " ".join(client.get("/s/luxstore/trend/").content.decode().replace("\u00a0", " ").split())
    table = text.split("<tbody>")[1]
    assert "7 units" in table
    assert "R$ 1,234.00" in table
    assert "+4 −1" in table
    assert table.count("not counted") == 1
    assert "Handling skipped" in text
    assert "Order canceled" not in text.split("<table")[1]


def test_the_overview_draws_it_and_says_it_in_a_sentence(client: Client, store: VtexAccount) -> None:
    assert "Day by day" not in client.get("/s/luxstore/").content.decode()
    forget_all()
    counted(store, 3, reservations=1, units=9)
    counted(store, 0, reservations=1, units=4, opened=2, healed=5)
    text = " ".join(client.get("/s/luxstore/").content.decode().split())
    assert "9 on" in text
    assert "In these days 2 reservations got stuck and 5 were released." in text
    assert 'href="/s/luxstore/trend/"' in text
    assert "style=" not in text


def test_an_empty_trend_says_when_it_begins(client: Client) -> None:
    assert "Nothing was counted yet" in client.get("/s/luxstore/trend/").content.decode()


def test_it_is_one_query_whatever_the_store_holds(store: VtexAccount) -> None:
    for back in range(trend.DAYS):
        counted(store, back, reservations=1, units=1)
    with CaptureQueriesContext(connection) as asked:
        found = of(store)
        assert found.units.most == 1
    assert len(asked) == 1
