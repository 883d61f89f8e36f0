"""Changes of status that VTEX told by feed or hook: kept once each, and each asks for a read of its order.

VTEX delivers at least once and in no order (F4), so an event says only that there is something to read; what
became of the order its detail tells.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from reconciler.models import EventSource, FeedConfig, FeedEvent, VtexAccount
from reconciler.sync.forgetting import forget
from reconciler.vtex import times
from reconciler.vtex.limits import Priority
from reconciler.work import units

ORDER = "order"
"""The unit that an event asks for; its key is the order id."""
STATUSES = (
    "order-created", "payment-pending", "payment-approved", "waiting-ffmt-authorization", "window-to-cancel",
    "ready-for-handling", "start-handling", "handling", "ready-for-invoicing", "invoice", "invoiced",
    "cancellation-requested", "invoice-after-cancellation-deny", "request-cancel", "cancel", "canceled",
    "replaced",
)  # fmt: skip
"""What we ask feed and hook to tell: where an order stays, and what ends it. Other steps pass by themselves
within seconds; one that hangs in them is found when open orders are re-read in turn (F3.2).
"""
LONGEST_ID = 200


class Notice(Protocol):
    """One change of status, as `payloads.FeedItem` and `payloads.HookEvent` have it; "" is unknown."""

    @property
    def order_id(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def last_state(self) -> str: ...
    @property
    def last_change(self) -> str: ...
    @property
    def current_change(self) -> str: ...


def store(account: VtexAccount, notices: Iterable[Notice], source: EventSource) -> int:
    """Keeps what is new and asks for a read of its orders, both or neither; how many were new.

    Once it returns, nothing told is lost. The number of statements does not depend on how many there are or
    what is kept already. Duplicates write nothing. A notice that names no possible order is left out.
    """
    told = {row.digest: row for row in (_row(account, each, source) for each in notices) if row}
    kept = FeedEvent.objects.filter(account=account, digest__in=told)
    known = set(kept.values_list("digest", flat=True))
    new = [row for digest, row in sorted(told.items()) if digest not in known]
    again = [row for digest, row in told.items() if digest in known and row.changed_at is None]
    if not new and not again:
        return 0
    with transaction.atomic():
        FeedEvent.objects.bulk_create(new, ignore_conflicts=True)
        if again:  # without a time, two changes look like one
            kept.filter(changed_at=None).update(processed_at=None)
        units.want(account, ORDER, [row.order_id for row in [*new, *again]], priority=Priority.FEED)
    return len(new)


def _row(account: VtexAccount, told: Notice, source: EventSource) -> FeedEvent | None:
    order_id = told.order_id
    if not order_id or len(order_id) > LONGEST_ID or order_id != _clean(order_id):
        return None
    changed = told.current_change or told.last_change
    changed_at = _moment(changed)
    moment = changed_at.isoformat() if changed_at else changed
    name = "\n".join((order_id, _clean(told.domain), _clean(told.state), _clean(moment)))
    return FeedEvent(
        account=account,
        digest=hashlib.sha256(name.encode()).hexdigest(),
        source=source,
        order_id=order_id,
        domain=_clean(told.domain)[:50],
        state=_clean(told.state)[:100],
        last_state=_clean(told.last_state)[:100],
        changed_at=changed_at,
        last_change_at=_moment(told.last_change),
        received_at=timezone.now(),
    )


def _clean(text: str) -> str:
    """Text that both engines store unchanged."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _moment(text: str) -> datetime | None:
    try:
        return times.parse(text)
    except ValueError:
        return None


def waiting(account: VtexAccount, order_ids: Collection[str]) -> dict[str, list[FeedEvent]]:
    """The events of these orders after which their order was not read yet."""
    found: dict[str, list[FeedEvent]] = defaultdict(list)
    for event in FeedEvent.objects.filter(account=account, order_id__in=order_ids, processed_at=None):
        found[event.order_id].append(event)
    return found


def settle(events: Collection[FeedEvent], now: datetime) -> None:
    """Their orders were read after they were looked up; what was stored meanwhile goes on waiting."""
    FeedEvent.objects.filter(pk__in=[event.pk for event in events]).update(processed_at=now)


def prune(account: VtexAccount, now: datetime) -> int:
    """Forgets what was dealt with and came before FEED_KEEP_DAYS; how many. Told again, it is read anew."""
    old = FeedEvent.objects.filter(
        account=account,
        received_at__lt=now - timedelta(days=settings.FEED_KEEP_DAYS),
        processed_at__isnull=False,
    )
    return forget(old, "received_at")


@dataclass(frozen=True)
class Lag:
    """How far the mirror is behind what VTEX told.

    waiting: events here whose orders were not read yet, since `oldest`. queued: events that VTEX still holds
    in the feed, since `queued_since`, as of `told_at`; None without a feed of ours. read_at: when the feed
    was last read to its end. last_event: when the last one came. lately: how many in the last hour, by
    source.
    """

    waiting: int
    oldest: datetime | None
    queued: int | None
    queued_since: datetime | None
    told_at: datetime | None
    read_at: datetime | None
    last_event: datetime | None
    lately: dict[str, int]

    def seconds(self, now: datetime) -> float:
        """Of the oldest change that the mirror does not show yet, as far as is known; 0: none."""
        since = [at for at in (self.oldest, self.queued_since) if at]
        return max((now - min(since)).total_seconds(), 0.0) if since else 0.0


def lag(account: VtexAccount, now: datetime | None = None) -> Lag:
    """In a fixed number of queries."""
    now = now or timezone.now()
    rows = FeedEvent.objects.filter(account=account)
    left = rows.filter(processed_at=None).aggregate(count=Count("pk"), oldest=Min("received_at"))
    lately = rows.filter(received_at__gt=now - timedelta(hours=1)).order_by()
    feed = FeedConfig.objects.filter(
        account=account, kind=EventSource.FEED, state=FeedConfig.State.OURS
    ).first()
    return Lag(
        waiting=left["count"],
        oldest=left["oldest"],
        queued=feed.quantity if feed else None,
        queued_since=_queued_since(feed) if feed else None,
        told_at=feed.seen_at if feed else None,
        read_at=feed.read_at if feed else None,
        last_event=rows.aggregate(at=Max("received_at"))["at"],
        lately=dict(lately.values_list("source").annotate(Count("pk"))),
    )


def _queued_since(feed: FeedConfig) -> datetime | None:
    """A queue that was read to its end after VTEX told of it holds nothing old any more."""
    if not feed.quantity or feed.oldest_seconds is None or feed.seen_at is None:
        return None
    if feed.read_at and feed.read_at > feed.seen_at:
        return None
    return feed.seen_at - timedelta(seconds=feed.oldest_seconds)
