"""Many orders, SKUs or pairs: fetched at the same time, saved and diagnosed in groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from django.utils import timezone

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Sku, VtexAccount
from reconciler.sync import fetch, stock
from reconciler.sync.orders import OrderAsked, OrderFetch, OrderRead, asked, fetch_order, save_orders
from reconciler.sync.runs import Job, error_code
from reconciler.vtex import VtexClient, errors

ORDERS, PAIRS = 50, 25
"""How many are diagnosed together: hundreds cost hardly more than one, but what was read should show soon."""

Pair = tuple[str, str]
R = TypeVar("R")


def read_orders(job: Job, order_ids: Sequence[str]) -> None:
    """Reads these orders, each counted as one of "orders" and one unit of the job's progress."""
    with Reads(diagnose_orders, job, ORDERS) as reads:
        fetched = job.together(
            fetch_order, _asked(job.account, order_ids), partial(keep_orders, job, reads), ORDERS
        )
        for group in fetched:
            job.count("orders", len(group))
            job.advance(len(group))
            reads.judge_if_full()


def keep_orders(
    job: Job, reads: Reads[OrderRead], arrived: Sequence[tuple[Any, OrderFetch]]
) -> list[errors.VtexError | None]:
    """Saves what was fetched, to be judged with `reads`; what kept a history from being read."""
    fetched = [found for _, found in arrived]
    reads += save_orders(job.account, fetched)
    return [found.trouble for found in fetched]


def diagnose_orders(account: VtexAccount, reads: Sequence[OrderRead]) -> None:
    """The findings of these orders, together."""
    orders = sorted({read.order.order_id for read in reads if read.order})
    locks = sorted({lock_id for read in reads for lock_id in read.lock_ids})
    refresh(account, now=timezone.now(), order_ids=orders, lock_ids=locks)


def read_pairs(job: Job, pairs: Sequence[Pair]) -> None:
    """Reads these pairs, each one unit of the job's progress."""

    def save(arrived: Sequence[tuple[Pair, fetch.SkuRead]]) -> list[None]:
        for done in stock.save_all(job.account, [(found, [pair[1]]) for pair, found in arrived]):
            reads.extend(done)
        return [None for _ in arrived]

    with Reads(stock.diagnose, job, PAIRS) as reads:
        for group in job.together(
            lambda client, pair: fetch.sku(client, pair[0], [pair[1]]), pairs, save, PAIRS
        ):
            job.count("pairs", len(group))
            job.advance(len(group))
            reads.judge_if_full()


def read_skus(job: Job, sku_ids: Sequence[str]) -> None:
    """Reads these SKUs in all their warehouses, each one unit of the job's progress."""

    def save(arrived: Sequence[tuple[_Sku, fetch.SkuRead]]) -> list[None]:
        for done in stock.save_all(job.account, [(found, None) for _, found in arrived]):
            reads.extend(done)
            _count(job, done)
        return [None for _ in arrived]

    with Reads(stock.diagnose, job, PAIRS) as reads:
        for group in job.together(_fetch_sku, _held(job.account, sku_ids), save, PAIRS):
            for (sku_id, _), error in group:
                if error:
                    rows = Sku.objects.filter(account=job.account, sku_id=sku_id)
                    rows.update(sweep_error=error_code(error)[:40])
            job.advance(len(group))
            reads.judge_if_full()


_Sku = tuple[str, frozenset[str]]
"""A SKU and the warehouses in which the mirror holds some of it."""


def _fetch_sku(client: VtexClient, sku: _Sku) -> fetch.SkuRead:
    sku_id, held = sku
    read_at = timezone.now()
    inventory = client.get_inventory(sku_id)
    return fetch.around(client, read_at, sku_id, inventory, stock.worth_listing(inventory, held))


def _held(account: VtexAccount, sku_ids: Sequence[str]) -> Iterator[_Sku]:
    for some in _groups(sku_ids):
        held = stock.held(account, some)
        yield from ((sku_id, held.get(sku_id, frozenset())) for sku_id in some)


def _asked(account: VtexAccount, order_ids: Sequence[str]) -> Iterator[OrderAsked]:
    for some in _groups(order_ids):
        yield from asked(account, some)


def _groups(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[at : at + ORDERS] for at in range(0, len(ids), ORDERS))


def _count(job: Job, done: Sequence[stock.PairRead]) -> None:
    job.count("skus")
    job.count("pairs", len(done))
    for read in done:
        if read.state not in ("ok", "not_read"):
            job.count(f"unread_{read.state}")


class Reads(list[R]):
    """Reads that wait for their findings; a context manager that judges what was read whatever ended it."""

    def __init__(self, diagnose: Callable[[VtexAccount, Sequence[R]], None], job: Job, most: int) -> None:
        super().__init__()
        self._diagnose = diagnose
        self._account = job.account
        self._most = most

    def __enter__(self) -> Reads[R]:
        return self

    def __exit__(self, *details: object) -> None:
        self.judge()

    def judge_if_full(self) -> None:
        if len(self) >= self._most:
            self.judge()

    def judge(self) -> None:
        some, self[:] = list(self), []
        if some:
            self._diagnose(self._account, some)
