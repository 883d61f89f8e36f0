"""Work for real processes: a unit leaves its key and its process in a file."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from reconciler.models import VtexAccount, WorkUnit
from reconciler.work import stopping
from reconciler.work.handlers import Handler, PutBack, by_kind
from reconciler.work.ticks import Every


def _note(account: VtexAccount, batch: list[WorkUnit]) -> None:
    _write([unit.key for unit in batch])


def _long(account: VtexAccount, batch: list[WorkUnit]) -> None:
    """Goes on until the process is told to end."""
    _write(["began"])
    while not stopping.asked.is_set():
        time.sleep(0.05)
    _write(["gave back"])
    raise PutBack(timedelta(minutes=5))


def _write(keys: list[str]) -> None:
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.writelines(f"{key}\n" for key in keys)


HANDLERS = by_kind([Handler("note", 5, _note), Handler("long", 1, _long)])
TICKS: list[Every] = []
