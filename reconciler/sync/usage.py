"""Who uses how much of the request budget: counted in memory, written now and then, read by the sync page.

A process that is killed takes its last seconds with it; nothing depends on these numbers.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

import structlog
from django.db import Error, connection, transaction
from django.utils import timezone

from reconciler.models import RequestUse, VtexAccount
from reconciler.vtex import errors
from reconciler.vtex.limits import Budget, Family, Gates, LimitSettings, PoliteLimiter, Priority
from reconciler.vtex.limits.limiter import counts_as_failure

log = structlog.get_logger(__name__)
FLUSH_SECONDS = 10.0
CLOSING_SECONDS = 1.0
"""Who is done writes what is left, but not again and again where many clients are closed in a row."""
KEEP = timedelta(days=7)
PRUNE_EVERY = timedelta(hours=1)
ROWS = 100
"""A statement; SQLite takes only so many parameters."""

Key = tuple[int, int, int, str]
"""Account, minute since the epoch, priority, family: in this order rows are locked, whoever writes them."""


@dataclass
class Use:
    """Requests that went out, those answered with 429, those that failed, and seconds waited for budget."""

    sent: int = 0
    refused: int = 0
    failed: int = 0
    waited: float = 0.0

    def add(self, other: Use) -> None:
        self.sent += other.sent
        self.refused += other.refused
        self.failed += other.failed
        self.waited += other.waited


class Counter:
    """Use that is not written yet; one for all threads of a process."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._uses: dict[Key, Use] = {}
        self._lock = Lock()
        self._written_at = clock()

    def count(self, account_id: int, priority: Priority, family: Family, use: Use) -> None:
        """Adds it to the present minute; once in a while the caller writes what there is."""
        now = self._clock()
        with self._lock:
            key = (account_id, int(now // 60), int(priority), str(family))
            self._uses.setdefault(key, Use()).add(use)
        self.flush(every=FLUSH_SECONDS)

    def flush(self, *, every: float = 0.0) -> None:
        """Writes what there is, unless that was done less than `every` seconds ago. What the database does
        not take is kept for the next time.
        """
        now = self._clock()
        with self._lock:
            if not self._uses or 0 <= now - self._written_at < every:
                return
            uses, self._uses, self._written_at = self._uses, {}, now
        try:
            _write(uses)
        except Error as error:
            log.warning("use of the request budget not written", reason=str(error).partition("\n")[0][:200])
            self._take_back(uses)

    def forget(self) -> None:
        """Drops what is not written."""
        with self._lock:
            self._uses.clear()

    def _take_back(self, uses: dict[Key, Use]) -> None:
        oldest = int(self._clock() // 60) - 60
        with self._lock:
            for key, use in uses.items():
                if key[1] >= oldest:
                    self._uses.setdefault(key, Use()).add(use)


counter = Counter()
"""Of this process."""


class MeteredLimiter(PoliteLimiter):
    """Counts what it lets out and what came back, for one account; it serves one thread."""

    def __init__(
        self,
        account: VtexAccount,
        settings: LimitSettings,
        *,
        budget: Budget,
        gates: Gates,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(settings, budget=budget, gates=gates, clock=clock, sleep=sleep)
        self._account_id = account.pk
        self._asked_since: float | None = None
        self._priority = Priority.SWEEP

    def ask(self, priority: Priority, family: Family) -> float:
        wait = super().ask(priority, family)
        self._priority = priority
        if wait > 0:
            self._asked_since = self._asked_since or self._clock()
        else:
            since, self._asked_since = self._asked_since, None
            waited = max(0.0, self._clock() - since) if since else 0.0
            counter.count(self._account_id, priority, family, Use(sent=1, waited=waited))
        return wait

    def report(self, family: Family, error: errors.VtexError | None) -> None:
        super().report(family, error)
        use = Use(refused=int(isinstance(error, errors.RateLimited)), failed=int(counts_as_failure(error)))
        if use.refused or use.failed:
            counter.count(self._account_id, self._priority, family, use)


def since(account: VtexAccount, moment: datetime) -> list[tuple[datetime, int, str, Use]]:
    """(minute, priority, family, use) of the minutes that began at or after the moment, oldest first."""
    rows = RequestUse.objects.filter(account=account, minute__gte=moment).order_by(
        "minute", "priority", "family"
    )
    found = rows.values_list("minute", "priority", "family", "sent", "refused", "failed", "waited_ms")
    return [
        (minute, who, what, Use(sent, refused, failed, ms / 1000))
        for minute, who, what, sent, refused, failed, ms in found
    ]


def host_of(family: str) -> str:
    """The host whose pause an endpoint family shares; "" for a family that is not known any more."""
    return str(Family(family).host) if family in set(Family) else ""


def prune(account: VtexAccount) -> None:
    """Forgets what is older than a week."""
    RequestUse.objects.filter(account=account, minute__lt=timezone.now() - KEEP).delete()


def _write(uses: dict[Key, Use]) -> None:
    rows = sorted(uses.items())
    with transaction.atomic(), connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS):
            some = rows[start : start + ROWS]
            places = ", ".join(["(%s, %s, %s, %s, %s, %s, %s, %s)"] * len(some))
            values = [value for key, use in some for value in _row(key, use)]
            cursor.execute(f"{_INSERT} {places} {_ADD}", values)


def _row(key: Key, use: Use) -> list[Any]:
    account_id, minute, priority, family = key
    began = connection.ops.adapt_datetimefield_value(datetime.fromtimestamp(60 * minute, UTC))
    waited_ms = round(1000 * use.waited)
    return [account_id, began, priority, family, use.sent, use.refused, use.failed, waited_ms]


_TABLE = RequestUse._meta.db_table
_COUNTS = ("sent", "refused", "failed", "waited_ms")
_INSERT = f"INSERT INTO {_TABLE} (account_id, minute, priority, family, {', '.join(_COUNTS)}) VALUES"
_ADD = "ON CONFLICT (account_id, minute, priority, family) DO UPDATE SET " + ", ".join(
    f"{name} = {_TABLE}.{name} + excluded.{name}" for name in _COUNTS
)
