"""What falls due by the clock, once however many workers there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction

from reconciler.models import Tick, VtexAccount
from reconciler.work.batch import DATABASE_TROUBLE

log = structlog.get_logger(__name__)
AFTER_ERROR = timedelta(minutes=1)


@dataclass(frozen=True)
class Every:
    """Runs for each store once a span, in one transaction with the schedule: it should only ask for work."""

    name: str
    span: Callable[[], timedelta]
    run: Callable[[VtexAccount], None]
    applies: Callable[[VtexAccount], bool] = lambda account: True


def take(name: str, account: VtexAccount | None, every: timedelta, now: datetime) -> bool:
    """Whether it is due and this caller is the one to do it; the first time it is due at once.

    In a transaction with what it is about: then it stays due if that fails.
    """
    rows = Tick.objects.filter(account=account, name=name)
    tick = rows.first()
    if tick is None:
        Tick.objects.bulk_create([Tick(account=account, name=name, next_at=now)], ignore_conflicts=True)
        tick = rows.get()
    if tick.next_at > now:
        return False
    return rows.filter(next_at=tick.next_at).update(next_at=now + every) == 1


def fire(ticks: Iterable[Every], accounts: Iterable[VtexAccount], now: datetime) -> int:
    """Runs what is due; how many. One that fails is tried again in a minute and keeps no other waiting."""
    stores = {account.pk: account for account in accounts}
    waiting = set(Tick.objects.filter(account__in=stores, next_at__gt=now).values_list("account_id", "name"))
    due = [
        (store, tick)
        for store, account in stores.items()
        for tick in ticks
        if (store, tick.name) not in waiting and tick.applies(account)
    ]
    return sum(_fire(tick, stores[store], now) for store, tick in due)


def _fire(tick: Every, account: VtexAccount, now: datetime) -> bool:
    try:
        with transaction.atomic():
            if not take(tick.name, account, tick.span(), now):
                return False
            tick.run(account)
    except DATABASE_TROUBLE:
        raise
    except Exception:
        log.exception("tick failed", tick=tick.name, store=account.name)
        take(tick.name, account, AFTER_ERROR, now)
        return False
    return True
