"""Who did it, copied as text, so that removing a person leaves the history whole."""

from __future__ import annotations

import getpass
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Actor:
    """`role` names the roles held at that moment, separated by commas; `user_id` stands beside the name
    because a name can be given again."""

    name: str
    role: str = ""
    ip: str | None = None
    request_id: str = ""
    user_id: int | None = None


SYSTEM = Actor(name="system", role="system")


def console() -> Actor:
    """Whoever runs a command on the server, by the name the operating system knows."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return Actor(name=f"console:{name}", role="console")
