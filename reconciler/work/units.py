"""Units of work as rows: asked for by anybody, done under a lease and a fence.

A unit asked for again while it runs is done again: what the running one read may be older than the second
wish. A worker that lost its lease changes nothing any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Least
from django.utils import timezone

from reconciler.models import VtexAccount, WorkUnit
from reconciler.work import dispatch
from reconciler.work.claims import claim
from reconciler.work.counts import Pending, pending

__all__ = ["Pending", "claim", "finish", "hold", "pending", "put_back", "renew", "want"]

T = TypeVar("T")
BATCH = 400
"""Keys a statement; SQLite takes only so many parameters."""


def want(
    account: VtexAccount,
    kind: str,
    keys: Iterable[str],
    *,
    priority: int,
    run_after: datetime | None = None,
    payloads: Mapping[str, Any] | None = None,
) -> None:
    """Asks for one unit a key. One asked for before is done once more, as urgent and as soon as any wish.

    Belongs into the transaction that stores what the wish is about. `payloads`, by key, are kept from the
    first wish: a key says all that its payload says.
    """
    now = timezone.now()
    due, given = run_after or now, payloads or {}
    for batch in _batches(sorted(set(keys))):
        rows = [
            WorkUnit(account=account, kind=kind, key=key, priority=priority, run_after=due, version=0,
                     payload=given.get(key, {}), created_at=now, updated_at=now)
            for key in batch
        ]  # fmt: skip
        with transaction.atomic():
            WorkUnit.objects.bulk_create(rows, ignore_conflicts=True)
            _locked(WorkUnit.objects.filter(account=account, kind=kind, key__in=batch)).update(
                version=F("version") + 1,
                priority=Least(F("priority"), Value(priority)),
                run_after=Least(F("run_after"), Value(due)),
                updated_at=now,
            )
    if due <= now:
        dispatch.announce()


def finish(units: Sequence[WorkUnit]) -> None:
    """Done: the rows go. One asked for again meanwhile becomes ready when it was asked to be."""
    with transaction.atomic():
        for mine, version in _mine(units):
            held = _locked(mine)
            held.filter(version=version).delete()
            held.update(lease_until=None, attempts=0, error="", updated_at=timezone.now())


def put_back(units: Sequence[WorkUnit], *, after: timedelta, error: str = "") -> None:
    """To be done later, by anybody; at once where it was asked for again meanwhile. Ends the claim: who puts
    back some of a batch can finish all of it.
    """
    now = timezone.now()
    with transaction.atomic():
        for mine, _ in _mine(units):
            _locked(mine).update(
                lease_until=None,
                fence=F("fence") + 1,
                run_after=Least(F("run_after"), Value(now + after)),
                error=error[:200],
                updated_at=now,
            )


def renew(units: Sequence[WorkUnit]) -> None:
    """Keeps the leases of units still being worked on; a lease that somebody took over stays theirs."""
    until = timezone.now() + timedelta(seconds=settings.WORK_LEASE_SECONDS)
    with transaction.atomic():
        for mine, _ in _mine(units):
            _locked(mine.filter(lease_until__isnull=False)).update(lease_until=until)


def hold(account: VtexAccount, until: datetime, kinds: Collection[str] | None = None) -> int:
    """Lets what waits for a store wait until then; how many units. What is asked for later does not wait."""
    ready = WorkUnit.objects.filter(account=account, lease_until__isnull=True, run_after__lt=until)
    if kinds is not None:
        ready = ready.filter(kind__in=kinds)
    if not ready.exists():
        return 0
    with transaction.atomic():
        free = ready.select_for_update(skip_locked=True).values("pk")
        return WorkUnit.objects.filter(pk__in=free).update(run_after=until)


def _mine(units: Sequence[WorkUnit]) -> Iterator[tuple[QuerySet[WorkUnit], int]]:
    """The rows still under the fence they were claimed with, and the version they had then."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for unit in units:
        groups[unit.fence, unit.version].append(unit.pk)
    for (fence, version), keys in sorted(groups.items()):
        for batch in _batches(keys):
            yield WorkUnit.objects.filter(pk__in=batch, fence=fence), version


def _locked(units: QuerySet[WorkUnit]) -> QuerySet[WorkUnit]:
    """The rows, locked in one order wherever they are locked, so that no two of us wait for each other."""
    found = units.select_for_update().order_by("pk").values_list("pk", flat=True)
    return WorkUnit.objects.filter(pk__in=list(found))


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))
