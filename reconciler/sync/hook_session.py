"""The hook's own conversation with the database: quick to give up, and what is stored is on the disk."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from reconciler.models import EventSource, HookTally, VtexAccount
from reconciler.sync import accounts, events
from reconciler.work.batch import DATABASE_TROUBLE

SETTINGS = {
    # SQLite's own waiting sleeps up to 100 ms at a time, and who writes all the time would keep a burst out.
    "sqlite": ("PRAGMA synchronous=FULL", "PRAGMA busy_timeout=0"),
    "postgresql": (
        "SET synchronous_commit=on",
        "SET statement_timeout='500ms'",
        "SET lock_timeout='400ms'",
    ),
}
LOCKED_PAUSE_SECONDS = 0.003
AWAY_PAUSE_SECONDS = 0.05


class Session:
    """For one thread, which keeps its connection."""

    def __init__(self) -> None:
        self._accounts: dict[str, VtexAccount] = {}
        self._open = False

    def store(self, store: str, notices: Sequence[events.Notice], until: float) -> None:
        """Keeps the changes and asks for reads of their orders; tries again while there is time.

        Raises what the database has against it (DATABASE_TROUBLE) when time is up.
        """
        self._patiently(lambda: events.store(self._account(store), notices, EventSource.HOOK), until)

    def tally(self, outcomes: Sequence[tuple[str, str]], until: float) -> None:
        """Adds up (store, field of HookTally), all or nothing; tries and raises as `store` does."""
        self._patiently(lambda: self._add(Counter(outcomes)), until)

    def close(self) -> None:
        """Gives the connection up; a pool must not hand it to others with our settings."""
        self._open = False
        self._accounts.clear()
        if connection.connection is not None and connection.vendor == "postgresql":
            connection.connection.close()
        connection.close()

    def _patiently(self, work: Callable[[], object], until: float) -> None:
        while True:
            try:
                self._connect()
                work()
                return
            except DATABASE_TROUBLE as error:
                pause = self._pause(error)
                if time.monotonic() + pause > until:
                    raise
                time.sleep(pause)
            except Exception:
                self._accounts.clear()  # its row may be gone
                raise

    def _connect(self) -> None:
        if self._open:
            return
        connection.ensure_connection()
        with connection.cursor() as cursor:
            for setting in SETTINGS[connection.vendor]:
                cursor.execute(setting)
        self._open = True

    def _pause(self, error: Exception) -> float:
        """Seconds to wait before the next try; whatever is no lock may be the connection's fault."""
        if "locked" in str(error):
            return LOCKED_PAUSE_SECONDS
        self.close()
        return AWAY_PAUSE_SECONDS

    def _account(self, store: str) -> VtexAccount:
        if store not in self._accounts:
            self._accounts = {account.name: account for account in accounts.ensure()}
        return self._accounts[store]

    def _add(self, numbers: Counter[tuple[str, str]]) -> None:
        now = timezone.now()
        with transaction.atomic():
            for (store, field), number in sorted(numbers.items()):
                mine = HookTally.objects.filter(account=self._account(store))
                added = {field: F(field) + number, "last_at": now}
                if not mine.update(**added):
                    HookTally.objects.get_or_create(account=self._account(store), defaults={"last_at": now})
                    mine.update(**added)
