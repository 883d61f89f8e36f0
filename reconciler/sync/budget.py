"""The request budget and the gates of an account in the database, shared by all its processes.

Each draw is one conditional UPDATE: nothing stays locked while a request runs or waits.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import F, Q, QuerySet

from reconciler.models import RequestBudget, VtexAccount
from reconciler.vtex.limits import LimitSettings, Priority, Wallet, grant

BUDGET = "budget"
SNAPSHOT_SECONDS = 0.25


class DatabaseBudget:
    """GCRA over one row: its `tat` is the time up to which the account's budget is spent.

    Staff and previews draw what they need; for background work a wallet draws some tokens at a time. One
    object serves one thread.
    """

    def __init__(
        self, account: VtexAccount, settings: LimitSettings, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._account = account
        self._settings = settings
        self._clock = clock
        self._due: float | None = None
        self._wallets = {each: Wallet(settings.most_drawn(each), settings.keeps) for each in Priority}

    def take(self, priority: Priority) -> float:
        """0.0 when a request was granted, else the seconds until asking again makes sense."""
        wallet, now = self._wallets[priority], self._clock()
        if wallet.spend(now):
            return 0.0
        count = wallet.wants(now)
        wait = self._draw(priority, count)
        if wait <= 0:
            wallet.fill(count, now)
        return wait

    def _draw(self, priority: Priority, count: int) -> float:
        due, self._due = self._due, None
        if due is None:
            due = self._read()
        while True:
            wait, spent = grant(due, self._clock(), priority, self._settings, count)
            if wait > 0:
                return wait
            if _rows(self._account, BUDGET).filter(tat=due).update(tat=spent):
                self._due = spent
                return 0.0
            due = self._read()

    def _read(self) -> float:
        """The shared number; what this process remembers of it is only a guess that the update checks."""
        rows = _rows(self._account, BUDGET).values_list("tat", flat=True)
        found = rows.first()
        if found is None:
            _make(self._account, BUDGET)
            found = rows.get()
        return found


class DatabaseGates:
    """Pauses after a 429 and breakers, under the limiter's names ("host:orders", "family:sku").

    What other processes closed is seen within a quarter of a second; one object serves one thread.
    """

    def __init__(self, account: VtexAccount) -> None:
        self._account = account
        self._rows: dict[str, RequestBudget] = {}
        self._read_at = float("-inf")

    def closed_until(self, name: str) -> float:
        row = self._snapshot().get(_family(name))
        until = getattr(row, _field(name)) if row else None
        return until.timestamp() if until else 0.0

    def close(self, name: str, until: float) -> None:
        field, moment = _field(name), datetime.fromtimestamp(until, UTC)
        _make(self._account, _family(name))
        earlier = Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lt": moment})
        _rows(self._account, _family(name)).filter(earlier).update(**{field: moment})
        self._forget_snapshot()

    def count_failure(self, name: str) -> int:
        _make(self._account, _family(name))
        rows = _rows(self._account, _family(name))
        rows.update(breaker_failures=F("breaker_failures") + 1)
        self._forget_snapshot()
        return rows.values_list("breaker_failures", flat=True).get()

    def forget_failures(self, name: str) -> None:
        row = self._snapshot().get(_family(name))
        if row and row.breaker_failures:
            _rows(self._account, _family(name)).update(breaker_failures=0)
            self._forget_snapshot()

    def _snapshot(self) -> dict[str, RequestBudget]:
        if time.monotonic() - self._read_at > SNAPSHOT_SECONDS:
            rows = RequestBudget.objects.filter(account=self._account)
            self._rows = {row.family: row for row in rows}
            self._read_at = time.monotonic()
        return self._rows

    def _forget_snapshot(self) -> None:
        self._read_at = float("-inf")


def _family(name: str) -> str:
    return name.removeprefix("family:")


def _field(name: str) -> str:
    return "paused_until" if name.startswith("host:") else "breaker_open_until"


def _rows(account: VtexAccount, family: str) -> QuerySet[RequestBudget]:
    return RequestBudget.objects.filter(account=account, family=family)


def _make(account: VtexAccount, family: str) -> None:
    RequestBudget.objects.bulk_create([RequestBudget(account=account, family=family)], ignore_conflicts=True)


@dataclass(frozen=True)
class Closed:
    """A part of VTEX that is left alone until then: a host after a 429, or an endpoint family while its
    breaker is open.
    """

    name: str
    is_pause: bool
    until: datetime


def closed(account: VtexAccount, now: datetime) -> list[Closed]:
    """What is not asked right now, by any process, the longest pause first."""
    found = []
    for row in RequestBudget.objects.filter(account=account):
        if row.paused_until and row.paused_until > now:
            found.append(Closed(row.family.removeprefix("host:"), True, row.paused_until))
        if row.breaker_open_until and row.breaker_open_until > now:
            found.append(Closed(row.family, False, row.breaker_open_until))
    return sorted(found, key=lambda each: (-each.until.timestamp(), each.name))
