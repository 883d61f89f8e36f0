"""Each verb, from preview to verified, against the sandbox."""

from __future__ import annotations

from reconciler.models import AuditEntry, Cause, Outcome, State, Verb
from tests.actions.scene import Scene

SKIPPED = {"state": "confirmed", "order_status": "invoiced", "left": 1}


def outcomes(attempt_id: int) -> list[str]:
    return list(
        AuditEntry.objects.filter(attempt_id=attempt_id)
        .order_by("sequence")
        .values_list("outcome", flat=True)
    )


def test_a_cancel_frees_the_whole_lock_and_is_verified(scene: Scene) -> None:
    scene.build(2, {"state": "confirmed", "order_status": "canceled", "quantity": 1}, on_shelf=2)
    attempt = scene.cancel()
    assert (attempt.state, attempt.outcome, attempt.cause) == (
        State.DONE,
        Outcome.VERIFIED,
        Cause.ORDER_CANCELED,
    )
    assert scene.shelf()["available"] == 2
    assert outcomes(attempt.pk) == ["requested", "verified"]


def test_an_acknowledge_of_a_skipped_order_is_verified_and_proves_the_account(scene: Scene) -> None:
    scene.build(2, SKIPPED)
    attempt = scene.acknowledge()
    scene.store.refresh_from_db()
    assert attempt.outcome == Outcome.VERIFIED
    assert scene.store.acknowledge_proven_at


def test_handling_starts_and_is_verified_by_the_status_of_the_order(scene: Scene) -> None:
    scene.build(5, {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1})
    attempt = scene.start_handling()
    assert attempt.outcome == Outcome.VERIFIED


def test_a_count_releases_exactly_what_the_preview_said(scene: Scene) -> None:
    ready = {"order_status": "ready-for-handling", "to_ship": 1}
    scene.build(
        10,
        {"state": "acknowledged", "order_status": "handling", "quantity": 2, "to_ship": 2},
        {"state": "confirmed", **ready},
        {"state": "confirmed", **ready},
        {"state": "authorised", "order_status": "payment-pending", "to_ship": 1},
    )
    shown = scene.preview(Verb.COUNT, scene.pair, scene.counting(10, {scene.lock: 2}))
    assert [hold.lock_id for hold in shown.pairs[0].releases] == [scene.lock]
    assert (shown.picked, shown.to_send, shown.pairs[0].available_after) == (2, 8, 5)
    attempt = scene.act(shown, confirm="yes")
    assert attempt.outcome == Outcome.VERIFIED
    assert (scene.shelf()["total"], scene.shelf()["available"]) == (8, 5)
    assert scene.shelf()["available"] == scene.shelf()["sellable"]
