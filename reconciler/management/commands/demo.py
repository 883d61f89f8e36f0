"""`manage.py demo`: the whole dashboard on this machine, with a sandbox store behind it."""

from __future__ import annotations

import json
import signal
import time
import urllib.request
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from inventory_admin.stores import Store
from reconciler.management.demonstration import people
from reconciler.management.demonstration.processes import Processes, is_open
from reconciler.sync import accounts

START_SECONDS = 30


class Command(BaseCommand):
    help = "Starts a sandbox store, reads it, and serves the dashboard until Ctrl-C. Data stays under data/."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="of the dashboard (default 8000)")

    def handle(self, *args: Any, **options: Any) -> None:
        self._data = Path(settings.BASE_DIR) / "data"
        store = next(iter(settings.STORES.values()))
        sandbox_port = urlsplit(store.base_url).port or 80
        self._refuse_taken(options["port"], "make demo PORT=8080")
        self._refuse_taken(sandbox_port, "make demo SANDBOX_PORT=8091")
        signal.signal(signal.SIGTERM, _interrupt)
        try:
            with Processes(Path(settings.BASE_DIR)) as processes:
                self._run(processes, store, sandbox_port, options["port"])
        except KeyboardInterrupt:
            self.stdout.write("\nStopped. The next start goes on from here.")

    def _run(self, processes: Processes, store: Store, sandbox_port: int, port: int) -> None:
        self._start_sandbox(processes, store, sandbox_port)
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        account = accounts.ensure()[0]
        passwords = people.ensure(account, self._data / "demo-passwords.json")
        self._start_server(processes, port)
        self._tell(port, passwords)
        self.stdout.write("Reading the sandbox store; the first pages fill within seconds ...")
        call_command("sync", stdout=self.stdout)
        processes.start("worker", "manage.py", "worker", log=self._log("worker"))
        self.stdout.write("Read. From now on it is kept fresh in the background. Ctrl-C stops everything.")
        while (ended := processes.ended()) is None:
            time.sleep(0.5)
        raise CommandError(f"The {ended} ended by itself: see {self._log(ended)}.")

    def _start_sandbox(self, processes: Processes, store: Store, port: int) -> None:
        keep = ["--data", str(self._data / "sandbox.json"), "--account", store.name]
        processes.start(
            "sandbox", "-m", "reconciler.sandbox", "--port", str(port), *keep, log=self._log("sandbox")
        )
        self._expect(processes, "sandbox", port)
        body = json.dumps({"app_key": store.app_key, "app_token": store.app_token}).encode()
        urllib.request.urlopen(f"{store.base_url}/_sandbox/keys", body, timeout=10).close()  # noqa: S310 - loopback

    def _start_server(self, processes: Processes, port: int) -> None:
        bind = ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread", "--threads", "8"]
        bind += ["--no-control-socket"]
        processes.start("server", "-m", "gunicorn", "inventory_admin.wsgi", *bind, log=self._log("server"))
        self._expect(processes, "server", port)

    def _expect(self, processes: Processes, name: str, port: int) -> None:
        if not processes.wait_for(port, START_SECONDS):
            raise CommandError(f"The {name} did not start: see {self._log(name)}.")

    def _log(self, name: str) -> Path:
        return self._data / f"demo-{name}.log"

    def _refuse_taken(self, port: int, instead: str) -> None:
        if is_open(port):
            raise CommandError(f"Port {port} is taken, perhaps by another demo. Choose another: {instead}")

    def _tell(self, port: int, passwords: dict[str, str]) -> None:
        self.stdout.write(f"\nInventory Admin (demo) is on http://127.0.0.1:{port}\n\nLog in as\n")
        for name, password in passwords.items():
            roles = ", ".join(people.ROLES[name])
            self.stdout.write(f"  {name:<10} {password:<18} {roles}")
        self.stdout.write("\nCtrl-C stops it. Data stays under data/.\n\n")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
