"""Three workers of which one is killed again and again, over a store that goes on changing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.server import SandboxServer
from tests.actions.scene import WRITES
from tests.sync import processes

WORKER = ("manage.py", "worker", "--lanes", "2")
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

    def stop(self) -> list[int]:
        """Tells all to stop; their exit codes."""
        for worker in self._workers:
            worker.send_signal(signal.SIGTERM)
        return [worker.wait(timeout=60) for worker in self._workers]

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
