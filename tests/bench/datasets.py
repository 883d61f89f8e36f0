"""Generated stores on disk: made once for their size, kept, and found again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests import postgres
from tests.bench.generator.shape import VERSION

SMALL, LARGE = 10_000, 1_137_711
AUDIT = {SMALL: 10_000, LARGE: 1_000_000}
SERVER = {"shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "30min"}
"""Of PostgreSQL, beside `postgres.FAST`: as much memory as a small server of its own would get."""
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Dataset:
    """One store in one database. `home` holds its ground truth, and its file where the engine is SQLite."""

    orders: int
    engine: str
    directory: Path
    server: str = ""
    seed: int = 1

    @property
    def audit(self) -> int:
        return AUDIT.get(self.orders, self.orders)

    @property
    def home(self) -> Path:
        return self.directory / f"{self.engine}-{self.orders}-{self.seed}"

    @property
    def truth(self) -> Path:
        return self.home / "truth.jsonl"

    @property
    def url(self) -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{self.home / 'db.sqlite3'}"
        return f"{self.server}/{self._database}"

    @property
    def _database(self) -> str:
        return f"store_{self.orders}_{self.seed}"

    def environment(self) -> dict[str, str]:
        """For a process that works on this store."""
        return {
            **os.environ, "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip

    def sibling(self, orders: int) -> Dataset:
        """The same store at another size; made if need be."""
        return replace(self, orders=orders).ready()

    def diagnosed(self) -> Dataset:
        """With the findings of a full diagnosis."""
        stamp = self.home / "diagnosed"
        if not stamp.exists():
            self.run("-m", "tests.bench.diagnose")
            stamp.touch()
        return self

    def run(self, *words: str) -> str:
        """What a Python process that works on this store prints; raises CalledProcessError."""
        command = [sys.executable, *words]
        return subprocess.run(
            command, check=True, cwd=ROOT, env=self.environment(), stdout=subprocess.PIPE, text=True
        ).stdout

    def ready(self) -> Dataset:
        """Makes it, unless the same generator made it already; migrates it where need be."""
        stamp = self.home / "made.json"
        wanted = {"version": VERSION, "audit": self.audit, "migrations": _migrations()}
        made = json.loads(stamp.read_text()) if stamp.exists() else {}
        if made == wanted:
            return self
        if made and {**made, "migrations": []} == {**wanted, "migrations": []}:
            self.run("-m", "tests.bench.generator.migrated")
            stamp.write_text(json.dumps(wanted))
            return self
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        self._clear()
        size = (f"--orders={self.orders}", f"--audit={self.audit}", f"--seed={self.seed}")
        print(self.run("-m", "tests.bench.generator", *size, f"--truth={self.truth}"), end="", flush=True)
        stamp.write_text(json.dumps(wanted))
        return self

    def _clear(self) -> None:
        if self.engine == "sqlite":
            return
        import psycopg

        with psycopg.connect(f"{self.server}/postgres", autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{self._database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{self._database}"')


def _migrations() -> list[str]:
    return sorted(path.stem for path in (ROOT / "reconciler" / "migrations").glob("0*.py"))


@contextmanager
def opened(engine: str, orders: int, directory: Path) -> Iterator[Dataset]:
    """The store of this size, with its server running where it needs one."""
    directory.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        yield Dataset(orders, engine, directory).ready()
        return
    tools = postgres.binaries()
    if tools is None:
        sys.exit("== PostgreSQL is not installed.")
    with postgres.kept(tools, directory / "postgresql", **SERVER) as url:
        yield Dataset(orders, engine, directory, url.rpartition("/")[0]).ready()
