"""Orders that somebody asked to have read, above all because VTEX told of a change (F4).

The detail wins over whatever an event said. Any number of workers may be at different orders of one store.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from reconciler.models import FeedEvent, OrderStatusEvent, OrderWorkflow, VtexAccount, WorkUnit
from reconciler.sync import events
from reconciler.sync.connection import StoreNotConfiguredError, crew_for
from reconciler.sync.orders import MISSING, OrderFetch, OrderRead, asked, fetch_order, save_orders
from reconciler.sync.runs import NOT_KEPT
from reconciler.sync.together import diagnose_orders
from reconciler.sync.trouble import sentence
from reconciler.vtex import errors
from reconciler.vtex.limits import Priority
from reconciler.work import stopping, units
from reconciler.work.batch import wait
from reconciler.work.handlers import Handler, Hold, PutBack

AT_ONCE = 25
AGAIN = timedelta(seconds=5)
"""A detail that does not show yet what an event tells is read once more after so long."""
SLACK = timedelta(seconds=1)
"""By so much two times of one change may differ."""
AFTER_TROUBLE, AFTER_REFUSAL = 5.0, 60.0
HISTORY_TRIES = 5

_STOPS = (errors.NotSent, errors.Unauthorized, errors.RateLimited, errors.ConnectionLost)
"""What would meet the next order too."""


@dataclass
class _Done:
    """reads: by order id. failed: orders that must be tried again, and why. stop: why the rest was left."""

    reads: dict[str, OrderRead] = field(default_factory=dict)
    failed: dict[str, errors.VtexError] = field(default_factory=dict)
    stop: errors.VtexError | None = None


def run(account: VtexAccount, batch: list[WorkUnit]) -> None:
    """Reads, saves and diagnoses the orders, then settles the events that were there before it read."""
    order_ids = [unit.key for unit in batch]
    told = events.waiting(account, order_ids)
    try:
        done = _read(account, batch)
    except StoreNotConfiguredError as error:
        raise PutBack(timedelta(seconds=AFTER_REFUSAL), sentence(account.name, error)) from error
    _note_steps(done, told)
    diagnose_orders(account, list(done.reads.values()))
    _settle(account, done, told)
    _leave_the_rest(account, batch, done)


def _read(account: VtexAccount, batch: Sequence[WorkUnit]) -> _Done:
    done, tries = _Done(), {unit.key: unit.attempts for unit in batch}
    wanted = asked(account, [unit.key for unit in batch])
    fetched: dict[str, OrderFetch] = {}
    with closing(crew_for(account, Priority.FEED)) as crew, closing(crew.read(fetch_order, wanted)) as reads:
        for order, read in reads:
            try:
                found = fetched[order.order_id] = read.result()
                if found.trouble and tries[order.order_id] < HISTORY_TRIES:
                    raise found.trouble
            except _STOPS as error:
                done.stop = done.failed[order.order_id] = error
            except errors.VtexError as error:
                done.failed[order.order_id] = error
            if done.stop or stopping.asked.is_set():
                break
    _save(account, fetched, done)
    return done


def _save(account: VtexAccount, fetched: dict[str, OrderFetch], done: _Done) -> None:
    """Together; one by one where one of them holds what no mirror can keep."""
    try:
        done.reads |= zip(fetched, save_orders(account, list(fetched.values())), strict=True)
    except NOT_KEPT:
        if len(fetched) > 1:
            for order_id, found in fetched.items():
                _save(account, {order_id: found}, done)
        else:
            done.failed |= dict.fromkeys(fetched, errors.SuspiciousAnswer("a value that no mirror can keep"))


def _note_steps(done: _Done, told: dict[str, list[FeedEvent]]) -> None:
    """What the events tell of the orders' history, beside what other sources tell."""
    rows = [
        OrderStatusEvent(
            order=read.order,
            instance=event.domain,
            step=event.state,
            at=event.changed_at,
            source=OrderStatusEvent.Source.FEED,
            first_seen_at=event.received_at,
        )
        for order_id, read in done.reads.items()
        for event in told.get(order_id, ())
        if read.order and event.state and event.changed_at
    ]
    OrderStatusEvent.objects.bulk_create(rows, ignore_conflicts=True)


def _settle(account: VtexAccount, done: _Done, told: dict[str, list[FeedEvent]]) -> None:
    now = timezone.now()
    complete = {order_id: read for order_id, read in done.reads.items() if order_id not in done.failed}
    early = _early(complete, told, now)
    events.settle([event for each in complete.keys() - early for event in told.get(each, ())], now)
    units.want(account, events.ORDER, early, priority=Priority.FEED, run_after=now + AGAIN)


def _early(reads: dict[str, OrderRead], told: dict[str, list[FeedEvent]], now: datetime) -> set[str]:
    """Orders with an event of just now that their detail does not show, or without a detail (F2)."""
    fresh = {
        order_id: [event for event in told.get(order_id, ()) if event.received_at > now - AGAIN]
        for order_id in reads
    }
    orders = [read.order for order_id, read in reads.items() if fresh[order_id] and read.order]
    changes = dict[int, list[datetime]]()
    workflows = OrderWorkflow.objects.filter(order__in=orders, last_change_at__isnull=False)
    for order, at in workflows.values_list("order_id", "last_change_at"):
        changes.setdefault(order, []).append(at or now)
    return {
        order_id
        for order_id, read in reads.items()
        if any(not _shows(read, event, changes) for event in fresh[order_id])
    }


def _shows(read: OrderRead, event: FeedEvent, changes: dict[int, list[datetime]]) -> bool:
    order = read.order
    if read.reason or order is None:
        return read.reason != MISSING
    last = max([*changes.get(order.pk, ()), *filter(None, [order.last_change_at])], default=None)
    return (
        event.changed_at is None
        or event.state == order.status
        or last is None
        or event.changed_at <= last + SLACK
    )


def _leave_the_rest(account: VtexAccount, batch: Sequence[WorkUnit], done: _Done) -> None:
    failed = [unit for unit in batch if unit.key in done.failed]
    left = [unit for unit in batch if unit.key not in done.reads and unit.key not in done.failed]
    if done.stop:
        until = timezone.now() + timedelta(seconds=_pause(done.stop))
        raise Hold(until, _why(account, done.stop), [*left, *failed], [events.ORDER]) from done.stop
    if failed:
        units.put_back(left, after=timedelta())
        error = next(iter(done.failed.values()))
        after = wait(max(unit.attempts for unit in failed))
        raise PutBack(after, _why(account, error), failed) from error
    if left:
        raise PutBack(timedelta(), units=left)


def _pause(error: errors.VtexError) -> float:
    least = AFTER_REFUSAL if isinstance(error, errors.Unauthorized) else AFTER_TROUBLE
    wished = getattr(error, "retry_after", None) or least
    return min(wished, float(settings.VTEX_PAUSE_MAX_SECONDS))


def _why(account: VtexAccount, error: errors.VtexError) -> str:
    return sentence(account.name, error)[:200]


HANDLERS = [Handler(events.ORDER, AT_ONCE, run)]
