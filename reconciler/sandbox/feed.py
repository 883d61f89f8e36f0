"""Feed v3: one queue an app key, with the habits of its queue service (F4).

What was read is hidden until its visibility timeout and comes back unless it was committed meanwhile, each
time with another handle; a handle ends with the timeout. The settings `feed_*` let the queue mix up the
order, deliver twice and hold back. A feed to which nothing came for its retention period is deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from .shapes.dates import utc

if TYPE_CHECKING:
    from .account import Account
    from .state import Order

VISIBILITY_SECONDS = 240.0
RETENTION_SECONDS = 345_600.0
MOST_COMMITTED = 10
"""With switch U10 at `ten_at_most`."""


def publish(
    account: Account, order: Order, domain: str, state: str, last_state: str, last_change: float
) -> None:
    """Queues a change of status for every key that configured a feed and did not filter the status out."""
    for key, config in list(account.feeds.items()):
        if not lets_through(config, state):
            continue
        number = account.next_number("feed")
        digest = hashlib.sha256(f"{account.seed}|{key}|{number}".encode()).hexdigest()
        event = {
            "eventId": digest[:32].upper(),
            "domain": domain,
            "state": state,
            "lastState": last_state,
            "orderId": order.id,
            "lastChange": utc(last_change or order.created),
            "currentChange": utc(account.now),
            "visible_at": account.now,
            "queued_at": account.now,
        }
        config["news_at"] = account.now
        twice = account.chance("feed twice", key, number).random() < account.settings.feed_doubles
        for copy in range(2 if twice else 1):
            queue = account.feed_events.setdefault(key, [])
            queue.append({**event, "name_at": f"{digest}{copy}", "reads_at": 0})


def lets_through(config: dict[str, Any], state: str) -> bool:
    """Whether the filter of a feed or a hook wants this status; none at all means every one."""
    found = config.get("filter") or {}
    statuses = list(found.get("status") or []) if found.get("type") == "FromWorkflow" else []
    return not statuses or state in statuses


def exists(account: Account, key: str) -> bool:
    """Whether this key has a feed; deletes one to which nothing came for too long."""
    config = account.feeds.get(key)
    if config is None:
        return False
    if account.now - float(str(config.setdefault("news_at", account.now))) > _queue(config, RETENTION):
        del account.feeds[key]
        return False
    return True


VISIBILITY = {"visibilitytimeoutinseconds": VISIBILITY_SECONDS}
RETENTION = {"messageretentionperiodinseconds": RETENTION_SECONDS}


def _queue(config: dict[str, Any], wanted: dict[str, float]) -> float:
    """A number of the queue's settings, however it is spelled."""
    ((name, default),) = wanted.items()
    given = {str(each).lower(): value for each, value in (config.get("queue") or {}).items()}
    return float(given.get(name, default))


def read(account: Account, key: str, limit: int) -> list[dict[str, object]]:
    """Up to `limit` visible events; they come back unless committed within the visibility timeout."""
    config, number = account.feeds[key], account.next_number("feed read")
    chance = account.chance("feed read", key, number)
    _drop_old(account, key, config)
    due = [
        event for event in account.feed_events.get(key, []) if float(str(event["visible_at"])) <= account.now
    ]
    due = [event for event in due if chance.random() >= account.settings.feed_holds_back]
    if account.settings.feed_shuffles:
        chance.shuffle(due)
    for event in due[:limit]:
        event["visible_at"] = account.now + _queue(config, VISIBILITY)
        event["reads_at"] = int(str(event["reads_at"])) + 1
        event["handle"] = f"eyJ.{event['name_at']}.{event['reads_at']}"
    return [_shown(event) for event in due[:limit]]


def _drop_old(account: Account, key: str, config: dict[str, Any]) -> None:
    oldest = account.now - _queue(config, RETENTION)
    events = account.feed_events.get(key, [])
    account.feed_events[key] = [event for event in events if float(str(event["queued_at"])) >= oldest]


def refuses(account: Account, key: str, handles: Collection[str]) -> bool:
    """Whether VTEX refuses this commit as a whole (U10, U14)."""
    if account.switches["U10"] == "ten_at_most" and len(handles) > MOST_COMMITTED:
        return True
    return account.switches["U14"] == "refused" and not set(handles) <= _valid(account, key).keys()


def commit(account: Account, key: str, handles: Collection[str]) -> None:
    """Handles that ended, or are unknown, change nothing."""
    valid = _valid(account, key)
    done = [id(valid[handle]) for handle in handles if handle in valid]
    events = account.feed_events.get(key, [])
    account.feed_events[key] = [event for event in events if id(event) not in done]


def _valid(account: Account, key: str) -> dict[str, dict[str, object]]:
    """What may be committed now, by handle."""
    events = account.feed_events.get(key, [])
    hidden = [event for event in events if float(str(event["visible_at"])) > account.now]
    return {str(event.get("handle")): event for event in hidden}


def _shown(event: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in event.items() if not name.endswith("_at")}


def config_answer(account: Account, key: str) -> dict[str, object]:
    """The configuration with the lag that VTEX adds to it."""
    events = account.feed_events.get(key, [])
    oldest = min((float(str(event["queued_at"])) for event in events), default=account.now)
    return {
        **_shown(account.feeds[key]),
        "quantity": len(events),
        "approximateAgeOfOldestMessageInSeconds": account.now - oldest,
    }
