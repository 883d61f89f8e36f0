"""The VTEX accounts this installation looks after, read from the environment once at start."""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ImproperlyConfigured

from inventory_admin.environment import Environment

SUFFIXES = (
    "APP_KEY",
    "APP_TOKEN",
    "BASE_URL",
    "FEED_APP_KEY",
    "FEED_APP_TOKEN",
    "HOOK_SECRET",
    "REQUESTS_PER_MINUTE",
    "ACTIONS",
    "TIME_ZONE",
)
OWN_SUFFIXES = ("APP_KEY", "APP_TOKEN", "FEED_APP_KEY", "FEED_APP_TOKEN", "HOOK_SECRET")


@dataclass(frozen=True, kw_only=True)
class Store:
    """One VTEX account and how to reach it. Secrets never show in its repr."""

    name: str
    base_url: str
    app_key: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    feed_app_key: str = field(default="", repr=False)
    feed_app_token: str = field(default="", repr=False)
    hook_secret: str = field(default="", repr=False)
    requests_per_minute: int = 1200
    actions: bool = False
    time_zone: str = "UTC"


def read_stores(env: Environment, *, time_zone: str) -> dict[str, Store]:
    """Stores by name, from VTEX_ACCOUNT, or from VTEX_ACCOUNTS with VTEX_<NAME>_... for each.

    Raises ImproperlyConfigured with one sentence that names the faulty variable.
    """
    names = env.words("VTEX_ACCOUNTS")
    if names and env.has("VTEX_ACCOUNT"):
        raise ImproperlyConfigured("VTEX_ACCOUNT and VTEX_ACCOUNTS are both set: keep one of them.")
    if not names:
        name = _checked("VTEX_ACCOUNT", env.text("VTEX_ACCOUNT"))
        return {name: _store(env, name, "VTEX_", time_zone)}
    _refuse_shared(env, names)
    return {name: _store(env, name, _prefix(name), time_zone) for name in names}


def _prefix(name: str) -> str:
    return f"VTEX_{re.sub('[^A-Z0-9]', '_', name.upper())}_"


def _checked(variable: str, name: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,62}", name):
        raise ImproperlyConfigured(
            f"{variable} holds {name!r}, which is no VTEX account name (lower case letters, digits, - and _)."
        )
    return name


def _refuse_shared(env: Environment, names: list[str]) -> None:
    """One variable must never speak for two stores, nor for one store and for all of them."""
    taken = {f"VTEX_{suffix}": "all stores" for suffix in SUFFIXES}
    for name in names:
        _checked("VTEX_ACCOUNTS", name)
        for suffix in SUFFIXES:
            variable = _prefix(name) + suffix
            if variable in taken:
                raise ImproperlyConfigured(
                    f"VTEX_ACCOUNTS: the variable {variable} would belong to {name} and to {taken[variable]}."
                )
            taken[variable] = name
    for suffix in OWN_SUFFIXES:
        if env.has(f"VTEX_{suffix}"):
            raise ImproperlyConfigured(
                f"VTEX_{suffix} goes with VTEX_ACCOUNT; with VTEX_ACCOUNTS set {_prefix(names[0])}{suffix}."
            )


def _store(env: Environment, name: str, prefix: str, time_zone: str) -> Store:
    def variable(suffix: str) -> str:
        """The store's own variable when it is set, else the one for all stores."""
        return prefix + suffix if env.has(prefix + suffix) else f"VTEX_{suffix}"

    feed_key = env.text(f"{prefix}FEED_APP_KEY", "")
    store = Store(
        name=name,
        base_url=env.origin(variable("BASE_URL"), f"https://{name}.vtexcommercestable.com.br"),
        app_key=env.text(f"{prefix}APP_KEY"),
        app_token=env.text(f"{prefix}APP_TOKEN"),
        feed_app_key=feed_key,
        feed_app_token=env.text(f"{prefix}FEED_APP_TOKEN", None if feed_key else ""),
        hook_secret=env.text(f"{prefix}HOOK_SECRET", ""),
        requests_per_minute=env.number(variable("REQUESTS_PER_MINUTE"), 1200, least=1),
        actions=env.flag(variable("ACTIONS"), False),
        time_zone=env.zone(variable("TIME_ZONE"), time_zone),
    )
    if feed_key and feed_key == store.app_key:
        raise ImproperlyConfigured(
            f"{prefix}FEED_APP_KEY equals {prefix}APP_KEY: the feed needs a key of its own."
        )
    return store
