"""A process beside the workers: acts as staff does, makes reads fall due, and tells how far the mirror is.

Started with an environment of the product; a line of JSON in is a line of JSON out.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import F, Q  # noqa: E402
from django.test import override_settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from reconciler.actions import carry, clients  # noqa: E402
from reconciler.models import (  # noqa: E402
    Attempt,
    FeedEvent,
    Order,
    StockBalance,
    SyncCursor,
    SyncKind,
    SyncRun,
    VtexAccount,
    WorkUnit,
)
from reconciler.sandbox.remote import Remote  # noqa: E402
from reconciler.work import units  # noqa: E402
from tests import factories, truth  # noqa: E402
from tests.actions.scene import Scene  # noqa: E402

NOT_WAITED_FOR = {"feed", "prune", "sync", "use"}
"""Units that the schedule asks for again and again."""


class Desk:
    def __init__(self) -> None:
        self.store: VtexAccount = factories.account("luxstore")
        self.sandbox: Any = SimpleNamespace(control=Remote(settings.STORES["luxstore"].base_url))

    def act(self, number: int) -> list[str]:
        """Cancels a reservation, and leaves the attempt where a process that ends then would: sent, not
        verified. Bears a busy machine.
        """
        scene = Scene(self.store, self.sandbox, sku=f"kill-{number}")
        scene.sandbox = SimpleNamespace(control=_Keeping(self.sandbox.control))
        scene.build(5, {"state": "confirmed", "order_status": "canceled", "left": 0})
        clients.READ_SECONDS, carry.SEND_WITHIN_SECONDS, carry.POST_SECONDS = 60.0, 120.0, 180.0
        with override_settings(VERIFY_DELAYS=()):
            attempt = scene.cancel()
        return [scene.lock, attempt.state, attempt.outcome]

    def due(self) -> None:
        """A sweep and the list of new orders fall due."""
        past = timezone.now() - timedelta(hours=settings.SWEEP_HOURS, minutes=1)
        rows = SyncCursor.objects.filter(account=self.store, completed_at__isnull=False)
        rows.filter(kind__in=[SyncKind.SWEEP, SyncKind.RECENT], started_at=None).update(completed_at=past)
        units.want(self.store, "sync", ["sync"], priority=3)

    def state(self) -> dict[str, Any]:
        """What is not done yet, and what differs from VTEX; all empty at the end."""
        control = self.sandbox.control
        kept = dict(Order.objects.filter(account=self.store).values_list("order_id", "status"))
        balances = {
            (row.sku_id, row.warehouse_id): [row.total, row.reserved]
            for row in StockBalance.objects.filter(account=self.store)
        }
        shelf = {(row["sku"], row["warehouse"]): [row["total"], row["reserved"]] for row in control.shelf()}
        since = (timezone.now() - timedelta(days=settings.BACKFILL_DAYS - 2)).timestamp()
        orders = {
            row["id"]: row["status"] or ""
            for row in control.orders()
            if row["created"] > since and not row["forbidden"]
        }
        waiting = WorkUnit.objects.exclude(kind__in=NOT_WAITED_FOR)
        return {
            "units": sorted(f"{unit.kind} {unit.key}: {unit.error}" for unit in waiting),
            "events": FeedEvent.objects.filter(account=self.store, processed_at=None).count(),
            "attempts": [
                f"{row.pk} {row.state} {row.outcome}"
                for row in Attempt.objects.exclude(state="done", outcome="verified")
            ],
            "orders": _differences(kept, orders),
            "pairs": _differences(balances, shelf),
            "wrong": truth.wrong(self.store, self.sandbox),
            "missed": truth.missed(self.store, self.sandbox),
        }

    def figures(self) -> dict[str, Any]:
        """For the report."""
        return {
            "orders": Order.objects.filter(account=self.store).count(),
            "pairs": StockBalance.objects.filter(account=self.store).count(),
            "events": FeedEvent.objects.filter(account=self.store).count(),
            "attempts": Attempt.objects.count(),
            "said": len(truth.said(self.store)),
            "runs": SyncRun.objects.count(),
            "interrupted": SyncRun.objects.filter(~Q(error="")).count(),
            "events_before_read": FeedEvent.objects.filter(processed_at__lt=F("received_at")).count(),
        }


def _differences(kept: dict[Any, Any], true: dict[Any, Any]) -> list[str]:
    return sorted(f"{key}: {kept.get(key)}, not {true[key]}" for key in true if kept.get(key) != true[key])


class _Keeping:
    """The sandbox's controls, but its log of requests is kept: the writes in it are counted at the end."""

    def __init__(self, control: Remote) -> None:
        self._control = control

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return (lambda: None) if name == "clear_requests" else getattr(self._control, name)


def main() -> None:
    desk = Desk()
    for line in sys.stdin:
        name, *given = json.loads(line)
        sys.stdout.write(json.dumps(getattr(desk, name)(*given)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
