"""What each database engine needs beyond its address."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}
NETWORK = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""libpq's: a host that vanished without a word is noticed within a minute."""
RECONNECT_SECONDS = 5
"""The pool doubles its pauses while it reconnects; given up so soon, the next request starts it anew."""


@dataclass(frozen=True)
class Process:
    """What a kind of process needs of PostgreSQL. Times are seconds, 0 is no limit."""

    name: str
    connections: int
    patience: int
    statement: int
    lock: int
    idle_in_transaction: int

    @property
    def limits(self) -> str:
        times = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle_in_transaction,
        }
        return " ".join(f"-c {name}={seconds}s" for name, seconds in times.items())


def process(program: str, *, threads: int, lanes: int) -> Process:
    """By the program's name: a page must not hang; a diagnosis or an export may take its time.

    A page's thread holds one connection at most, and one thread stores what the hook tells. A command may do
    what the worker does: a connection for each lane and that of the alerts, and some for its schedule, its
    leases and its queue. The threads that wait for VTEX hold none.
    """
    path = Path(program)
    if "gunicorn" in (path.name, path.parent.name):  # the command, or python -m gunicorn
        return Process("web", threads + 1, patience=5, statement=30, lock=10, idle_in_transaction=60)
    wanted = lanes + 5
    return Process("background", wanted, patience=15, statement=0, lock=60, idle_in_transaction=600)


def complete(database: dict[str, Any], base: Path, process: Process) -> dict[str, Any]:
    """Adds the options this product was proven with. A relative SQLite path counts from `base`."""
    if database["ENGINE"].endswith("sqlite3"):
        if database["NAME"] != ":memory:":
            path = base / database["NAME"]
            path.parent.mkdir(parents=True, exist_ok=True)
            database["NAME"] = str(path)
        return {**database, "OPTIONS": {**SQLITE, **database.get("OPTIONS", {})}}
    options = {
        **NETWORK,
        "application_name": f"inventory-admin {process.name}",
        "options": process.limits,
        "pool": {
            "min_size": 1,
            "max_size": process.connections,
            "timeout": process.patience,
            "reconnect_timeout": RECONNECT_SECONDS,
        },
        **database.get("OPTIONS", {}),
    }
    # The health check makes the pool try each connection before it hands it out.
    return {**database, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
