"""The fault matrix (F2): each fault at each read and each write of each action.

Outcomes are those of the table in design section 7; whatever happens, no write is sent twice, nothing is
raised but what a page understands, and every try that was accepted has "requested" and one outcome on the
audit trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from itertools import count, product
from typing import Any

import pytest
from django.core.management import call_command

from reconciler import actions
from reconciler.models import Attempt, AuditEntry, Claim, Outcome, State, Verb
from reconciler.sandbox.server import SandboxServer
from reconciler.vtex import VtexClient
from tests import factories
from tests.actions.scene import Scene
from tests.conftest import store_at

NUMBERS = count(1)
FAULTS: dict[str, dict[str, Any]] = {
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": 0},
    "500": {"kind": "error_500"},
    "500 applied": {"kind": "error_500_applied"},
    "503": {"kind": "error_503"},
    "HTML login page with 200": {"kind": "login_html"},
    "reset mid-body": {"kind": "reset_mid_body"},
    "slow": {"kind": "slow", "seconds": 2.3},
    "truncated JSON": {"kind": "truncated_json"},
    ".NET error": {"kind": "dotnet_error"},
    "2xx without effect": {"kind": "no_effect"},
    "423": {"kind": "locked_423"},
}
APPLIED = {"500 applied", "reset mid-body", "slow", "truncated JSON"}
FAILED = {"429 with Retry-After", "423"}
WRITES = {
    Verb.CANCEL: "cancel_reservation",
    Verb.ACKNOWLEDGE: "acknowledge_reservation",
    Verb.START_HANDLING: "start_handling",
    Verb.COUNT: "patch_quantity",
}
READS = {
    Verb.CANCEL: ("get_reservation", "get_order", "get_order_document", "get_inventory", "list_reservations"),
    Verb.START_HANDLING: ("get_order", "get_reservation", "get_inventory", "list_reservations"),
    Verb.COUNT: ("get_inventory", "list_reservations"),
}


pytestmark = pytest.mark.sampled(24)


@pytest.fixture(scope="module")
def shared() -> Iterator[SandboxServer]:
    with SandboxServer(scenario="empty", transition_seconds=0, inventory_lock_seconds=0) as server:
        yield server


@pytest.fixture
def scene(quick: Any, shared: SandboxServer, db: None) -> Iterator[Scene]:
    quick.STORES = {"luxstore": store_at(shared)}
    quick.VTEX_READ_TIMEOUT_SECONDS = quick.VTEX_CONNECT_TIMEOUT_SECONDS = 2
    quick.VERIFY_DELAYS = (0.0,)
    yield Scene(factories.account("luxstore"), shared, sku=f"f{next(NUMBERS)}")
    shared.control.clear_faults()


def put_up(scene: Scene, verb: Verb) -> None:
    skipped = {"state": "confirmed", "order_status": "invoiced", "left": 1}
    locks = {
        Verb.CANCEL: skipped,
        Verb.ACKNOWLEDGE: skipped,
        Verb.START_HANDLING: {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1},
        Verb.COUNT: {"state": "acknowledged", "order_status": "invoiced", "left": 1},
    }
    scene.build(5, locks[verb])


def previewed(scene: Scene, verb: Verb) -> actions.Preview:
    if verb == Verb.COUNT:
        return scene.preview(verb, scene.pair, scene.counting(4, {scene.lock: 0}))
    return scene.preview(verb, scene.order_ids[0] if verb == Verb.START_HANDLING else scene.lock)


def confirmed(scene: Scene, shown: actions.Preview) -> Attempt:
    answers = {} if shown.verb in (Verb.COUNT, Verb.START_HANDLING) else scene.answers(shown)
    return scene.act(shown, answers or shown.entries, confirm="yes")


def settled(attempt: Attempt) -> Attempt:
    """As a later view or the command would; a few rounds, for two reads after the deadline."""
    for _ in range(3):
        call_command("settle", stdout=StringIO())
    attempt.refresh_from_db()
    return attempt


def on_record(attempt: Attempt) -> None:
    entries = AuditEntry.objects.filter(attempt_id=attempt.pk).order_by("sequence")
    assert list(entries.values_list("outcome", flat=True)) == ["requested", attempt.outcome]
    assert not Claim.objects.filter(attempt=attempt, released_at=None).exists()


def expected(fault: str) -> str:
    if fault in FAILED:
        return Outcome.FAILED
    return Outcome.VERIFIED if fault in APPLIED else Outcome.NOT_APPLIED


@pytest.mark.parametrize("verb", WRITES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_spoiled_write_is_sent_once_and_settled_by_reading(scene: Scene, fault: str, verb: Verb) -> None:
    put_up(scene, verb)
    shown = previewed(scene, verb)
    scene.sandbox.control.fault(WRITES[verb], **FAULTS[fault])
    attempt = confirmed(scene, shown)
    scene.write_arrived()
    attempt = settled(attempt)
    assert len(scene.writes()) == 1
    assert (attempt.state, attempt.outcome) == (State.DONE, expected(fault))
    assert attempt.sent is not None
    on_record(attempt)
    assert actions.wording.outcome(attempt)


WHILE_READING = [
    (verb, read, fault) for verb, reads in READS.items() for read, fault in product(reads, FAULTS)
]


@pytest.mark.parametrize(("verb", "read", "fault"), WHILE_READING)
def test_a_spoiled_read_before_sending_sends_nothing_or_goes_on(
    scene: Scene, verb: Verb, read: str, fault: str
) -> None:
    put_up(scene, verb)
    shown = previewed(scene, verb)
    scene.sandbox.control.fault(read, **FAULTS[fault])
    try:
        attempt = settled(confirmed(scene, shown))
    except actions.ActionRefused as refusal:
        attempt = settled(refusal.attempt or Attempt())
    assert attempt.outcome in (Outcome.VERIFIED, Outcome.NOT_SENT, Outcome.REFUSED)
    assert len(scene.writes()) == (1 if attempt.outcome == Outcome.VERIFIED else 0)
    on_record(attempt)


VERIFYING = {
    Verb.CANCEL: ("get_reservation", "list_reservations"),
    Verb.START_HANDLING: ("get_order",),
    Verb.COUNT: ("get_inventory", "list_reservations"),
}
WHILE_VERIFYING = [
    (verb, read, fault) for verb, reads in VERIFYING.items() for read, fault in product(reads, FAULTS)
]


@pytest.mark.parametrize(("verb", "read", "fault"), WHILE_VERIFYING)
def test_a_spoiled_read_after_sending_is_made_up_for_later(
    scene: Scene, verb: Verb, read: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault strikes the first such read after the write."""
    put_up(scene, verb)
    shown = previewed(scene, verb)
    spoil_after_write(scene, verb, read, fault, monkeypatch)
    attempt = settled(confirmed(scene, shown))
    assert (attempt.state, attempt.outcome) == (State.DONE, Outcome.VERIFIED)
    assert len(scene.writes()) == 1
    on_record(attempt)


def spoil_after_write(
    scene: Scene, verb: Verb, read: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = WRITES[verb]
    write = getattr(VtexClient, name)

    def spoiled(client: VtexClient, *args: Any) -> Any:
        answer = write(client, *args)
        scene.sandbox.control.fault(read, **FAULTS[fault])
        return answer

    monkeypatch.setattr(VtexClient, name, spoiled)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", READS)
def test_a_spoiled_preview_is_a_preview_or_says_that_vtex_is_away(
    scene: Scene, verb: Verb, fault: str
) -> None:
    put_up(scene, verb)
    scene.sandbox.control.fault(READS[verb][0], **FAULTS[fault])
    try:
        shown = previewed(scene, verb)
    except actions.VtexUnavailable as away:
        said = away.message
    else:
        said = str(shown.read_at)
    assert said
    assert scene.writes() == []
    assert not Attempt.objects.exists()
