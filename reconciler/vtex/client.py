"""The VTEX client of one account: one method an endpoint."""

import re
import time
from collections.abc import Callable

from reconciler.vtex.endpoints.feeds import FeedEndpoints
from reconciler.vtex.endpoints.orders import OrderEndpoints
from reconciler.vtex.endpoints.reservations import ReservationEndpoints
from reconciler.vtex.endpoints.stock import StockEndpoints
from reconciler.vtex.limits import Limiter, Priority
from reconciler.vtex.retries import Retries
from reconciler.vtex.settings import ClientSettings, Timeouts
from reconciler.vtex.transport import Transport


class VtexClient(OrderEndpoints, ReservationEndpoints, StockEndpoints, FeedEndpoints):
    """Reads are asked again within reason, writes are sent once.

    Every method raises a VtexError (see `errors`) and returns a payload (see `payloads`). Ids go into paths
    fully encoded; an empty one is a ValueError. A client serves one thread; close it after use.
    """

    def __init__(
        self,
        *,
        account: str,
        base_url: str = "",
        app_key: str = "",
        app_token: str = "",
        limiter: Limiter,
        priority: Priority = Priority.SWEEP,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        settings: ClientSettings | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`timeouts` and `retries` override `settings`; `base_url` is the account's own host unless given."""
        chosen = settings or ClientSettings()
        self.account = account
        self.priority = priority
        self.settings = ClientSettings(
            timeouts=timeouts or chosen.timeouts,
            retries=retries or chosen.retries,
            most_bytes=chosen.most_bytes,
            most_pages=chosen.most_pages,
        )
        self._transport = Transport(
            base_url=base_url or _own_host(account),
            app_key=app_key,
            app_token=app_token,
            settings=self.settings,
        )
        self._limiter = limiter
        self._sleep = sleep

    def __repr__(self) -> str:
        return f"VtexClient({self.account!r}, {self._transport.base_url!r}, {self.priority.name})"

    def __enter__(self) -> "VtexClient":
        return self

    def __exit__(self, *details: object) -> None:
        self.close()

    def close(self) -> None:
        self._transport.close()


def _own_host(account: str) -> str:
    """The host of F1. A name that could point the keys elsewhere is refused."""
    if not re.fullmatch(r"[A-Za-z0-9-]+", account):
        raise ValueError("an account name is letters, digits and dashes")
    return f"https://{account}.vtexcommercestable.com.br"
