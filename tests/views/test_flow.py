"""The normal way of an order drawn beside the way it took, with what each step does to the reservation."""

from __future__ import annotations

import pytest

from reconciler.models import Order, OrderStatusEvent, Reservation, VtexAccount
from reconciler.views.flow import FlowStep, flow
from tests import factories as make

pytestmark = pytest.mark.django_db
SKIPPED = (
    "payment-approved",
    "ready-for-handling",
    "cancellation-requested",
    "invoice-after-cancellation-deny",
)


@pytest.fixture
def store() -> VtexAccount:
    return make.account()


def drawn(order: Order, lock: Reservation | None = None) -> list[FlowStep]:
    return flow(order, lock, list(lock.items.all()) if lock else [])


def marks(order: Order) -> list[str]:
    return [f"{step.name} {step.mark}" for step in drawn(order)]


def test_skipped_steps_stand_where_they_should_have_been_and_detours_where_they_were(
    store: VtexAccount,
) -> None:
    order = make.order(store)
    make.history(order, *SKIPPED, "invoiced")
    assert marks(order) == [
        "payment-approved done",
        "authorize-fulfillment done",
        "ready-for-handling done",
        "start-handling skipped",
        "handling skipped",
        "cancellation-requested done",
        "invoice-after-cancellation-deny done",
        "invoiced done",
    ]


def test_what_is_not_in_a_history_that_was_not_read_is_not_called_skipped(store: VtexAccount) -> None:
    order = make.order(store, history_read_at=None)
    assert [step.mark for step in drawn(order) if step.name == "handling"] == ["unknown"]


def test_an_order_on_its_way_stands_at_its_step_with_the_rest_before_it(store: VtexAccount) -> None:
    order = make.order(store, status="ready-for-handling")
    make.history(order, "payment-approved", "ready-for-handling")
    assert marks(order)[2:] == [
        "ready-for-handling now",
        "start-handling ahead",
        "handling ahead",
        "invoiced ahead",
    ]


def test_a_canceled_order_ends_where_it_was_canceled(store: VtexAccount) -> None:
    order = make.order(store, status="canceled")
    make.history(order, "payment-approved", "ready-for-handling", "cancel", "canceled")
    said = marks(order)
    assert said[3:5] == ["cancel done", "canceled done"]
    assert said[5:] == ["start-handling ahead", "handling ahead", "invoiced ahead"]


def test_a_hanging_step_stands_out(store: VtexAccount) -> None:
    order = make.order(store, status="cancel")
    make.history(order, "payment-approved")
    assert "cancel now" in marks(order)


def test_the_steps_before_payment_are_no_detour(store: VtexAccount) -> None:
    order = make.order(store, status="payment-pending")
    make.history(order, "order-created", "waiting-for-authorization", "payment-pending")
    assert {step.mark for step in drawn(order)} == {"ahead"}


def test_a_reservation_never_acknowledged_is_missing_at_handling(store: VtexAccount) -> None:
    order = make.order(store)
    make.history(order, *SKIPPED, "invoiced")
    lock = make.reservation(store, of=order)
    make.held(lock)
    effects = {step.name: step.effect for step in drawn(order, lock)}
    assert effects["handling"]
    assert effects["handling"].is_missing
    assert effects["authorize-fulfillment"]
    assert effects["authorize-fulfillment"].at == lock.confirmed_at


def test_a_reservation_acknowledged_says_when(store: VtexAccount) -> None:
    order = make.order(store)
    make.history(order, "ready-for-handling", "start-handling", "handling", "invoiced")
    lock = make.reservation(store, of=order)
    item = make.held(lock, acknowledged_at=make.ago(days=13))
    effect = next(step.effect for step in drawn(order, lock) if step.name == "handling")
    assert effect
    assert not effect.is_missing
    assert effect.at == item.acknowledged_at


def test_without_an_order_there_is_nothing_to_draw() -> None:
    assert flow(None) == []


def test_the_same_events_in_any_order_draw_the_same(store: VtexAccount) -> None:
    order = make.order(store)
    make.history(order, *SKIPPED, "invoiced")
    events = list(order.events.all())
    before = drawn(order)
    OrderStatusEvent.objects.all().delete()
    OrderStatusEvent.objects.bulk_create(reversed(events))
    assert drawn(Order.objects.get()) == before
