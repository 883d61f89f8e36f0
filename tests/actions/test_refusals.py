"""What an action refuses before anything is sent, and how every refused try is on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from reconciler import actions
from reconciler.actions import guard_from_mirror
from reconciler.models import (
    Attempt,
    AuditEntry,
    BackfillWindow,
    Cause,
    Claim,
    Membership,
    Outcome,
    Reservation,
    ReservationItem,
    Role,
    State,
    StockBalance,
    Verb,
)
from tests import factories
from tests.actions.scene import Scene, actor_of
from tests.conftest import store_at

CANCELED = {"state": "confirmed", "order_status": "canceled"}
HANDLED = {"state": "acknowledged", "order_status": "invoiced", "left": 1}
SKIPPED = {"state": "confirmed", "order_status": "invoiced", "left": 1}


def refused(scene: Scene, code: str) -> None:
    """Nothing was sent, and the last entry says why."""
    assert scene.writes() == []
    entry = AuditEntry.objects.order_by("-sequence")[0]
    assert entry.outcome == Outcome.REFUSED
    assert code in entry.body
    assert not Claim.objects.filter(released_at=None).exists()


def test_actions_that_are_switched_off_are_refused_with_a_sentence(scene: Scene, quick: Any) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    quick.STORES = {"luxstore": store_at(scene.sandbox, actions=False)}
    with pytest.raises(actions.ActionRefused) as error:
        scene.act(shown, scene.answers(shown))
    assert "VTEX_ACTIONS" in error.value.message
    refused(scene, "actions_off")
    assert (
        guard_from_mirror(Verb.CANCEL, scene.store, Reservation.objects.get(lock_id=scene.lock)).code
        == "actions_off"
    )


def test_a_paused_store_refuses_and_goes_on_after_the_pause(scene: Scene) -> None:
    admin = actor_of(factories.user("merchant", Role.ADMIN, store=scene.store))
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    actions.pause(scene.store, actor=admin, reason="stocktaking today")
    with pytest.raises(actions.ActionRefused, match="actions_paused"):
        scene.act(shown, scene.answers(shown))
    refused(scene, "actions_paused")
    actions.resume(scene.store, actor=admin, reason="stocktaking over")
    assert scene.cancel().outcome == Outcome.VERIFIED
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"store.pause", "store.resume"}


def test_only_an_admin_may_pause(scene: Scene) -> None:
    with pytest.raises(actions.ActionForbidden):
        actions.pause(scene.store, actor=scene.actor, reason="because I can")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AUDITOR, Role.ADMIN])
def test_only_an_operator_may_act(scene: Scene, role: Role) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    Membership.objects.update(role=role)
    with pytest.raises(actions.ActionForbidden):
        scene.act(shown, scene.answers(shown))
    refused(scene, "role_missing")


def test_the_token_of_another_person_is_refused(scene: Scene) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    other = actor_of(factories.user("merchant", Role.OPERATOR, store=scene.store))
    with pytest.raises(actions.ActionRefused, match="token_invalid"):
        scene.act(shown, scene.answers(shown), actor=other)
    refused(scene, "token_invalid")


def test_a_token_of_another_verb_is_refused(scene: Scene) -> None:
    shown = scene.build(1, SKIPPED).preview(Verb.CANCEL, scene.lock)
    other = scene.preview(Verb.ACKNOWLEDGE, scene.lock)
    with pytest.raises(actions.ActionRefused, match="token_invalid"):
        scene.act(shown, scene.answers(shown), token=other.token)


def test_a_preview_older_than_15_minutes_is_refused_and_shown_anew(scene: Scene) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    with time_machine.travel(timezone.now() + timedelta(minutes=16), tick=True):
        with pytest.raises(actions.ActionRefused, match="token_expired") as error:
            scene.act(shown, scene.answers(shown))
        assert error.value.preview is not None
        again = scene.act(error.value.preview, scene.answers(shown))
    assert again.outcome == Outcome.VERIFIED


@pytest.mark.parametrize("reason", ["", "    ok  ", "x" * 501])
def test_a_reason_is_asked_for(scene: Scene, reason: str) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    with pytest.raises(actions.InvalidEntries) as error:
        scene.act(shown, scene.answers(shown), reason=reason)
    assert set(error.value.errors) == {"reason"}


def test_a_text_that_no_database_stores_is_kept_without_it(scene: Scene) -> None:
    attempt = scene.build(1, CANCELED).cancel(reason="\0goods left\0 ", ticket="T\0-1")
    assert (attempt.reason, attempt.ticket) == ("goods left", "T-1")


def test_personal_looking_text_warns_once(scene: Scene) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    text = "asked by someone" + "@" + "example.com"
    with pytest.raises(actions.InvalidEntries) as error:
        scene.act(shown, scene.answers(shown), ticket=text)
    assert set(error.value.errors) == {"ticket", "personal_ok"}
    attempt = scene.act(shown, {**scene.answers(shown), "personal_ok": "on"}, ticket=text)
    assert attempt.outcome == Outcome.VERIFIED


def test_a_count_whose_reason_is_complained_about_can_be_confirmed_on_the_same_page(scene: Scene) -> None:
    """The result stands as it was previewed, with a token; VTEX is not even asked."""
    scene.build(5, HANDLED)
    shown = scene.preview(Verb.COUNT, scene.pair, scene.counting(4, {scene.lock: 0}))
    scene.sandbox.control.clear_requests()
    with pytest.raises(actions.InvalidEntries) as error:
        scene.act(shown, reason="ask jo@example.com", confirm="yes")
    assert set(error.value.errors) == {"reason", "personal_ok"}
    assert scene.sandbox.control.requests() == []
    again = error.value.preview
    assert again is not None
    assert again.to_send == 4
    assert scene.act(again, {**again.entries, "personal_ok": "yes"}, reason="ask jo@example.com").pk


def test_every_pair_must_be_answered(scene: Scene) -> None:
    shown = scene.build(1, CANCELED).preview(Verb.CANCEL, scene.lock)
    with pytest.raises(actions.InvalidEntries) as error:
        scene.act(shown, {})
    assert set(error.value.errors) == {f"still_in_total:{scene.pair}"}
    assert error.value.preview is not None
    assert scene.act(error.value.preview, scene.answers(shown)).outcome == Outcome.VERIFIED


@pytest.mark.parametrize("answer", ["yes", "unknown"])
def test_any_answer_but_no_leads_to_the_count(scene: Scene, answer: str) -> None:
    scene.build(1, SKIPPED)
    with pytest.raises(actions.ActionRefused, match="count_first") as error:
        scene.cancel(answer)
    assert error.value.params == {"pairs": [scene.pair]}
    refused(scene, "count_first")


@pytest.mark.parametrize(("answer", "code"), [("yes", "goods_to_leave"), ("unknown", "unsure_after_count")])
def test_after_a_count_the_reservation_stays_for_goods_that_may_have_to_leave(
    scene: Scene, answer: str, code: str
) -> None:
    scene.build(3, SKIPPED, on_shelf=2)
    assert scene.count(2).outcome == Outcome.VERIFIED
    with pytest.raises(actions.ActionRefused, match=code):
        scene.cancel(answer)


def test_an_acknowledged_reservation_is_counted_not_canceled(scene: Scene) -> None:
    shown = scene.build(1, {**CANCELED, "state": "acknowledged"}).preview(Verb.CANCEL, scene.lock)
    assert (shown.guard.code, shown.token) == ("acknowledged", "")


def test_a_healthy_reservation_cannot_be_canceled(scene: Scene) -> None:
    scene.build(2, {"state": "confirmed", "order_status": "window-to-cancel", "status_hours": 1})
    assert scene.preview(Verb.CANCEL, scene.lock).guard.code == "no_cause"
    assert scene.preview(Verb.ACKNOWLEDGE, scene.lock).guard.code == "no_cause"


@pytest.mark.parametrize(
    "cause", [Cause.ORDER_CANCELED, Cause.HANDLING_SKIPPED, Cause.ORDER_MISSING, Cause.LOCK_SUPERSEDED]
)
def test_a_finding_that_the_facts_do_not_bear_out_opens_no_cancel(scene: Scene, cause: Cause) -> None:
    """As a slow process may leave one behind, written from facts that are no more."""
    scene.build(2, {"state": "confirmed", "order_status": "window-to-cancel", "status_hours": 1})
    row = Reservation.objects.get(lock_id=scene.lock)
    factories.finding(scene.store, cause, on=row)
    assert not guard_from_mirror(Verb.CANCEL, scene.store, row).allowed


def test_a_lock_of_which_a_count_took_a_part_is_a_ticket(scene: Scene) -> None:
    more = [{"sku": "9001", "quantity": 1}]
    scene.build(2, {**CANCELED, "cleared": True, "more": more})
    shown = scene.preview(Verb.CANCEL, scene.lock)
    assert shown.guard.code == "partly_gone"


@pytest.mark.parametrize("verb", [Verb.CANCEL, Verb.ACKNOWLEDGE])
def test_a_lock_whose_warehouse_vtex_does_not_name_is_refused(scene: Scene, verb: Verb) -> None:
    """Whether all of it is listed cannot be told (F5.4 knows several spellings, and there may be more)."""
    scene.build(2, SKIPPED)
    row = Reservation.objects.get(lock_id=scene.lock)
    row.requested = [*row.requested, {"sku": "9001", "warehouse": "", "quantity": 1, "supply_lot": None}]
    row.save()
    assert guard_from_mirror(verb, scene.store, row).code == "lock_unreadable"


def test_a_difference_seen_only_once_is_no_reason_to_cancel_again(scene: Scene, quick: Any) -> None:
    """It may be a reservation that VTEX counts already and does not list yet."""
    quick.MISMATCH_CONFIRM_MINUTES = 10
    scene.build(2, {"phantom": True, "order_status": "canceled"})
    row = Reservation.objects.get(lock_id=scene.lock)
    assert guard_from_mirror(Verb.CANCEL, scene.store, row).code == "could_not_tell"
    assert scene.preview(Verb.CANCEL, scene.lock).guard.code == "could_not_tell"
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=True):
        assert scene.preview(Verb.CANCEL, scene.lock).guard.allowed
        StockBalance.objects.update(list_read_at=timezone.now())
        assert guard_from_mirror(Verb.CANCEL, scene.store, row).code == "could_not_tell"


def test_acknowledging_is_only_for_skipped_handling(scene: Scene) -> None:
    scene.build(1, CANCELED)
    assert scene.preview(Verb.ACKNOWLEDGE, scene.lock).guard.code == "cause_not_acknowledge"


def test_handling_needs_the_right_status_and_a_confirmed_lock(scene: Scene) -> None:
    scene.build(1, {"state": "confirmed", "order_status": "payment-pending"})
    assert scene.preview(Verb.START_HANDLING, scene.order_ids[0]).guard.code == "not_ready_for_handling"
    scene.build(1, {"state": "authorised", "order_status": "ready-for-handling"})
    assert scene.preview(Verb.START_HANDLING, scene.order_ids[0]).guard.code == "not_confirmed"
    scene.build(1, {"state": "expired", "order_status": "ready-for-handling"})
    assert not scene.preview(Verb.START_HANDLING, scene.order_ids[0]).guard.allowed


def test_handling_must_be_ticked(scene: Scene) -> None:
    scene.build(1, {"state": "confirmed", "order_status": "ready-for-handling"})
    shown = scene.preview(Verb.START_HANDLING, scene.order_ids[0])
    with pytest.raises(actions.InvalidEntries) as error:
        scene.act(shown, confirm="")
    assert set(error.value.errors) == {"confirm"}


def test_handling_of_an_order_that_is_final_at_marketplace_waits_for_a_proof(scene: Scene) -> None:
    scene.sandbox.control.switch(U7="accepted")
    lock = {"state": "confirmed", "order_status": "ready-for-handling", "marketplace_status": "invoiced"}
    scene.build(1, lock)
    assert scene.preview(Verb.START_HANDLING, scene.order_ids[0]).guard.code == "final_marketplace"
    scene.store.final_start_handling_allowed = True
    scene.store.save()
    assert scene.start_handling().outcome == Outcome.VERIFIED


def test_an_unlimited_pair_is_not_counted(scene: Scene) -> None:
    scene.build(1, unlimited=True)
    assert scene.preview(Verb.COUNT, scene.pair).guard.code == "unlimited"


def test_a_count_older_than_a_change_of_the_total_is_refused(scene: Scene) -> None:
    scene.build(5)
    entries = scene.counting(5)
    scene.sandbox.control.count(scene.sku, scene.warehouse, 4)
    shown = scene.preview(Verb.COUNT, scene.pair, entries)
    assert (shown.guard.code, shown.token) == ("count_older_than_change", "")


@pytest.mark.parametrize("partly", [False, True])
def test_a_count_older_than_an_acknowledged_item_that_vanished_is_refused(scene: Scene, partly: bool) -> None:
    scene.build(5, HANDLED)
    if partly:
        ReservationItem.objects.update(acknowledged_at=None, partly_acknowledged=True)
    entries = scene.counting(5, {scene.lock: 0})
    scene.sandbox.control.count(scene.sku, scene.warehouse, 5)
    shown = scene.preview(Verb.COUNT, scene.pair, entries)
    assert shown.guard.code == "count_older_than_release"


def test_a_number_vtex_would_ignore_is_recorded_as_a_check(scene: Scene) -> None:
    scene.build(5, {"state": "confirmed", "order_status": "ready-for-handling"})
    attempt = scene.count(5)
    assert (attempt.verb, attempt.outcome) == (Verb.CHECK, Outcome.VERIFIED)
    assert scene.writes() == []
    actions_ = set(AuditEntry.objects.filter(attempt_id=attempt.pk).values_list("action", flat=True))
    assert actions_ == {"stock.check"}


def test_a_pair_the_mirror_did_not_watch_asks_twice(scene: Scene) -> None:
    scene.build(5, mirror=False)
    shown = scene.preview(Verb.COUNT, scene.pair, scene.counting(4))
    assert shown.confirm_codes == ("not_watched",)
    with pytest.raises(actions.InvalidEntries) as error:
        scene.act(shown)
    assert set(error.value.errors) == {"confirm"}
    assert scene.act(shown, confirm="on").outcome == Outcome.VERIFIED


def test_the_token_of_a_count_binds_its_entries(scene: Scene) -> None:
    shown = scene.build(5).preview(Verb.COUNT, scene.pair, scene.counting(4))
    with pytest.raises(actions.ActionRefused, match="entries_changed") as error:
        scene.act(shown, {**shown.entries, "counted": "3"})
    refused(scene, "entries_changed")
    assert error.value.preview is not None
    assert scene.act(error.value.preview, confirm="on").outcome == Outcome.VERIFIED
    assert scene.shelf()["total"] == 3


def test_facts_that_changed_since_the_preview_refuse_and_are_shown(scene: Scene) -> None:
    shown = scene.build(1, SKIPPED).preview(Verb.CANCEL, scene.lock)
    scene.sandbox.control.count(scene.sku, scene.warehouse, 7)
    with pytest.raises(actions.ActionRefused, match="facts_changed") as error:
        scene.act(shown, scene.answers(shown))
    assert error.value.preview is not None
    assert error.value.preview.pairs[0].total_before == 7
    assert error.value.attempt is not None
    assert (error.value.attempt.state, error.value.attempt.outcome) == (State.DONE, Outcome.REFUSED)
    refused(scene, "facts_changed")
    assert scene.act(error.value.preview, scene.answers(shown)).outcome == Outcome.VERIFIED


def test_a_new_acknowledgement_refuses_a_count_and_keeps_the_entries(scene: Scene) -> None:
    ready = {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1}
    scene.build(5, ready, {"state": "acknowledged", "order_status": "handling", "to_ship": 1})
    shown = scene.preview(Verb.COUNT, scene.pair, scene.counting(5, {scene.ids[1]: 1}))
    scene.start_handling()
    scene.sandbox.control.clear_requests()
    with pytest.raises(actions.ActionRefused, match="new_acknowledgement") as error:
        scene.act(shown)
    assert error.value.preview is not None
    assert error.value.preview.entries[f"to_ship:{scene.ids[1]}"] == "1"
    assert error.value.preview.entries[f"to_ship:{scene.lock}"] == "1"


def test_new_reservations_and_changes_of_reserved_are_not_material(scene: Scene) -> None:
    shown = scene.build(5, SKIPPED).preview(Verb.CANCEL, scene.lock)
    scene.sandbox.control.order(scene.sku, scene.warehouse, 1)
    assert scene.act(shown, scene.answers(shown)).outcome == Outcome.VERIFIED


def test_a_lock_without_an_order_is_canceled_only_when_its_id_is_typed(scene: Scene) -> None:
    young = {"state": "confirmed", "no_order": True, "age_hours": 24 * 40, "confirmed_hours": 24 * 40}
    scene.build(2, young)
    covered = timezone.now() - timedelta(days=60), timezone.now()
    orders_all_listed(scene, *covered)
    shown = scene.preview(Verb.CANCEL, scene.lock)
    assert (shown.cause, shown.confirm_text) == ("order_missing", scene.lock)
    with pytest.raises(actions.InvalidEntries) as error:
        scene.act(shown, scene.answers(shown), confirm=scene.lock.upper())
    assert set(error.value.errors) == {"confirm"}
    assert scene.act(shown, scene.answers(shown), confirm=scene.lock).outcome == Outcome.VERIFIED


def orders_all_listed(scene: Scene, starts: Any, ends: Any) -> None:
    BackfillWindow.objects.create(
        account=scene.store, starts_at=starts, ends_at=ends, completed_at=timezone.now()
    )


def test_the_button_shows_by_the_predicate_of_the_post(scene: Scene) -> None:
    scene.build(3, CANCELED, HANDLED)
    rows = [Reservation.objects.get(lock_id=lock_id) for lock_id in scene.ids]
    assert [guard_from_mirror(Verb.CANCEL, scene.store, row).code for row in rows] == ["", "acknowledged"]
    balance = StockBalance.objects.get(sku_id=scene.sku)
    assert guard_from_mirror(Verb.COUNT, scene.store, balance).allowed
    assert scene.sandbox.control.requests() == []


def test_what_vtex_does_not_know_gives_a_preview_that_says_so(scene: Scene) -> None:
    for verb, subject in ((Verb.CANCEL, "nope"), (Verb.START_HANDLING, "nope"), (Verb.COUNT, "nope@nope")):
        assert scene.preview(verb, subject).guard.code == "not_mirrored"
    assert not Attempt.objects.exists()
