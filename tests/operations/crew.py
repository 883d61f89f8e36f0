"""Three workers of which one is killed, or stopped for a while, again and again, over a changing store."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.sandbox.server import SandboxServer
from tests.actions.scene import WRITES
from tests.conftest import ENGINE
from tests.sample import SEED
from tests.sync import processes

WORKER = ("manage.py", "worker", "--lanes", "2")
LEASE_SECONDS = 4
AT_WORK = "SELECT counts FROM reconciler_syncrun WHERE finished_at IS NULL"
TAKEN_BACK = "SELECT id, fence FROM reconciler_workunit WHERE error = 'The worker that had it ended.'"
Rows = Callable[[str], list[tuple[Any, ...]]]


@dataclass
class Crew:
    """`rows` asks the database directly. `commands`: what each of its processes runs."""

    variables: dict[str, str]
    sandbox: SandboxServer
    rows: Rows
    chance: random.Random
    commands: list[tuple[str, ...]] = field(default_factory=lambda: [WORKER] * 3)
    locks: list[str] = field(default_factory=list)
    taken_back: set[tuple[Any, ...]] = field(default_factory=set)
    orders: list[str] = field(default_factory=list)

    def __enter__(self) -> Crew:
        self._desk = processes.start(self.variables, "-m", "tests.operations.desk", asking=True)
        self._workers = [self._start(command) for command in self.commands]
        return self

    def __exit__(self, *error: object) -> None:
        for process in [*self._workers, self._desk]:
            process.kill()
            process.communicate()

    def ask(self, *words: object) -> Any:
        assert self._desk.stdin
        assert self._desk.stdout
        self._desk.stdin.write(json.dumps(words) + "\n")
        self._desk.stdin.flush()
        answer = self._desk.stdout.readline()
        assert answer, "the desk ended"
        return json.loads(answer)

    def moment(self, number: int, beside: Callable[[], None] = lambda: None) -> None:
        """The store changes, and at some time after that one of the workers is killed and replaced."""
        self._change(number)
        self._watch(self.chance.uniform(0.2, 2.0))
        victim = self.chance.randrange(len(self._workers))
        self._workers[victim].kill()
        beside()
        self._workers[victim].communicate()
        self._workers[victim] = self._start(self.commands[victim])
        self._revive()
        self._watch(self.chance.uniform(0.2, 1.5))

    def pause(self, number: int) -> None:
        """The store changes, and a worker at work is stopped until others took over what it had; then it
        goes on.
        """
        self._change(number)
        for _ in range(10):
            known, victim = set(self.taken_back), self._stop_one_at_work()
            end = time.monotonic() + 3 * LEASE_SECONDS
            while self.taken_back == known and time.monotonic() < end:
                self._watch(0.1)
            self._watch(self.chance.uniform(0.0, 1.5))
            victim.send_signal(signal.SIGCONT)
            if self.taken_back > known:
                break
        else:
            raise AssertionError("nothing was taken over from a worker that was stopped")
        self._watch(self.chance.uniform(0.2, 1.5))

    def settles(self, within: float = 180) -> dict[str, Any]:
        """What is still open when nothing is, or when the time is over."""
        self.sandbox.control.advance(minutes=5)  # what a killed worker took of the feed comes back
        end, left = time.monotonic() + within, {"units": ["?"]}
        self.ask("due")
        while time.monotonic() < end:
            self._watch(2.0)
            self._revive()
            left = {name: found for name, found in self.ask("state").items() if found}
            if not left:
                break
            if not left.keys() - {"pairs", "orders", "wrong", "missed"}:
                self.ask("due")
        return left

    def writes(self) -> dict[str, int]:
        """How often VTEX was asked to cancel each reservation."""
        sent = [row for row in self.sandbox.control.requests() if row["endpoint"] in WRITES]
        return {lock: sum(lock in row["path"] for row in sent) for lock in self.locks} | {"all": len(sent)}

    def assert_sent_once(self) -> None:
        """One write for each attempt, and no other."""
        assert self.writes() == dict.fromkeys(self.locks, 1) | {"all": len(self.locks)}

    @contextmanager
    def said(self, capsys: pytest.CaptureFixture[str], what: str) -> Iterator[None]:
        """Prints what the run came to."""
        began = time.monotonic()
        yield
        with capsys.disabled():
            print(  # noqa: T201
                f"\n{ENGINE}, seed {SEED}: {what} in {time.monotonic() - began:.0f} s,"
                f" {len(self.taken_back)} claims taken back, {self.ask('figures')}"
            )

    def pids(self) -> list[int]:
        return [worker.pid for worker in self._workers]

    def stop(self) -> list[int]:
        """Tells all to stop; their exit codes."""
        for worker in self._workers:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(timeout=60) for worker in self._workers]

    def _stop_one_at_work(self) -> subprocess.Popen[str]:
        """Stops one in the middle of a run: it has a unit in hand."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            self.ask("due")
            for victim in self._at_work():
                victim.send_signal(signal.SIGSTOP)
                time.sleep(0.05)
                if victim in self._at_work():
                    return victim
                victim.send_signal(signal.SIGCONT)
            time.sleep(0.1)
        raise AssertionError("no worker was at work")

    def _at_work(self) -> list[subprocess.Popen[str]]:
        counts = [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in self.rows(AT_WORK)]
        pids = {int(each["process"].rpartition(":")[2]) for each in counts}
        found = [worker for worker in self._workers if worker.pid in pids]
        return self.chance.sample(found, len(found))

    def _change(self, number: int) -> None:
        control = self.sandbox.control
        sound = [row for row in control.shelf() if row["available"] > 5 and row["reserved"] == row["listed"]]
        for pair in self.chance.sample(sound, 3):
            self.orders.append(control.order(pair["sku"], pair["warehouse"])["order_id"])
        if number % 2:
            control.invoice(self.orders.pop(0))
        lock, *became = self.ask("act", number)
        assert became in (["verifying", ""], ["done", "verified"]), f"{became}: it was to be sent"
        self.locks.append(lock)
        self.ask("due")

    def _watch(self, seconds: float) -> None:
        """Sleeps, and notes what was taken back from killed workers meanwhile."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.taken_back |= set(self.rows(TAKEN_BACK))
            time.sleep(0.05)

    def _revive(self) -> None:
        """As systemd does with what ended by itself."""
        for place, worker in enumerate(self._workers):
            if worker.poll() is not None:
                self._workers[place] = self._start(self.commands[place])

    def _start(self, command: tuple[str, ...]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *command], cwd=processes.BASE, env=self.variables, text=True,
            stdout=subprocess.DEVNULL, stderr=None if os.environ.get("SHOW_WORKERS") else subprocess.DEVNULL,
        )  # fmt: skip
