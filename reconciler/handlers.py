"""What is done in the background, and when: what the settings WORK_HANDLERS and WORK_TICKS name."""

from __future__ import annotations

from datetime import timedelta

from reconciler.actions import settle
from reconciler.alerts import handlers as alerts
from reconciler.models import Attempt, VtexAccount, WorkUnit
from reconciler.sync import feed, handlers, hook_config, order_units, pruning, usage
from reconciler.work import units
from reconciler.work.handlers import Handler, by_kind
from reconciler.work.ticks import Every

STAFF = 0
SETTLE = "settle"


def _settle(account: VtexAccount, batch: list[WorkUnit]) -> None:
    for attempt in Attempt.objects.unsettled().filter(account=account, pk__in=[unit.key for unit in batch]):
        settle(attempt)


def _want_settling(account: VtexAccount) -> None:
    unsettled = Attempt.objects.unsettled().filter(account=account).values_list("pk", flat=True)
    units.want(account, SETTLE, [str(key) for key in unsettled], priority=STAFF)


HANDLERS = by_kind(
    [
        Handler(SETTLE, 1, _settle),
        *order_units.HANDLERS,
        *feed.HANDLERS,
        *hook_config.HANDLERS,
        *handlers.HANDLERS,
        *pruning.HANDLERS,
        *alerts.HANDLERS,
    ]
)
TICKS = [
    Every(SETTLE, lambda: timedelta(seconds=15), _want_settling),
    Every("use", lambda: usage.PRUNE_EVERY, usage.prune),
    *feed.TICKS,
    *hook_config.TICKS,
    *handlers.TICKS,
    *pruning.TICKS,
    *alerts.TICKS,
]
