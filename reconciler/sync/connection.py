"""A client for a store, with the keys of the settings and the budget that all processes share."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from inventory_admin.stores import Store
from reconciler.models import VtexAccount
from reconciler.sync.budget import DatabaseBudget, DatabaseGates
from reconciler.sync.crew import Crew
from reconciler.sync.usage import CLOSING_SECONDS, MeteredLimiter, counter
from reconciler.vtex import VtexClient
from reconciler.vtex.limits import Limiter, LimitSettings, Priority
from reconciler.vtex.retries import Retries
from reconciler.vtex.settings import Timeouts


class StoreClient(VtexClient):
    """Its last requests are counted where others see them when it is closed."""

    def close(self) -> None:
        super().close()
        counter.flush(every=CLOSING_SECONDS)


class StoreNotConfiguredError(LookupError):
    """The account has a mirror, but the settings name no keys for it."""


def client_for(
    account: VtexAccount,
    priority: Priority = Priority.FEED,
    *,
    store: Store | None = None,
    timeouts: Timeouts | None = None,
    retries: Retries | None = None,
    around: Callable[[Limiter], Limiter] = lambda limiter: limiter,
) -> VtexClient:
    """A client for one thread; close it, or use it as a context manager.

    `timeouts` and `retries` stand in for those of the settings; `around` may wrap the limiter. Raises
    StoreNotConfiguredError when the settings do not name the account.
    """
    store = store or settings.STORES.get(account.name)
    if store is None:
        raise StoreNotConfiguredError(account.name)
    return StoreClient(
        account=store.name,
        base_url=store.base_url,
        app_key=store.app_key,
        app_token=store.app_token,
        limiter=around(limiter_for(account, store.requests_per_minute)),
        priority=priority,
        timeouts=timeouts or _timeouts(),
        retries=retries or Retries(reads=settings.VTEX_READ_RETRIES),
    )


def crew_for(account: VtexAccount, priority: Priority) -> Crew:
    """Readers that share one place in the budget; raises StoreNotConfiguredError as `client_for`."""
    store = settings.STORES.get(account.name)
    if store is None:
        raise StoreNotConfiguredError(account.name)
    return Crew(
        lambda limiter: client_for(account, priority, store=store, around=lambda _: limiter),
        limiter_for(account, store.requests_per_minute),
        settings.WORK_FETCHERS,
    )


def limiter_for(account: VtexAccount, requests_per_minute: int) -> MeteredLimiter:
    limits = LimitSettings(
        requests_per_minute=requests_per_minute,
        pause_least=float(settings.VTEX_PAUSE_SECONDS),
        pause_most=float(settings.VTEX_PAUSE_MAX_SECONDS),
        breaker_failures=settings.VTEX_BREAKER_FAILURES,
        breaker_open=float(settings.VTEX_BREAKER_SECONDS),
    )
    budget, gates = DatabaseBudget(account, limits), DatabaseGates(account)
    return MeteredLimiter(account, limits, budget=budget, gates=gates)


def _timeouts() -> Timeouts:
    read = float(settings.VTEX_READ_TIMEOUT_SECONDS)
    return Timeouts(connect=float(settings.VTEX_CONNECT_TIMEOUT_SECONDS), read=read, total=read)
