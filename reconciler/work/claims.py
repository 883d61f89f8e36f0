"""What is done next: one kind of one store at a time, the most urgent first, no store at another's cost.

Times are this machine's. Hosts whose clocks differ by more than a lease do some work twice, but leave none.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, QuerySet, Value, When
from django.db.models.functions import Least
from django.utils import timezone

from reconciler.models import NEVER, VtexAccount, WorkUnit

URGENT = 2
"""Staff, previews and events: somebody waits for it."""
LEAST = 4
"""The least urgent of the priorities."""
WINDOW = 4
"""How much further a claim looks than it takes: kinds are mixed, and others claim at the same time."""
PATIENCE = 2
"""Workers that may die over a unit before it has to wait a while."""
SUSPICION = timedelta(minutes=10)
DIED = "The worker that had it ended."


def claim(
    *,
    limit: int | Mapping[str, int],
    kinds: Collection[str] | None = None,
    most_urgent: int | None = None,
    account: VtexAccount | None = None,
    now: datetime | None = None,
) -> list[WorkUnit]:
    """Leases up to `limit` ready units (by kind, if a mapping) of one kind of one store; none: [].

    `most_urgent`: only those of this priority or a more urgent one. A lease that ran out is free again.
    """
    now = now or timezone.now()
    free_expired(now)
    if kinds is None and not isinstance(limit, int):
        kinds = limit.keys()
    ready = WorkUnit.objects.filter(lease_until__isnull=True, run_after__lte=now)
    if kinds is not None:
        ready = ready.filter(kind__in=list(kinds))
    for store, priority in _turns(ready, LEAST if most_urgent is None else most_urgent, account):
        if units := _take(ready.filter(account_id=store, priority=priority), limit, now):
            return units
    return []


def free_expired(now: datetime) -> int:
    """Takes back the units of workers that are gone; how many."""
    expired = WorkUnit.objects.filter(lease_until__lte=now)
    if not expired.exists():
        return 0
    freed = {"lease_until": None, "error": DIED, "updated_at": now}
    with transaction.atomic():
        found = expired.select_for_update(skip_locked=True).values_list("pk", "attempts")
        again = [pk for pk, attempts in found if attempts <= PATIENCE]
        later = [pk for pk, attempts in found if attempts > PATIENCE]
        for keys, at in ((again, now), (later, now + SUSPICION)):
            WorkUnit.objects.filter(pk__in=keys).update(**freed, run_after=Least(F("run_after"), Value(at)))
    return len(again) + len(later)


def _turns(ready: QuerySet[WorkUnit], least: int, account: VtexAccount | None) -> list[tuple[int, int]]:
    """Stores that have ready units, each with the priority of its most urgent, in the order to serve them.

    What somebody waits for goes first, then the store for which the fewest units run.
    """
    of_store = ready.filter(account=OuterRef("pk"))
    first = Case(
        *[When(Exists(of_store.filter(priority=each)), then=Value(each)) for each in range(least + 1)],
        output_field=IntegerField(),
    )
    stores = VtexAccount.objects.filter(pk=account.pk) if account else VtexAccount.objects.all()
    found = [row for row in stores.order_by().values_list("pk", first) if row[1] is not None]
    running = _running() if len(found) > 1 else {}

    def turn(row: tuple[int, int]) -> tuple[int, int, int, float]:
        store, priority = row
        chance = random.random()  # noqa: S311 - between equals
        return min(priority, URGENT + 1), running.get(store, 0), priority, chance

    return sorted(found, key=turn)


def _running() -> dict[int, int]:
    leased = WorkUnit.objects.filter(lease_until__isnull=False).order_by()
    return dict(leased.values_list("account").annotate(Count("id")))


def _take(ready: QuerySet[WorkUnit], limit: int | Mapping[str, int], now: datetime) -> list[WorkUnit]:
    most = limit if isinstance(limit, int) else max(limit.values())
    seen = list(ready.order_by("run_after", "pk").values_list("pk", "kind")[: most * WINDOW])
    if not seen:
        return []
    kind = seen[0][1]
    count = limit if isinstance(limit, int) else limit[kind]
    free = ready.filter(pk__in=[pk for pk, each in seen if each == kind])
    with transaction.atomic():
        found = free.select_for_update(skip_locked=True, of=("self",)).select_related("account")
        return _lease(list(found.order_by("run_after", "pk")[:count]), now)


def _lease(units: list[WorkUnit], now: datetime) -> list[WorkUnit]:
    until = now + timedelta(seconds=settings.WORK_LEASE_SECONDS)
    WorkUnit.objects.filter(pk__in=[unit.pk for unit in units]).update(
        lease_until=until, run_after=NEVER, fence=F("fence") + 1, attempts=F("attempts") + 1, updated_at=now
    )
    for unit in units:
        unit.lease_until, unit.run_after = until, NEVER
        unit.fence += 1
        unit.attempts += 1
    return units
