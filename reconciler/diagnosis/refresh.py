"""Findings made to agree with the mirror; never reads VTEX."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from reconciler.diagnosis.cases import Graces
from reconciler.diagnosis.facts import Pair
from reconciler.diagnosis.mirror import graces as installed_graces
from reconciler.diagnosis.mirror import lock_cases, pair_cases
from reconciler.diagnosis.rules import diagnose_lock, diagnose_pair
from reconciler.diagnosis.save import save
from reconciler.diagnosis.scope import scope_of
from reconciler.models import VtexAccount

T = TypeVar("T")
BATCH = 300


def refresh(
    account: VtexAccount,
    *,
    now: datetime,
    lock_ids: Collection[str] | None = None,
    pairs: Collection[Pair] | None = None,
    order_ids: Collection[str] | None = None,
) -> None:
    """Opens, updates and closes findings for what these changes concern; for everything when none are named.

    Idempotent, and safe to run twice at once. `now` is the present; reads of the mirror are never later.
    """
    scope = scope_of(account, lock_ids, pairs, order_ids)
    limits = installed_graces()
    for locks in _batches(sorted(scope.locks)):
        _refresh_locks(account, locks, limits, now)
    for some in _batches(sorted(scope.pairs)):
        _refresh_pairs(account, some, limits, now)


def _refresh_locks(account: VtexAccount, locks: list[str], limits: Graces, now: datetime) -> None:
    cases = lock_cases(account, locks, limits)
    verdicts = [verdict for case in cases for verdict in diagnose_lock(case, now)]
    save(account, verdicts, locks=locks, pairs=(), now=now)


def _refresh_pairs(account: VtexAccount, pairs: list[Pair], limits: Graces, now: datetime) -> None:
    cases = pair_cases(account, pairs, limits)
    verdicts = [verdict for case in cases if (verdict := diagnose_pair(case, now))]
    save(account, verdicts, locks=(), pairs=pairs, now=now)


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    source = iter(values)
    while batch := list(islice(source, BATCH)):
        yield batch
