"""The product in processes of its own, over a database file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

BASE = Path(__file__).parents[2]


def environment(directory: Path, **more: str) -> dict[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("VTEX_")},
        "DJANGO_SETTINGS_MODULE": "inventory_admin.settings",
        "DATABASE_URL": f"sqlite:///{directory / 'mirror.sqlite3'}",
        "VTEX_ACCOUNT": "luxstore",
        "VTEX_APP_KEY": "vtexappkey-luxstore-TEST",
        "VTEX_APP_TOKEN": "test-token",
        "VTEX_REQUESTS_PER_MINUTE": "600000",
        **more,
    }


def start(variables: dict[str, str], *arguments: str, asking: bool = False) -> subprocess.Popen[str]:
    """`asking`: the process is told something by its standard input."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=BASE,
        env=variables,
        stdin=subprocess.PIPE if asking else None,
        stdout=subprocess.PIPE,
        stderr=None,
        text=True,
    )


def python(variables: dict[str, str], code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=BASE, env=variables, stdout=subprocess.PIPE, check=True, text=True
    )
    return done.stdout
