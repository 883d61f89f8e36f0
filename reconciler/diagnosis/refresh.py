"""Findings made to agree with the mirror; never reads VTEX."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from reconciler.diagnosis.everything import PAGE, all_locks, all_pairs, handled_pairs
from reconciler.diagnosis.facts import Pair
from reconciler.diagnosis.mirror import Store, lock_cases, pair_cases
from reconciler.diagnosis.mirror import graces as installed_graces
from reconciler.diagnosis.mirror.phantoms import phantom_ids
from reconciler.diagnosis.rules import diagnose_lock, diagnose_pair
from reconciler.diagnosis.save import save
from reconciler.diagnosis.scope import candidates_of, scope_of
from reconciler.models import VtexAccount

T = TypeVar("T")


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
    store = Store(account, installed_graces())
    if lock_ids is None and pairs is None and order_ids is None:
        _refresh_all(store, now)
        return
    scope = scope_of(account, lock_ids or (), pairs or (), order_ids or ())
    _refresh_locks(store, scope.locks, now)
    _refresh_pairs(store, scope.pairs, now)


def _refresh_all(store: Store, now: datetime) -> None:
    for locks in all_locks(store.account):
        _refresh_locks(store, locks, now)
    for pairs in all_pairs(store.account):
        _refresh_locks(store, candidates_of(store.account, pairs), now)
        _refresh_pairs(store, pairs, now)
    if store.lists_show_cleared:
        for pairs in handled_pairs(store.account):
            _refresh_locks(store, phantom_ids(store.account, pairs), now)


def _refresh_locks(store: Store, lock_ids: Collection[str], now: datetime) -> None:
    for locks in _batches(sorted(lock_ids)):
        cases = lock_cases(store, locks)
        verdicts = [verdict for case in cases for verdict in diagnose_lock(case, now)]
        save(store.account, verdicts, locks=locks, pairs=(), now=now)


def _refresh_pairs(store: Store, pairs: Collection[Pair], now: datetime) -> None:
    for some in _batches(sorted(pairs)):
        cases = pair_cases(store, some)
        verdicts = [verdict for case in cases if (verdict := diagnose_pair(case, now))]
        save(store.account, verdicts, locks=(), pairs=some, now=now)


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    source = iter(values)
    while batch := list(islice(source, PAGE)):
        yield batch
