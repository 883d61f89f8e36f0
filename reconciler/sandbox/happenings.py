"""What each kind of event on the agenda does."""

from . import customers, erps, lifecycle
from .account import Account, Handler

HANDLERS: dict[str, Handler] = {
    "pay": lifecycle.pay,
    "ready": lifecycle.ready,
    "pick": erps.pick,
    "handling": lifecycle.handling,
    "ship": lifecycle.ship,
    "invoiced": lifecycle.invoiced,
    "cancel": lifecycle.cancel,
    "canceled": lifecycle.canceled,
    "flap": lifecycle.flap,
    "expire": lifecycle.expire,
    "nightly": erps.nightly,
    "arrive": customers.arrive,
}


def catch_up(account: Account, now: float) -> None:
    """Everything due by `now` happens, in order."""
    account.run(now, HANDLERS)
