"""A PostgreSQL server of the tests' own: a free port, data that goes away, no password, loopback only."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "100"}


def binaries() -> Path | None:
    """Where initdb and pg_ctl are, newest version first; None when PostgreSQL is not installed."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
    found = [*packaged, *filter(None, [shutil.which("initdb")])]
    return Path(found[0]).parent if found else None


def _version(path: Path) -> float:
    return float(path.parent.parent.name)


@dataclass(frozen=True)
class Server:
    """A running server that may be stopped as in a crash, and started again."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]


@contextmanager
def server(tools: Path) -> Iterator[str]:
    """Yields the DATABASE_URL of a fresh server."""
    with restartable(tools) as running:
        yield running.url


@contextmanager
def restartable(tools: Path, **settings: str) -> Iterator[Server]:
    """A fresh server with these settings beside FAST, stopped as in a crash."""
    directory = Path(tempfile.mkdtemp(prefix="inventory-admin-postgres-"))
    try:
        with _running(tools, directory, settings, "immediate") as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def kept(tools: Path, directory: Path, **settings: str) -> Iterator[str]:
    """Yields the DATABASE_URL of a server whose data stays in `directory` when it is stopped."""
    directory.mkdir(parents=True, exist_ok=True)
    with _running(tools, directory, settings, "fast") as running:
        yield running.url


@contextmanager
def _running(tools: Path, directory: Path, settings: dict[str, str], ends: str) -> Iterator[Server]:
    """initdb refuses root, so root becomes `postgres`."""
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(directory, user)
    data, port = directory / "data", _free_port()
    options = " ".join(f"-c {name}={value}" for name, value in {**FAST, **settings}.items())
    options += f" -c listen_addresses=127.0.0.1 -p {port} -k {directory}"

    def run(*command: str | Path) -> None:
        subprocess.run(
            [str(part) for part in command], check=True, user=user, cwd=directory, stdout=subprocess.DEVNULL
        )

    def start() -> None:
        run(tools / "pg_ctl", "-D", data, "-l", directory / "log", "-o", options, "-w", "start")

    def stop() -> None:
        run(tools / "pg_ctl", "-D", data, "-m", ends, "-w", "stop")

    if not data.exists():
        run(tools / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
    start()
    try:
        yield Server(f"postgres://postgres@127.0.0.1:{port}/postgres", stop, start)
    finally:
        stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
