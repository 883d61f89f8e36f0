"""The order's way: what happened, what was skipped, what is not known."""

import pytest

from reconciler.models import Order, VtexAccount
from reconciler.views.track import Mark, skipped_handling, track
from tests import factories

NORMAL = ["payment-approved", "ready-for-handling", "start-handling", "handling", "invoice", "invoiced"]


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


def marks(order: Order) -> list[str]:
    return [step.mark.value for step in track(order)]


def test_an_order_that_went_its_whole_way_has_five_filled_steps(store: VtexAccount) -> None:
    order = factories.order(store)
    factories.history(order, *NORMAL)
    assert marks(order) == ["done"] * 5
    assert not skipped_handling(order)


def test_an_invoiced_order_without_handling_in_its_document_skipped_it(store: VtexAccount) -> None:
    order = factories.order(store)
    factories.history(order, "payment-approved", "ready-for-handling", "invoice", "invoiced")
    assert marks(order) == ["done", "done", "skipped", "skipped", "done"]
    assert skipped_handling(order)
    assert "skipped" in track(order)[3].said


def test_without_the_document_a_missing_step_is_not_known_rather_than_skipped(store: VtexAccount) -> None:
    order = factories.order(store, history_read_at=None)
    assert marks(order) == ["done", "done", "unknown", "unknown", "done"]
    assert not skipped_handling(order)


def test_a_canceled_order_did_not_skip_what_it_never_reached(store: VtexAccount) -> None:
    order = factories.order(store, status="canceled")
    factories.history(order, "payment-approved", "ready-for-handling", "cancel", "canceled")
    assert marks(order) == ["done", "done", "ahead", "ahead", "done"]
    assert track(order)[-1].label == "canceled"


def test_an_open_order_shows_where_it_stands(store: VtexAccount) -> None:
    order = factories.order(store, status="ready-for-handling")
    factories.history(order, "payment-approved", "ready-for-handling")
    assert marks(order) == ["done", "now", "ahead", "ahead", "ahead"]


def test_a_partly_invoiced_order_is_not_at_its_end(store: VtexAccount) -> None:
    order = factories.order(store, status="handling", invoiced_at=factories.ago(days=1))
    factories.history(order, *NORMAL[:4])
    assert track(order)[-1].mark is Mark.AHEAD


def test_handling_seen_implies_that_it_was_started(store: VtexAccount) -> None:
    order = factories.order(store)
    factories.history(order, "payment-approved", "ready-for-handling", "handling", "invoiced")
    assert marks(order) == ["done"] * 5


def test_steps_of_a_status_nobody_knows_are_all_ahead(store: VtexAccount) -> None:
    order = factories.order(store, status="some-new-status", invoiced_at=None)
    assert set(marks(order)) == {"ahead"}
