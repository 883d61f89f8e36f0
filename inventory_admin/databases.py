"""What each database engine needs beyond its address."""

from pathlib import Path
from typing import Any

SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
}
POOL = {"min_size": 1, "max_size": 4, "timeout": 10}


def complete(database: dict[str, Any], base: Path) -> dict[str, Any]:
    """Adds the options this product was proven with. A relative SQLite path counts from `base`."""
    if database["ENGINE"].endswith("sqlite3"):
        if database["NAME"] != ":memory:":
            path = base / database["NAME"]
            path.parent.mkdir(parents=True, exist_ok=True)
            database["NAME"] = str(path)
        return {**database, "OPTIONS": {**SQLITE, **database.get("OPTIONS", {})}}
    return {**database, "CONN_MAX_AGE": 0, "OPTIONS": {"pool": dict(POOL), **database.get("OPTIONS", {})}}
