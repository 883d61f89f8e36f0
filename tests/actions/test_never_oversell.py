"""Never oversell: what is offered after an action, against what lies on a physical shelf.

Sellable is the units on the shelf less those still to leave for an order. Each situation is built in the
sandbox, the person at the form answers truthfully (or does not know), and VTEX answers as each position of
U5 and U6 has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, cycle, product
from typing import Any

import pytest
from django.utils import timezone

from reconciler import actions
from reconciler.models import Attempt, BackfillWindow, Outcome, State, Verb
from reconciler.sandbox.server import SandboxServer
from reconciler.sandbox.switches import POSITIONS
from reconciler.sync.connection import client_for
from tests import factories
from tests.actions.scene import Scene
from tests.conftest import store_at

pytestmark = pytest.mark.sampled(24)
NUMBERS = count(1)


@pytest.fixture(scope="module")
def shared() -> Iterator[SandboxServer]:
    with SandboxServer(scenario="empty", transition_seconds=0, inventory_lock_seconds=0) as server:
        yield server


@pytest.fixture
def scene(quick: Any, shared: SandboxServer, db: None) -> Iterator[Scene]:
    quick.STORES = {"luxstore": store_at(shared)}
    quick.MISMATCH_CONFIRM_MINUTES = 0
    yield Scene(factories.account("luxstore"), shared, sku=f"sku {next(NUMBERS)}")
    shared.control.switch(U5="accepted", U6="at_or_before")


@dataclass(frozen=True)
class Lock:
    """Units of one lock: still to ship (on the shelf), left already, back for sale; `lowered`: VTEX's total
    was told of those that left.
    """

    state: str
    order_status: str
    to_ship: int = 0
    left: int = 0
    back: int = 0
    lowered: bool = False
    more: tuple[tuple[str, object], ...] = ()

    @property
    def quantity(self) -> int:
        return self.to_ship + self.left + self.back

    @property
    def in_total(self) -> int:
        """Units of it that VTEX's total holds, and that are not for sale."""
        return self.to_ship + (0 if self.lowered else self.left)

    def body(self) -> dict[str, object]:
        return {
            "state": self.state,
            "order_status": self.order_status,
            "quantity": self.quantity,
            "to_ship": self.to_ship,
            "left": self.left,
            "back": self.back,
            **dict(self.more),
        }


SPARE = 4
WAITING = Lock("confirmed", "ready-for-handling", to_ship=1)
PAYING = Lock("authorised", "payment-pending", to_ship=1)


def put_up(scene: Scene, locks: list[Lock], drift: int = 0) -> None:
    """A shelf with SPARE units for sale besides the locks' own; `drift`: the total is off by so much."""
    on_shelf = SPARE + sum(lock.to_ship + lock.back for lock in locks)
    total = SPARE + sum(lock.in_total + lock.back for lock in locks) + drift
    scene.build(total, *(lock.body() for lock in locks), on_shelf=on_shelf)
    assert scene.shelf()["sellable"] == SPARE + sum(lock.back for lock in locks)


def truthfully(scene: Scene, locks: list[Lock]) -> dict[str, object]:
    return {lock_id: lock.to_ship for lock_id, lock in zip(scene.ids, locks, strict=True)}


def counted(scene: Scene, to_ship: dict[str, object]) -> Attempt | None:
    """Somebody counts the shelf; None when the form refuses what comes of it."""
    try:
        attempt = scene.count(scene.shelf()["on_shelf"], to_ship)
    except actions.InvalidEntries:
        return None
    assert (attempt.state, attempt.outcome) == (State.DONE, Outcome.VERIFIED), (attempt.note, attempt.answer)
    return attempt


ACKNOWLEDGED = {
    "none": [],
    "to leave": [Lock("acknowledged", "handling", to_ship=2)],
    "left": [Lock("acknowledged", "invoiced", left=2)],
    "left, lowered": [Lock("acknowledged", "invoiced", left=2, lowered=True)],
    "half left": [Lock("acknowledged", "handling", to_ship=1, left=1)],
    "back": [Lock("acknowledged", "canceled", back=2)],
    "two": [Lock("acknowledged", "handling", to_ship=1), Lock("acknowledged", "invoiced", left=1)],
}
BESIDE = {"alone": [], "others wait": [WAITING, PAYING]}
SKIPPED = {
    "none": [],
    "left": [Lock("confirmed", "invoiced", left=1)],
    "to leave": [Lock("confirmed", "invoiced", to_ship=1)],
}
COUNTS = [
    (*names, position)
    for names, position in zip(
        product(ACKNOWLEDGED, BESIDE, SKIPPED, (0, 2, -1)), cycle(POSITIONS["U6"]), strict=False
    )
]
EVERY_POSITION = [
    (handled, "others wait", "left", 0, u6) for handled, u6 in product(ACKNOWLEDGED, POSITIONS["U6"])
]


@pytest.mark.parametrize(("handled", "beside", "skipped", "drift", "position"), COUNTS + EVERY_POSITION)
def test_a_truthful_count_offers_what_is_sellable(
    scene: Scene, handled: str, beside: str, skipped: str, drift: int, position: str
) -> None:
    """But for units that left under a reservation never acknowledged: they stay held until it is
    cancelled.
    """
    scene.sandbox.control.switch(U6=position)
    locks = ACKNOWLEDGED[handled] + BESIDE[beside] + SKIPPED[skipped]
    put_up(scene, locks, drift)
    assert counted(scene, truthfully(scene, locks))
    stays_held = sum(lock.left for lock in SKIPPED[skipped])
    assert scene.shelf()["available"] == scene.shelf()["sellable"] - stays_held


DOUBTS = list(product(ACKNOWLEDGED, BESIDE, SKIPPED, (0,))) + [
    (name, "alone", "none", 2) for name in ACKNOWLEDGED
]


@pytest.mark.parametrize(("handled", "beside", "skipped", "drift"), DOUBTS)
def test_a_count_by_somebody_who_does_not_know_never_offers_more(
    scene: Scene, handled: str, beside: str, skipped: str, drift: int
) -> None:
    locks = ACKNOWLEDGED[handled] + BESIDE[beside] + SKIPPED[skipped]
    put_up(scene, locks, drift)
    before = scene.shelf()
    attempt = counted(scene, dict.fromkeys(scene.ids, "unknown"))
    after = scene.shelf()
    assert after["available"] <= (after["sellable"] if attempt else before["available"])


@pytest.mark.parametrize("handled", ACKNOWLEDGED)
@pytest.mark.parametrize("beside", BESIDE)
def test_a_second_count_while_the_goods_are_still_packed_offers_no_more(
    scene: Scene, handled: str, beside: str
) -> None:
    """The first count took their reservation off VTEX's list, but whoever counts again finds them on the
    shelf.
    """
    locks = ACKNOWLEDGED[handled] + BESIDE[beside]
    put_up(scene, locks)
    assert counted(scene, truthfully(scene, locks))
    assert counted(scene, truthfully(scene, locks))
    assert scene.shelf()["available"] == scene.shelf()["sellable"]


CAUSES: dict[str, dict[str, object]] = {
    "order_canceled": {"order_status": "canceled"},
    "handling_skipped": {"order_status": "invoiced"},
    "authorization_expired": {
        "state": "authorised",
        "order_status": "invoiced",
        "max_confirmation_hours": -48,
    },
    "order_missing": {"no_order": True, "age_hours": 960, "confirmed_hours": 960},
    "lock_superseded": {"superseded": True, "order_status": "invoiced"},
    "cancel_incomplete": {"phantom": True, "order_status": "canceled"},
}
GOODS = {
    "left, lowered": {"left": 1, "lowered": True},
    "left": {"left": 1},
    "to leave": {"to_ship": 1},
    "for sale": {"back": 1},
}
OTHERS = {
    "alone": [],
    "others wait": [WAITING, PAYING],
    "others left": [Lock("acknowledged", "invoiced", left=1)],
    "others left, lowered": [Lock("acknowledged", "invoiced", left=1, lowered=True)],
}
CANCELS = [
    (*names, position)
    for names, position in zip(product(CAUSES, GOODS, OTHERS), cycle(POSITIONS["U6"]), strict=False)
]


def doubtful(cause: str, goods: str) -> tuple[Lock, dict[str, object]]:
    body = CAUSES[cause]
    own = {name: value for name, value in body.items() if name not in ("state", "order_status")}
    return (
        Lock(
            str(body.get("state", "confirmed")),
            str(body.get("order_status", "invoiced")),
            **GOODS[goods],  # type: ignore[arg-type]
            more=tuple(own.items()),
        ),
        body,
    )


def covered(scene: Scene) -> None:
    """All orders of the last two months were listed, so that one that is not there is missing."""
    now = timezone.now()
    window = {"starts_at": now - timedelta(days=60), "ends_at": now, "completed_at": now}
    BackfillWindow.objects.create(account=scene.store, **window)


@pytest.mark.parametrize(("cause", "goods", "others", "position"), CANCELS)
def test_a_truthful_cancel_offers_what_is_sellable(
    scene: Scene, cause: str, goods: str, others: str, position: str
) -> None:
    """Equal where the total was right for everything else, below otherwise; goods to leave keep their
    hold.
    """
    scene.sandbox.control.switch(U6=position)
    covered(scene)
    mine, _ = doubtful(cause, goods)
    locks = [mine, *OTHERS[others]]
    put_up(scene, locks)
    scene.read()
    assert scene.preview(Verb.CANCEL, scene.lock).cause == cause
    if mine.in_total:
        with pytest.raises(actions.ActionRefused, match="count_first"):
            scene.cancel("yes")
        assert counted(scene, truthfully(scene, locks))
    attempt = after_the_count(scene, mine) if mine.in_total else scene.cancel("no")
    assert attempt is None or attempt.outcome == Outcome.VERIFIED
    shelf = scene.shelf()
    right = all(not lock.lowered for lock in locks[1:])
    assert shelf["available"] <= shelf["sellable"]
    assert shelf["available"] == shelf["sellable"] or not right


def after_the_count(scene: Scene, mine: Lock) -> Attempt | None:
    """The question is asked anew: goods that are still to leave keep their reservation."""
    if not mine.to_ship:
        return scene.cancel("no")
    with pytest.raises(actions.ActionRefused, match="goods_to_leave"):
        scene.cancel("yes")
    return None


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("goods", GOODS)
def test_a_cancel_by_somebody_who_does_not_know_changes_nothing(scene: Scene, cause: str, goods: str) -> None:
    covered(scene)
    put_up(scene, [doubtful(cause, goods)[0], WAITING])
    scene.read()
    before = scene.shelf()
    with pytest.raises(actions.ActionRefused, match="count_first"):
        scene.cancel("unknown")
    assert scene.shelf() == before
    assert scene.writes() == []


ACKNOWLEDGES = list(product(("left, lowered", "for sale"), BESIDE, POSITIONS["U5"], POSITIONS["U6"]))


@pytest.mark.parametrize(("goods", "beside", "answer", "position"), ACKNOWLEDGES)
def test_an_acknowledge_and_a_truthful_count_offer_what_is_sellable(
    scene: Scene, goods: str, beside: str, answer: str, position: str
) -> None:
    scene.sandbox.control.switch(U5=answer, U6=position)
    mine = doubtful("handling_skipped", goods)[0]
    locks = [mine, *BESIDE[beside]]
    put_up(scene, locks)
    attempt = scene.acknowledge("no")
    works = answer in ("accepted", "stamps_confirmation")
    assert (attempt.outcome == Outcome.VERIFIED) == works
    assert scene.shelf()["available"] <= scene.shelf()["sellable"]
    assert counted(scene, truthfully(scene, locks))
    held = 0 if works else mine.quantity
    assert scene.shelf()["available"] == scene.shelf()["sellable"] - held


@pytest.mark.parametrize("position", POSITIONS["U6"])
@pytest.mark.parametrize("to_ship", [0, 1, "unknown"])
def test_handling_that_we_started_is_asked_about_by_the_next_count(
    scene: Scene, position: str, to_ship: object
) -> None:
    scene.sandbox.control.switch(U6=position)
    put_up(scene, [WAITING, PAYING])
    assert scene.start_handling().outcome == Outcome.VERIFIED
    if to_ship == 0:
        scene.sandbox.control.ship(order_id=scene.order_ids[0])
    assert counted(scene, {scene.lock: to_ship})
    assert scene.shelf()["available"] == scene.shelf()["sellable"]


@pytest.mark.parametrize("to_ship", [1, "unknown"])
def test_goods_that_the_erp_took_into_handling_and_counted_between_two_reads_are_asked_about(
    scene: Scene, to_ship: object
) -> None:
    """The mirror never saw the reservation acknowledged, but its parcel still stands on the shelf."""
    put_up(scene, [WAITING, PAYING])
    with client_for(scene.store) as erp:
        erp.start_handling(scene.order_ids[0])
        on_shelf = scene.shelf()["on_shelf"]
        erp.patch_quantity(scene.sku, scene.warehouse, on_shelf - 1, timezone.now())
    scene.read()
    assert counted(scene, {scene.lock: to_ship})
    assert scene.shelf()["available"] == scene.shelf()["sellable"]


def test_there_are_at_least_300_combinations() -> None:
    assert len(COUNTS) + len(EVERY_POSITION) + len(DOUBTS) + len(CANCELS) + len(ACKNOWLEDGES) >= 300
