"""Feed and hook: their configurations and events (F4)."""

from typing import Any

import msgspec

from reconciler.vtex.payloads.base import Payload, Rows
from reconciler.vtex.payloads.scalars import Count, Flag, Text


class EventFilter(Payload, frozen=True, kw_only=True):
    """type: FromWorkflow (by status) or FromOrders (by expression)."""

    type: Text = ""
    status: Rows[str] = msgspec.field(default_factory=list)
    expression: Text = ""
    disable_single_fire: Flag = msgspec.field(default=False, name="disableSingleFire")


class FeedConfig(Payload, frozen=True, kw_only=True):
    """quantity: events in the queue, those that were read and not committed too.

    VTEX spells the age of the oldest one in two ways; `oldest_seconds` reads both.
    """

    filter: EventFilter | None = None
    quantity: Count = 0
    approximate: float | None = msgspec.field(default=None, name="approximateAgeOfOldestMessageInSeconds")
    aproximate: float | None = msgspec.field(default=None, name="aproximateAgeOfOldestMessageInSeconds")

    @property
    def oldest_seconds(self) -> float:
        return self.approximate or self.aproximate or 0.0


class HookTarget(Payload, frozen=True, kw_only=True):
    """Where VTEX sends to. Its headers, which hold a secret, are never decoded."""

    url: Text = ""


class HookConfig(Payload, frozen=True, kw_only=True):
    filter: EventFilter | None = None
    hook: HookTarget | None = None


class FeedItem(Payload, frozen=True, kw_only=True, rename="camel"):
    """One change of status as the feed tells it; the order's detail is read all the same (F4).

    handle: commits it, until its visibility timeout. Times are as VTEX wrote them.
    """

    order_id: Text = ""
    handle: Text = ""
    event_id: Text = ""
    domain: Text = ""
    state: Text = ""
    last_state: Text = ""
    last_change: Text = ""
    current_change: Text = ""


class Origin(Payload, frozen=True, kw_only=True, rename="pascal"):
    """Whose hook it is: the account, and the app key that configured it."""

    account: Text = ""
    key: Text = ""


class HookEvent(Payload, frozen=True, kw_only=True, rename="pascal"):
    """One change of status as VTEX posts it to a hook; all but the order may be missing (F4).

    `hook_config` is "ping" when VTEX tries the address before it accepts the configuration.
    """

    order_id: Text = ""
    domain: Text = ""
    state: Text = ""
    last_state: Text = ""
    last_change: Text = ""
    current_change: Text = ""
    origin: Origin | None = None
    hook_config: Any = msgspec.field(default=None, name="hookConfig")
