"""One line of time, merged from what several sources tell."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from reconciler.models import OrderStatusEvent, OutsideChange, Reservation, VtexAccount
from reconciler.views import (
    timeline,
    timeline_facts,
    timeline_order,
    timeline_picture,
    timeline_rows,
    timeline_stock,
)
from reconciler.views.timeline import Entry, Kind, Span
from tests import factories

START = datetime(2026, 11, 9, 21, 32, 5, 120000, tzinfo=UTC)


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


def test_one_step_told_by_both_instances_and_two_sources_is_one_entry_that_names_them(
    store: VtexAccount,
) -> None:
    order = factories.order(store)
    at = factories.ago(days=3)
    for instance, source, late in (
        ("Marketplace", "document", 0),
        ("Fulfillment", "document", 9),
        ("", "feed", 30),
    ):
        OrderStatusEvent.objects.create(order=order, instance=instance, step="invoiced", source=source,
                                        at=at + timedelta(seconds=late), first_seen_at=at)  # fmt: skip
    (entry,) = [entry for entry in timeline_order.of_order(order) if entry.step == "invoiced"]
    assert entry.tags == ("Fulfillment", "Marketplace")
    assert entry.source == "order document, order feed"
    assert entry.at == at


def test_the_same_step_an_hour_later_is_told_again(store: VtexAccount) -> None:
    order = factories.order(store, status="canceled")
    at = factories.ago(days=3)
    for late in (0, 3600):
        OrderStatusEvent.objects.create(order=order, step="canceled", source="feed", first_seen_at=at,
                                        at=at + timedelta(seconds=late))  # fmt: skip
    assert [entry.step for entry in timeline_order.of_order(order)] == ["canceled", "canceled"]


def test_handling_that_never_happened_stands_before_the_invoice(store: VtexAccount) -> None:
    order = factories.order(store)
    factories.history(order, "payment-approved", "ready-for-handling", "invoice", "invoiced")
    steps = [entry.step for entry in timeline.merged(timeline_order.of_order(order))]
    assert steps == [
        "payment-approved",
        "ready-for-handling",
        "start-handling, handling",
        "invoice",
        "invoiced",
    ]


def test_an_instance_that_vtex_calls_in_error_is_told(store: VtexAccount) -> None:
    order = factories.order(store, status="handling")
    factories.workflow(order, "Marketplace", "cancel", in_error=True, last_change_at=factories.ago(days=1))
    (entry,) = [entry for entry in timeline_order.of_order(order) if entry.tone == "bad"]
    assert (entry.step, entry.tags) == ("cancel", ("Marketplace",))


def of(lock: Reservation) -> list[Entry]:
    pairs = {(item.sku_id, item.warehouse_id) for item in lock.items.all()}
    found = timeline_facts.of_pairs(lock.account, pairs, [lock.pk], lock.first_seen_at)
    totals, kept = timeline_facts.split(found)
    return [
        *timeline_stock.of_reservation(lock, lock.items.all(), lock.account, kept),
        *timeline_stock.of_totals(totals, lock.account, kept),
        *timeline_stock.of_outside(kept, lock.account),
    ]


def test_units_that_vanished_without_us_are_told_apart_from_those_that_a_count_dropped(
    store: VtexAccount,
) -> None:
    lock = factories.reservation(store)
    gone = factories.ago(days=1)
    factories.held(lock, sku_id="1", gone_at=gone)
    factories.held(lock, sku_id="2", gone_at=gone, gone_attempt=factories.attempt(store))
    factories.held(lock, sku_id="3", gone_at=gone, acknowledged_at=factories.ago(days=2))
    told = {entry.detail: (entry.kind, entry.title) for entry in of(lock) if entry.at == gone}
    assert told == {
        "2 units of 1 in cd_sp": ("outside", "Vanished without us: changed outside"),
        "2 units of 2 in cd_sp": ("reservation", "No longer held, by our action"),
        "2 units of 3 in cd_sp": ("outside", "Dropped by a count from outside"),
    }


def vanished(lock: Reservation, at: datetime) -> OutsideChange:
    return OutsideChange.objects.create(
        account=lock.account, kind="vanished", why="acted", reservation=lock, quantity=2, at=at,
        previous_read_at=at - timedelta(hours=1), balance=factories.balance(lock.account),
        attempt=factories.attempt(lock.account),
    )  # fmt: skip


def test_a_kept_change_says_why_it_was_kept_and_since_when_and_is_told_once(store: VtexAccount) -> None:
    lock, at = factories.reservation(store), factories.ago(days=1)
    factories.held(lock, gone_at=at)
    row = vanished(lock, at)
    (entry,) = [entry for entry in of(lock) if entry.kind == Kind.OUTSIDE]
    assert (entry.since, entry.why) == (row.previous_read_at, "after an action of ours")
    assert entry.url == f"/s/luxstore/attempts/{row.attempt_id}/"


def test_what_vanished_and_was_listed_again_is_still_told(store: VtexAccount) -> None:
    lock = factories.reservation(store)
    factories.held(lock)
    vanished(lock, factories.ago(days=1))
    (entry,) = [entry for entry in of(lock) if entry.kind == "outside"]
    assert entry.detail.startswith(lock.lock_id)


def test_only_the_kinds_asked_for_are_shown() -> None:
    told = [Entry(START, Kind.ORDER, "o"), Entry(START, Kind.STOCK, "s")]
    assert [entry.title for entry in timeline.merged(told, ["stock"])] == ["s"]
    assert len(timeline.merged(told)) == 2


def test_a_total_changed_by_our_count_is_not_called_outside(store: VtexAccount) -> None:
    lock = factories.reservation(store)
    factories.held(lock)
    balance = factories.balance(store)
    ours = factories.attempt(store)
    factories.stock_change(balance, 4, 2, at=factories.ago(days=2))
    factories.stock_change(balance, 2, 3, at=factories.ago(days=1), attempt=ours)
    factories.stock_change(balance, 3, 3)
    factories.stock_change(factories.balance(store, "another"), 9, 8, at=factories.ago(days=2))
    told = [entry for entry in timeline.merged(of(lock)) if entry.title.startswith("Count")]
    assert [(entry.kind, entry.title, entry.detail, entry.url) for entry in told] == [
        ("outside", "Count changed outside", "total 4 → 2 · 0123 · cd_sp", ""),
        ("stock", "Count entered here", "total 2 → 3 · 0123 · cd_sp", f"/s/luxstore/attempts/{ours.pk}/"),
    ]


def test_a_pair_of_the_same_sku_and_of_the_same_warehouse_that_holds_nothing_is_not_told(
    store: VtexAccount,
) -> None:
    lock = factories.reservation(store)
    factories.held(lock, sku_id="1", warehouse_id="here")
    factories.held(lock, sku_id="2", warehouse_id="there")
    factories.stock_change(factories.balance(store, "1", "there"), 4, 2)
    assert not [entry for entry in of(lock) if entry.kind == Kind.OUTSIDE]


def test_a_pair_tells_its_counts_and_what_vanished_from_it(store: VtexAccount) -> None:
    lock, at = factories.reservation(store), factories.ago(days=1)
    vanished(lock, at)
    pair = factories.balance(store)
    factories.stock_change(pair, 4, 2, at=at)
    OutsideChange.objects.create(
        account=store, kind="total", why="finding", balance=pair, total_before=4, total_after=2, at=at
    )
    totals, kept = timeline_facts.split(timeline_facts.of_balance(pair))
    told = [*timeline_stock.of_totals(totals, store, kept), *timeline_stock.of_outside(kept, store)]
    assert [(entry.title, entry.why) for entry in told] == [
        ("Count changed outside", "with an open finding"),
        ("Vanished without us: changed outside", "after an action of ours"),
    ]


def rows(*spans: timedelta) -> list[timeline_rows.Row]:
    with timezone.override(ZoneInfo("America/Sao_Paulo")), translation.override("en"):
        return timeline_rows.rows([Entry(START + span, Kind.ORDER, "x") for span in spans])


def test_a_gap_is_said_in_its_greatest_unit_and_drawn_wider_the_longer_it_is() -> None:
    spans = [timedelta(minutes=n) for n in (0, 30, 91, 200, 8 * 60, 2 * 1440, 6 * 1440, 40 * 1440)]
    told = rows(*spans)
    assert [row.later for row in told] == [
        "", "", "1 hour later", "1 hour later", "4 hours later", "1 day later", "4 days later",
        "34 days later",
    ]  # fmt: skip
    assert [row.gap for row in told] == [0, 1, 2, 2, 2, 4, 5, 6]


def test_a_day_is_named_once_in_the_zone_at_hand_and_times_keep_their_fraction() -> None:
    told = rows(timedelta(), timedelta(hours=2), timedelta(hours=7))
    assert [row.day for row in told] == ["Mon 9 Nov 2026", "", "Tue 10 Nov 2026"]
    assert [row.clock + row.fraction for row in told] == ["18:32:05.120", "20:32:05.120", "01:32:05.120"]
    assert told[0].stamp == "2026-11-09T21:32:05.120000Z"
    assert told[0].exact == "2026-11-09 18:32:05.120000 -0300 America/Sao_Paulo"


def test_a_time_told_to_the_second_shows_no_fraction_and_a_finer_one_shows_it_all() -> None:
    told = [Entry(START.replace(microsecond=digits), Kind.ORDER, "x") for digits in (0, 1, 123456, 100000)]
    assert [row.fraction for row in timeline_rows.rows(told)] == ["", ".000001", ".123456", ".100"]


def picture(entries: list[Entry], spans: list[Span], now: datetime) -> timeline_picture.Picture | None:
    with timezone.override(UTC), translation.override("en"):
        return timeline_picture.drawn(entries, spans, timeline.kinds(), now)


def test_marks_stand_to_scale_and_close_ones_become_one_with_their_number() -> None:
    day = timedelta(days=1)
    spans = [timedelta(), timedelta(minutes=1), 5 * day, 10 * day]
    entries = [Entry(START + span, Kind.ORDER, f"at {span}") for span in spans]
    drawn = picture(entries, [], START + 20 * day)
    assert drawn
    (lane,) = drawn.lanes
    assert [(mark.x, mark.number) for mark in lane.marks] == [("2.00%", 2), ("49.50%", 1), ("97.00%", 1)]
    assert "at 0:00:00" in lane.marks[0].title
    assert "at 0:01:00" in lane.marks[0].title
    assert "9 Nov 2026 21:32:05 to 19 Nov 2026 21:32:05: 4 events" in drawn.said


def test_units_still_held_are_a_bar_until_now_and_released_ones_end() -> None:
    day, made = timedelta(days=1), Entry(START, Kind.RESERVATION, "made")
    open_one = Span(Kind.RESERVATION, START, None, "held")
    still = picture([made], [open_one], START + 4 * day)
    assert still
    assert [(bar.x, bar.width, bar.open) for bar in still.lanes[0].bars] == [("2.00%", "95.00%", True)]
    assert still.now == "97.00%"
    ended = [Span(Kind.RESERVATION, START, START + 2 * day, "held")]
    over = picture([made, Entry(START + 4 * day, Kind.ORDER, "later")], ended, START + 9 * day)
    assert over
    assert [(bar.width, bar.open) for bar in over.lanes[1].bars] == [("47.50%", False)]
    assert over.now == ""


@pytest.mark.parametrize("length", [1, 59, 3600, 90_000, 10**6, 10**8, 3 * 10**9])
def test_a_scale_has_a_few_ticks_in_order_whatever_it_spans(length: int) -> None:
    ends = [Entry(START, Kind.ORDER, "a"), Entry(START + timedelta(seconds=length), Kind.ORDER, "b")]
    drawn = picture(ends, [], START)
    assert drawn
    places = [float(tick.x.rstrip("%")) for tick in drawn.ticks]
    assert places == sorted(places)
    assert len(places) <= 7
    assert all(2 <= place <= 97 for place in places)


def test_one_moment_alone_is_not_drawn() -> None:
    assert picture([Entry(START, Kind.ORDER, "x")], [], START) is None
    assert picture([], [], START) is None
