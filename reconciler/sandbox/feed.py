"""Feed v3: one queue an app key, visible again until committed (F4)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from .shapes.dates import utc

if TYPE_CHECKING:
    from .account import Account
    from .state import Order

VISIBILITY_SECONDS = 240.0


def publish(
    account: Account, order: Order, domain: str, state: str, last_state: str, last_change: float
) -> None:
    """Queues a change of status for every key that configured a feed and did not filter the status out."""
    for key, config in account.feeds.items():
        statuses = _statuses(config)
        if statuses and state not in statuses:
            continue
        number = account.next_number("feed")
        digest = hashlib.sha256(f"{account.seed}|{key}|{number}".encode()).hexdigest()
        account.feed_events.setdefault(key, []).append(
            {
                "eventId": digest[:32].upper(),
                "handle": f"eyJ.{digest}",
                "domain": domain,
                "state": state,
                "lastState": last_state,
                "orderId": order.id,
                "lastChange": utc(last_change or order.created),
                "currentChange": utc(account.now),
                "visible_at": account.now,
                "queued_at": account.now,
            }
        )


def _statuses(config: dict[str, Any]) -> list[str]:
    found = config.get("filter") or {}
    return list(found.get("status") or []) if found.get("type") == "FromWorkflow" else []


def read(account: Account, key: str, limit: int) -> list[dict[str, object]]:
    """Up to `limit` visible events; they come back unless committed within the visibility timeout."""
    due = [
        event for event in account.feed_events.get(key, []) if float(str(event["visible_at"])) <= account.now
    ]
    for event in due[:limit]:
        event["visible_at"] = account.now + VISIBILITY_SECONDS
    return [_shown(event) for event in due[:limit]]


def commit(account: Account, key: str, handles: list[str]) -> None:
    events = account.feed_events.get(key, [])
    account.feed_events[key] = [event for event in events if event["handle"] not in handles]


def _shown(event: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in event.items() if not name.endswith("_at")}


def config_answer(account: Account, key: str) -> dict[str, object]:
    """The configuration with the lag that VTEX adds to it."""
    events = account.feed_events.get(key, [])
    oldest = min((float(str(event["queued_at"])) for event in events), default=account.now)
    return {
        **account.feeds[key],
        "quantity": len(events),
        "approximateAgeOfOldestMessageInSeconds": account.now - oldest,
    }
