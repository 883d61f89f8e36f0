"""One pair in a sandbox, built to order, and a person who acts on it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from reconciler import actions
from reconciler.audit import Actor
from reconciler.ids import pair_subject
from reconciler.models import Attempt, Role, Verb, VtexAccount
from reconciler.sandbox.server import SandboxServer
from reconciler.sync.connection import client_for
from reconciler.sync.lookup import lookup_order_for_lock
from reconciler.sync.reservations import read_reservation
from reconciler.sync.stock import read_pair
from tests import factories

WRITES = (
    "cancel_reservation",
    "acknowledge_reservation",
    "start_handling",
    "patch_quantity",
    "put_inventory",
)


def actor_of(user: User, role: str = "operator") -> Actor:
    return Actor(name=user.username, role=role, ip="192.0.2.7", request_id="r-1", user_id=user.pk)


@dataclass
class Scene:
    """`ids` are the lock ids in the order in which the locks were asked for."""

    store: VtexAccount
    sandbox: SandboxServer
    sku: str = "9000"
    warehouse: str = "1_1"
    ids: list[str] = field(default_factory=list)
    order_ids: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.person = factories.user("support", Role.OPERATOR, store=self.store)
        self.actor = actor_of(self.person)

    @property
    def pair(self) -> str:
        return pair_subject(self.sku, self.warehouse)

    @property
    def lock(self) -> str:
        return self.ids[0]

    def build(self, total: int, *locks: Mapping[str, Any], mirror: bool = True, **more: Any) -> Scene:
        """A situation of the sandbox, read into the mirror as sync would."""
        body = {"sku": self.sku, "warehouse": self.warehouse, "total": total, "locks": list(locks), **more}
        made = self.sandbox.control.situation(**body)
        self.ids = [lock["lock_id"] for lock in made["locks"]]
        self.order_ids = [lock["order_id"] for lock in made["locks"]]
        if mirror:
            self.read()
        self.sandbox.control.clear_requests()
        return self

    def read(self) -> None:
        with client_for(self.store) as client:
            read_pair(self.store, client, self.sku, self.warehouse)
            for lock_id in self.ids:
                row = read_reservation(self.store, client, lock_id).reservation
                if row:
                    lookup_order_for_lock(self.store, client, row)
            read_pair(self.store, client, self.sku, self.warehouse)

    def preview(self, verb: Verb, subject: str, entries: Mapping[str, str] | None = None) -> actions.Preview:
        return actions.preview(verb, self.store, subject, actor=self.actor, entries=entries)

    def act(self, shown: actions.Preview, entries: Mapping[str, str] | None = None, **more: Any) -> Attempt:
        given = {"reason": "goods left long ago", "ticket": "T-1", "confirm": "", **more}
        return actions.act(
            shown.verb,
            self.store,
            shown.subject,
            actor=given.pop("actor", self.actor),
            token=given.pop("token", shown.token),
            entries=entries if entries is not None else shown.entries,
            **given,
        )

    def answers(self, shown: actions.Preview, answer: str = "no") -> dict[str, str]:
        return {pair.question_field: answer for pair in shown.pairs}

    def cancel(self, answer: str = "no", **more: Any) -> Attempt:
        shown = self.preview(Verb.CANCEL, self.lock)
        return self.act(shown, self.answers(shown, answer), confirm=shown.confirm_text, **more)

    def acknowledge(self, answer: str = "no", **more: Any) -> Attempt:
        shown = self.preview(Verb.ACKNOWLEDGE, self.lock)
        return self.act(shown, self.answers(shown, answer), **more)

    def start_handling(self, **more: Any) -> Attempt:
        shown = self.preview(Verb.START_HANDLING, self.order_ids[0])
        return self.act(shown, confirm="yes", **more)

    def counting(
        self, counted: int, to_ship: Mapping[str, object] | None = None, **more: str
    ) -> dict[str, str]:
        given = {f"to_ship:{lock_id}": str(units) for lock_id, units in (to_ship or {}).items()}
        return {"counted": str(counted), "counted_at": timezone.now().isoformat(), **given, **more}

    def count(self, counted: int, to_ship: Mapping[str, object] | None = None, **more: Any) -> Attempt:
        shown = self.preview(Verb.COUNT, self.pair, self.counting(counted, to_ship))
        return self.act(shown, confirm="yes", **more)

    def shelf(self) -> dict[str, Any]:
        return self.sandbox.control.shelf(self.sku, self.warehouse)[0]

    def write_arrived(self) -> None:
        """Waits until VTEX is through with a write that took longer than we listened: the two settling reads
        are minutes apart in life, and a moment apart here.
        """
        until = time.monotonic() + 10
        while not self.writes() and time.monotonic() < until:
            time.sleep(0.05)

    def writes(self) -> list[dict[str, Any]]:
        return [row for row in self.sandbox.control.requests() if row["endpoint"] in WRITES]
