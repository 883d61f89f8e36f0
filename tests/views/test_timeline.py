"""One line of time, merged from what several sources tell."""

from datetime import timedelta

import pytest

from reconciler.models import OrderStatusEvent, Reservation, VtexAccount
from reconciler.views import timeline
from reconciler.views.timeline import Kind
from tests import factories


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
    (entry,) = [entry for entry in timeline.of_order(order) if entry.step == "invoiced"]
    assert entry.title == "Fulfillment, Marketplace"
    assert entry.source == "order document, order feed"
    assert entry.at == at


def test_the_same_step_an_hour_later_is_told_again(store: VtexAccount) -> None:
    order = factories.order(store, status="canceled")
    at = factories.ago(days=3)
    for late in (0, 3600):
        OrderStatusEvent.objects.create(order=order, step="canceled", source="feed", first_seen_at=at,
                                        at=at + timedelta(seconds=late))  # fmt: skip
    assert [entry.step for entry in timeline.of_order(order)] == ["canceled", "canceled"]


def test_handling_that_never_happened_stands_before_the_invoice(store: VtexAccount) -> None:
    order = factories.order(store)
    factories.history(order, "payment-approved", "ready-for-handling", "invoice", "invoiced")
    steps = [entry.step for entry in timeline.merged(timeline.of_order(order))]
    assert steps == [
        "payment-approved",
        "ready-for-handling",
        "start-handling, handling",
        "invoice",
        "invoiced",
    ]


def test_units_that_vanished_without_us_are_called_changed_outside(store: VtexAccount) -> None:
    lock = factories.reservation(store)
    ours = factories.attempt(store)
    factories.held(lock, sku_id="1", gone_at=factories.ago(days=1))
    factories.held(lock, sku_id="2", gone_at=factories.ago(days=1), gone_attempt=ours)
    told = {entry.detail: entry.title for entry in entries(lock) if entry.detail}
    assert told["2 units of 1 in cd_sp"] == "No longer held: changed outside"
    assert told["2 units of 2 in cd_sp"] == "No longer held, by our action"


def entries(lock: Reservation) -> list[timeline.Entry]:
    return list(timeline.of_reservation(lock, lock.items.all()))


def test_a_long_silence_is_marked_and_a_short_one_is_not(store: VtexAccount) -> None:
    start = factories.ago(days=9)
    spans = [timedelta(0), timedelta(hours=2), timedelta(days=3)]
    told = [timeline.Entry(start + span, Kind.ORDER, "x") for span in spans]
    assert [entry.gap for entry in timeline.merged(told)] == [None, None, timedelta(days=2, hours=22)]


def test_only_the_kinds_asked_for_are_shown(store: VtexAccount) -> None:
    at = factories.ago(days=1)
    told = [timeline.Entry(at, Kind.ORDER, "o"), timeline.Entry(at, Kind.STOCK, "s")]
    assert [entry.title for entry in timeline.merged(told, ["stock"])] == ["s"]
    assert len(timeline.merged(told)) == 2


def test_a_total_changed_by_our_count_is_not_called_outside(store: VtexAccount) -> None:
    balance = factories.balance(store)
    factories.stock_change(balance, 4, 2, at=factories.ago(days=2))
    factories.stock_change(balance, 2, 3, at=factories.ago(days=1), attempt=factories.attempt(store))
    factories.stock_change(balance, 3, 3)
    told = timeline.merged(timeline.of_stock(balance.changes.select_related("balance")))
    assert [entry.title for entry in told] == ["Count changed outside", "Count entered here"]
