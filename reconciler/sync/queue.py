"""What waits, runs and fails in the background of a store, and how far events are behind."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from reconciler.models import FeedConfig, HookTally, VtexAccount
from reconciler.sync import events, snapshots
from reconciler.vtex.scrub import scrub
from reconciler.work import counts

SHOWN_FAILING = 8
TALLIED = ("stored", "refused", "unavailable")


def _count(account: VtexAccount, now: datetime) -> snapshots.Figures:
    """{kinds: [{kind, ready, running, waiting, failing, oldest}], failing: [{kind, key, attempts, again_at,
    error}], events: {...} as `events.Lag`, feeds: {feed|hook: {state, error}}, hook: {stored, refused,
    unavailable} or None}; times in ISO 8601.
    """
    kinds = counts.pending(account, now)
    failing = counts.failing(account, SHOWN_FAILING) if any(each.failing for each in kinds.values()) else []
    feeds = FeedConfig.objects.filter(account=account).values_list("kind", "state", "error")
    found = {
        "kinds": [asdict(each) for each in kinds.values()],
        "failing": [
            {
                "kind": unit.kind,
                "key": unit.key,
                "attempts": unit.attempts,
                "again_at": unit.run_after,
                "error": scrub(unit.error),
            }
            for unit in failing
        ],
        "events": asdict(events.lag(account, now)),
        "hook": HookTally.objects.filter(account=account).values(*TALLIED).first(),
        "feeds": {kind: {"state": state, "error": error} for kind, state, error in feeds},
    }
    figures: snapshots.Figures = _as_json(found)
    return figures


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    return [_as_json(each) for each in value] if isinstance(value, list) else value


QUEUE = snapshots.Counted("queue", timedelta(seconds=5), _count)
