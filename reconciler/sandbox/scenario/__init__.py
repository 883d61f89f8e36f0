"""The stores a sandbox can play."""

from ..account import Account
from ..settings import Settings
from ..switches import checked
from . import demo, large, shops

BUILDERS = {
    "demo": demo.build,
    "small": demo.build_small,
    "good": shops.build_good,
    "skips": shops.build_skips,
    "never_counts": shops.build_never_counts,
    "empty": shops.build_empty,
    "large": large.build,
}


def build(
    name: str,
    seed: int,
    now: float,
    *,
    account_name: str = "sandbox",
    switches: dict[str, str] | None = None,
    settings: dict[str, float] | None = None,
) -> Account:
    """The account of a scenario as it stands at `now`. Raises ValueError for unknown names."""
    if name not in BUILDERS:
        raise ValueError(f"no scenario {name!r}")
    account = Account(account_name, seed, name, Settings())
    account.switches.update(checked(switches or {}))
    account.settings.change(settings or {})
    BUILDERS[name](account, now)
    return account
