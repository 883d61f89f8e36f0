"""The hook: each change of status is posted to the address that an app key configured (F4).

VTEX promises no order and delivers at least once; what is not answered 200 within 5 seconds comes again,
later each time, and is given up after a hundred tries. `hook_sender.py` does the posting.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from .feed import lets_through
from .shapes.dates import utc

if TYPE_CHECKING:
    from .account import Account
    from .state import Order

MOST_TRIES = 100
LONGEST_PAUSE_SECONDS = 3600.0
SILENCE_SECONDS = 3 * 86400.0
"""A hook without an event for so long is deleted."""


def publish(
    account: Account, order: Order, domain: str, state: str, last_state: str, last_change: float
) -> None:
    """Puts a change of status into the outbox for every key whose hook does not filter the status out."""
    for key, config in account.hooks.items():
        if not lets_through(config, state):
            continue
        config["news_at"] = account.now
        body = {
            "Domain": domain,
            "OrderId": order.id,
            "State": state,
            "LastState": last_state,
            "LastChange": utc(last_change or order.created),
            "CurrentChange": utc(account.now),
            "Origin": {"Account": account.name, "Key": key},
        }
        number = account.next_number("hook")
        twice = account.chance("hook twice", key, number).random() < account.settings.hook_doubles
        for _ in range(2 if twice else 1):
            account.hook_outbox.append({"key": key, "body": body, "tries": 0, "due": 0.0})


def exists(account: Account, key: str) -> bool:
    """Whether this key has a hook; deletes one to which nothing came for too long."""
    config = account.hooks.get(key)
    if config is not None and account.now - float(config["news_at"]) > SILENCE_SECONDS:
        del account.hooks[key]
    return key in account.hooks


def take(account: Account, most: int) -> list[dict[str, Any]]:
    """Up to so many deliveries that are due in real time, out of the outbox."""
    now = time.time()
    account.hook_outbox = [each for each in account.hook_outbox if each["key"] in account.hooks]
    due = [number for number, each in enumerate(account.hook_outbox) if each["due"] <= now]
    if account.settings.hook_shuffles:
        account.chance("hook", account.next_number("hook burst")).shuffle(due)
    chosen = due[:most]
    taken = [account.hook_outbox[number] for number in chosen]
    gone = set(chosen)
    account.hook_outbox = [each for number, each in enumerate(account.hook_outbox) if number not in gone]
    return taken


def put_back(account: Account, delivery: dict[str, Any]) -> bool:
    """To be tried again, later each time; False when it was given up."""
    delivery["tries"] += 1
    if delivery["tries"] > MOST_TRIES:
        return False
    pause = account.settings.hook_retry_seconds * 2 ** (delivery["tries"] - 1)
    delivery["due"] = time.time() + min(pause, LONGEST_PAUSE_SECONDS)
    account.hook_outbox.append(delivery)
    return True
