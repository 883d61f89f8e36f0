"""What VTEX posts to a hook (F4): a change of status, or the ping with which it tries the address."""

from __future__ import annotations

import msgspec

from reconciler.sync import events
from reconciler.vtex import payloads

PING = "ping"


class UnreadableError(ValueError):
    """The delivery can not be used; its text says why, without repeating what was sent."""


def read(body: bytes) -> payloads.HookEvent | None:
    """The change that a delivery tells; None is a ping. Raises UnreadableError."""
    try:
        told = payloads.decode(body, payloads.HookEvent)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise UnreadableError("The body is no JSON object as VTEX sends it to a hook.") from error
    if told.hook_config is not None:
        if told.hook_config != PING:
            raise UnreadableError("hookConfig is known as ping only.")
        return None
    if not 0 < len(told.order_id) <= events.LONGEST_ID or "\0" in told.order_id:
        raise UnreadableError(f"OrderId must be a text of 1 to {events.LONGEST_ID} characters.")
    return told


def is_of(told: payloads.HookEvent, store: str) -> bool:
    """Whether this store's VTEX account sent it; a delivery may leave its origin out."""
    named = told.origin.account if told.origin else ""
    return not named or named.lower() == store
