"""Processes that live and end with the demo."""

from __future__ import annotations

import ctypes
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

STOP_SECONDS = 10.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Processes:
    """Children by name; a context manager that stops them, the youngest first."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *details: object) -> None:
        for _, process in reversed(self._running):
            _stop(process)

    def start(self, name: str, *arguments: str, log: Path) -> None:
        """Runs `python arguments...` in a session of its own, so that Ctrl-C reaches it only through us."""
        with log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                [sys.executable, *arguments],
                cwd=self._base,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self._running.append((name, process))

    def ended(self) -> str | None:
        """The name of a child that ended by itself."""
        return next((name for name, process in self._running if process.poll() is not None), None)

    def wait_for(self, port: int, seconds: float) -> bool:
        """Whether something answers on the port within so many seconds, with all children alive."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and self.ended() is None:
            if is_open(port):
                return True
            time.sleep(0.1)
        return False


def _end_with_parent() -> None:
    """On Linux the child is stopped even when we are killed, and leaves no port taken."""
    if LIBC is not None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
