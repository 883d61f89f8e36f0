"""The protocol: one attempt a token, one holder a resource, nothing lost and nothing sent twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from reconciler import actions
from reconciler.actions import carry, claims, clients, outcomes, settling
from reconciler.actions.reservations import Cancel
from reconciler.models import Attempt, AuditEntry, Claim, Finding, Outcome, Role, State, Verb
from reconciler.vtex import VtexClient, errors
from tests import factories
from tests.actions.scene import Scene, actor_of

CANCELED = {"state": "confirmed", "order_status": "canceled"}
HANDLED = {"state": "acknowledged", "order_status": "invoiced", "left": 1}
READY = {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1}


class KilledError(BaseException):
    """As good as kill -9: nothing in the product catches it."""


def killed(*args: object, **more: object) -> Any:
    raise KilledError


def trail_of(attempt: Attempt) -> list[str]:
    entries = AuditEntry.objects.filter(attempt_id=attempt.pk, action=attempt.verb).order_by("sequence")
    return list(entries.values_list("outcome", flat=True))


def test_the_same_token_twice_gives_the_first_attempt(scene: Scene) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    first = scene.act(shown, scene.answers(shown))
    again = scene.act(shown, scene.answers(shown))
    assert (first.pk, first.outcome) == (again.pk, Outcome.VERIFIED)
    assert len(scene.writes()) == 1
    assert trail_of(first) == ["requested", "verified"]


def test_a_second_person_is_told_who_is_at_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, quick: Any
) -> None:
    """A count holds its pair; a cancel of a lock in that pair has to wait."""
    quick.NOT_SENT_AFTER_SECONDS = 60
    scene.build(3, CANCELED, HANDLED)
    shown = scene.preview(Verb.CANCEL, scene.lock)
    other = Scene(scene.store, scene.sandbox, ids=scene.ids)
    other.actor = actor_of(factories.user("merchant", Role.OPERATOR, store=scene.store))
    with monkeypatch.context() as patch:
        patch.setattr(carry, "out", killed)
        with pytest.raises(KilledError):
            other.count(2, {scene.ids[1]: 0})
    with pytest.raises(actions.ActionRefused) as error:
        scene.act(shown, scene.answers(shown))
    assert (error.value.code, error.value.params["by"]) == ("claimed", "merchant")
    assert "merchant" in error.value.message
    assert scene.writes() == []


def test_a_dead_attempt_does_not_stand_in_the_way(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.build(1, CANCELED)
    with monkeypatch.context() as patch:
        patch.setattr(carry, "out", killed)
        with pytest.raises(KilledError):
            scene.cancel()
    assert scene.cancel().outcome == Outcome.VERIFIED
    assert Attempt.objects.filter(outcome=Outcome.NOT_SENT).count() == 1


BEFORE_SENDING: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "after the claim": lambda patch: patch.setattr(carry, "out", killed),
    "while reading again": lambda patch: patch.setattr(Cancel, "live", killed),
    "before the mark": lambda patch: patch.setattr(outcomes, "mark_sending", killed),
}


@pytest.mark.parametrize("where", BEFORE_SENDING)
def test_killed_before_sending_is_closed_as_not_sent(
    scene: Scene, where: str, monkeypatch: pytest.MonkeyPatch, quick: Any
) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    with monkeypatch.context() as patch:
        BEFORE_SENDING[where](patch)
        with pytest.raises(KilledError):
            scene.act(shown, scene.answers(shown))
    attempt = Attempt.objects.get()
    quick.NOT_SENT_AFTER_SECONDS = 60
    assert actions.settle(attempt).state == State.REQUESTED
    quick.NOT_SENT_AFTER_SECONDS = 0
    call_command("settle")
    attempt.refresh_from_db()
    assert (attempt.outcome, trail_of(attempt)) == (Outcome.NOT_SENT, ["requested", "not_sent"])
    assert scene.writes() == []
    assert not Claim.objects.filter(released_at=None).exists()


def sent_then_killed(client: VtexClient, lock_id: str) -> None:
    client._act(lock_id, "cancel")
    raise KilledError


AFTER_THE_MARK: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "before the request": (
        lambda patch: patch.setattr(VtexClient, "cancel_reservation", killed),
        Outcome.NOT_APPLIED,
    ),
    "after the request": (
        lambda patch: patch.setattr(VtexClient, "cancel_reservation", sent_then_killed),
        Outcome.VERIFIED,
    ),
    "after the answer": (lambda patch: patch.setattr(settling, "judge", killed), Outcome.VERIFIED),
    "before the outcome": (lambda patch: patch.setattr(outcomes, "finish", killed), Outcome.VERIFIED),
}


@pytest.mark.parametrize("where", AFTER_THE_MARK)
def test_killed_after_the_mark_is_settled_by_reading_alone(
    scene: Scene, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    kill, outcome = AFTER_THE_MARK[where]
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.raises(KilledError):
            scene.act(shown, scene.answers(shown))
    attempt = Attempt.objects.get()
    assert attempt.send_started_at
    before = len(scene.writes())
    for _ in range(3):
        actions.settle_due()
    attempt.refresh_from_db()
    assert (attempt.outcome, trail_of(attempt)) == (outcome, ["requested", outcome])
    assert len(scene.writes()) == before <= 1


def test_what_is_still_in_flight_is_left_to_the_process_that_sends(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, quick: Any
) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    with monkeypatch.context() as patch:
        patch.setattr(VtexClient, "cancel_reservation", killed)
        with pytest.raises(KilledError):
            scene.act(shown, scene.answers(shown))
    quick.NOT_SENT_AFTER_SECONDS = 60
    assert actions.settle(Attempt.objects.get()).state == State.SENDING


def test_an_attempt_that_was_closed_meanwhile_is_not_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one conditional update: settled as not sent while the process was only slow."""
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    live = Cancel.live

    def slow(self: Cancel, *args: Any, **more: Any) -> Any:
        facts = live(self, *args, **more)
        actions.settle(Attempt.objects.get())
        return facts

    monkeypatch.setattr(Cancel, "live", slow)
    attempt = scene.act(shown, scene.answers(shown))
    assert attempt.outcome == Outcome.NOT_SENT
    assert scene.writes() == []


def test_a_holder_who_lets_go_while_it_is_being_named_leaves_the_way_free(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.build(5, {"state": "confirmed", "order_status": "invoiced", "left": 1})
    shown = scene.preview(Verb.CANCEL, scene.lock)
    holder = factories.attempt(scene.store)
    Claim.objects.create(
        attempt=holder, account=scene.store, resource=f"lock:{scene.lock}", claimed_at=timezone.now()
    )

    def lets_go(*_: object) -> None:
        claims.release(holder)

    monkeypatch.setattr(claims, "held", lets_go)
    attempt = scene.act(shown, scene.answers(shown))
    assert attempt.outcome == Outcome.VERIFIED
    assert len(scene.writes()) == 1


def test_a_pause_stops_even_what_was_claimed_already(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    admin = actor_of(factories.user("merchant", Role.ADMIN, store=scene.store))
    snapshot = Cancel.snapshot

    def paused(self: Cancel, facts: Any) -> dict[str, Any]:
        if Attempt.objects.exists():
            actions.pause(scene.store, actor=admin, reason="stop everything")
        return snapshot(self, facts)

    monkeypatch.setattr(Cancel, "snapshot", paused)
    attempt = scene.act(shown, scene.answers(shown))
    assert (attempt.outcome, attempt.note["code"]) == (Outcome.REFUSED, "actions_paused")
    assert scene.writes() == []


def test_not_applied_needs_two_reads_far_enough_apart(scene: Scene, quick: Any) -> None:
    quick.NOT_APPLIED_AFTER_SECONDS = 300
    scene.build(1, CANCELED)
    scene.sandbox.control.fault("cancel_reservation", "no_effect")
    attempt = scene.cancel()
    assert (attempt.state, attempt.outcome) == (State.VERIFYING, "")
    actions.settle(attempt)
    assert attempt.state == State.VERIFYING
    with time_machine.travel(timezone.now() + timedelta(seconds=301), tick=True):
        assert actions.settle(attempt).outcome == Outcome.NOT_APPLIED
    assert Finding.objects.open().filter(reservation__lock_id=scene.lock).exists()


def test_a_transition_that_still_runs_is_verifying_and_verified_later(scene: Scene) -> None:
    scene.build(1, READY)
    scene.sandbox.control.settings(transition_seconds=3600)
    attempt = scene.start_handling()
    assert (attempt.state, attempt.outcome) == (State.VERIFYING, "")
    scene.sandbox.control.advance(hours=2)
    assert actions.settle(attempt).outcome == Outcome.VERIFIED


def test_after_a_day_it_is_unknown_for_good_and_an_approver_lets_go(scene: Scene, quick: Any) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    scene.sandbox.control.fault("cancel_reservation", "error_500")
    quick.NOT_APPLIED_AFTER_SECONDS = 300
    attempt = scene.act(shown, scene.answers(shown))
    assert (attempt.state, attempt.outcome) == (State.VERIFYING, Outcome.UNKNOWN)
    scene.sandbox.control.fault("get_reservation", "error_503", always=True)
    approver = actor_of(factories.user("merchant", Role.APPROVER, store=scene.store))
    with pytest.raises(actions.ActionRefused, match="still_settling"):
        actions.release(attempt, actor=approver, reason="nobody knows")
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1), tick=True):
        assert actions.settle(attempt).state == State.DONE
        assert trail_of(attempt) == ["requested", "unknown"]
        assert Claim.objects.filter(released_at=None).exists()
        with pytest.raises(actions.ActionForbidden):
            actions.release(attempt, actor=scene.actor, reason="nobody knows")
        actions.release(attempt, actor=approver, reason="nobody knows")
        with pytest.raises(actions.ActionRefused, match="nothing_to_release"):
            actions.release(attempt, actor=approver, reason="nobody knows")
    assert not Claim.objects.filter(released_at=None).exists()
    assert (attempt.outcome, attempt.released_by) == (Outcome.UNKNOWN, "merchant")
    tries = AuditEntry.objects.filter(action="attempt.release", attempt_id=attempt.pk).order_by("sequence")
    assert list(tries.values_list("outcome", flat=True)) == ["refused", "unknown", "refused"]


def test_an_already_running_handling_is_verified_as_already_so(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.build(1, READY)
    start = VtexClient.start_handling

    def late(client: VtexClient, order_id: str) -> Any:
        start(client, order_id)
        return start(client, order_id)

    monkeypatch.setattr(VtexClient, "start_handling", late)
    attempt = scene.start_handling()
    assert (attempt.outcome, attempt.note["code"]) == (Outcome.VERIFIED, "already_so")
    assert attempt.answer
    assert attempt.answer["code"] == "OMS003"


@pytest.mark.parametrize("status", [400, 409])
def test_handling_refused_for_another_reason_has_failed(
    scene: Scene, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(client: VtexClient, order_id: str) -> Any:
        raise errors.NotReadyForHandling("another status", status=status, code="OMS003")

    scene.build(1, READY)
    monkeypatch.setattr(VtexClient, "start_handling", refused)
    assert scene.start_handling().outcome == Outcome.FAILED


def test_a_budget_that_keeps_the_write_back_means_not_sent(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept_back(client: VtexClient, lock_id: str) -> Any:
        raise errors.NotSent("paused")

    scene.build(1, CANCELED)
    monkeypatch.setattr(VtexClient, "cancel_reservation", kept_back)
    assert scene.cancel().outcome == Outcome.NOT_SENT


def test_patch_missing_falls_back_to_put_with_the_present_lead_time(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(client: VtexClient, *args: Any) -> Any:
        raise errors.MethodMissing("no such method", status=405)

    scene.build(5, HANDLED)
    monkeypatch.setattr(VtexClient, "patch_quantity", missing)
    attempt = scene.count(4, {scene.lock: 0})
    assert attempt.outcome == Outcome.VERIFIED
    assert attempt.sent
    assert attempt.sent["method"] == "PUT"
    assert [row["endpoint"] for row in scene.writes()] == ["put_inventory"]


@pytest.mark.parametrize("position", ["canceled_listed", "cleared_listed", "cleared_listed_otherwise"])
def test_a_list_that_shows_more_than_holds_never_verifies_what_it_does_not_prove(
    scene: Scene, position: str
) -> None:
    """U1: a lock that stays listed is named, or the cancel stays open; nothing is called done that is not."""
    scene.build(3, CANCELED, HANDLED)
    scene.sandbox.control.switch(U1=position)
    shown = scene.preview(Verb.CANCEL, scene.lock)
    if shown.guard.allowed:
        attempt = scene.act(shown, scene.answers(shown))
        assert (attempt.outcome == Outcome.VERIFIED) == (position != "canceled_listed")
    else:
        assert shown.token == ""


@pytest.mark.parametrize("position", ["code_5", "code_3_with_body", "strict", "cancels_order"])
def test_a_cancel_is_verified_whatever_code_it_leaves(scene: Scene, position: str) -> None:
    scene.build(2, CANCELED)
    scene.sandbox.control.switch(U4=position)
    assert scene.cancel().outcome == Outcome.VERIFIED


def test_locks_that_a_count_left_are_named(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stamp before the acknowledgement: VTEX takes the number and keeps the lock."""
    scene.build(5, {**HANDLED, "acknowledged_hours": 0.0001, "status_hours": 0.0001})
    patch_quantity = VtexClient.patch_quantity

    def stamped_early(client: VtexClient, sku: str, warehouse: str, quantity: int, at: Any) -> Any:
        return patch_quantity(client, sku, warehouse, quantity, at - timedelta(hours=1))

    monkeypatch.setattr(VtexClient, "patch_quantity", stamped_early)
    attempt = scene.count(4, {scene.lock: 0})
    assert attempt.outcome == Outcome.VERIFIED
    assert attempt.note["params"] == {"locks": [scene.lock]}
    assert scene.lock in actions.wording.outcome(attempt)
    assert Finding.objects.open().filter(reservation__lock_id=scene.lock).exists()


def test_the_same_number_that_changed_nothing_is_not_called_verified(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.build(5, HANDLED)
    scene.sandbox.control.fault("patch_quantity", "no_effect")
    attempt = scene.count(5, {scene.lock: 0})
    actions.settle(attempt)
    actions.settle(attempt)
    assert attempt.outcome == Outcome.NOT_APPLIED


def test_a_slow_vtex_never_keeps_a_person_waiting_beyond_the_time_of_a_post(
    scene: Scene, quick: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request starts that could not end in time; nothing was sent, and the attempt says so."""
    monkeypatch.setattr(clients, "READ_SECONDS", 0.5)
    monkeypatch.setattr(carry, "POST_SECONDS", 1.5)
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    for endpoint in ("get_reservation", "get_order", "get_inventory", "list_reservations"):
        scene.sandbox.control.fault(endpoint, "slow", seconds=0.3, times=100)
    scene.sandbox.control.clear_requests()
    attempt = scene.act(shown, scene.answers(shown))
    assert len(scene.sandbox.control.requests()) <= 3
    assert (attempt.outcome, attempt.answer["error"]) == (Outcome.NOT_SENT, "NotSent")
    assert scene.writes() == []


def test_verifying_ends_with_the_time_of_the_post_and_goes_on_later(
    scene: Scene, quick: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "READ_SECONDS", 0.5)
    monkeypatch.setattr(carry, "POST_SECONDS", 3.0)
    quick.VERIFY_DELAYS = (0.0,) * 50
    scene.build(1, READY)
    scene.sandbox.control.settings(transition_seconds=3600)
    scene.sandbox.control.fault("get_order", "slow", seconds=0.2, times=100)
    attempt = scene.start_handling()
    asked = [row["endpoint"] for row in scene.sandbox.control.requests()]
    assert asked.count("get_order") < 50
    assert attempt.state == State.VERIFYING
    assert len(scene.writes()) == 1
