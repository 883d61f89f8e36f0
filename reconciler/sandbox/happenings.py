"""What each kind of event on the agenda does."""

from . import canceling, customers, erps, lifecycle, shipping
from .account import Account, Handler

HANDLERS: dict[str, Handler] = {
    "pay": lifecycle.pay,
    "ready": lifecycle.ready,
    "pick": erps.pick,
    "handling": lifecycle.handling,
    "ship": shipping.ship,
    "invoiced": shipping.invoiced,
    "cancel": canceling.cancel,
    "canceled": canceling.canceled,
    "flap": canceling.flap,
    "expire": lifecycle.expire,
    "nightly": erps.nightly,
    "arrive": customers.arrive,
}


def catch_up(account: Account, now: float) -> None:
    """Everything due by `now` happens, in order."""
    account.run(now, HANDLERS)
