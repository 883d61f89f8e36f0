"""What `make deep` runs: the long proofs at full counts, one after the other.

Resumable: a proof that already passed on this commit is not run again. Each that passes writes a line to
docs/proofs.md: what it proves, how many cases, how long, commit and date.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "proofs.md"
PYTEST = [sys.executable, "-m", "pytest", "-q", "-n", os.environ.get("TEST_PROCESSES", "2")]
BURST, AWAY = "tests/operations/test_hook_burst.py", "tests/operations/test_hook_away.py"
KILLS, PAUSES = "tests/operations/test_kills.py", "tests/operations/test_pauses.py"

PROOFS = {
    "Findings equal the ground truth, over every single flip of an unknown": ["tests/test_ground_truth.py"],
    "37 hours without a sync; 30 days with each kind of ERP": ["tests/test_time_passing.py"],
    "Never oversell: combinations of stock against the physical shelf": [
        "tests/actions/test_never_oversell.py"
    ],
    "Fault matrix: each fault at each read and write": ["tests/actions/test_faults.py"],
    "Fault matrix on pages and the command line": ["tests/test_page_faults.py"],
    "A sync killed at random points and run again": ["tests/sync/test_killed.py"],
    "A worker killed at each step of an event's way, or stopped over it": ["tests/sync/test_feed_killed.py"],
    "From a change at VTEX to its finding": ["tests/sync/test_feed_quick.py"],
    "Workers killed and stopped": ["tests/sync/test_workers.py"],
    "The allowance used up at 150 ms a request; memory over 50,000 orders": ["tests/sync/test_throughput.py"],
    "The shared budget, used up and never passed by real processes": ["tests/sync/test_budget_shared.py"],
    "PostgreSQL crashes during pages, syncs and actions": [
        "tests/operations/test_database_restart.py",
        "tests/operations/test_stopping.py",
        "tests/operations/test_worker_restart.py",
    ],
    "Workers, and Redis under RQ, killed at 50 moments each, on SQLite": [KILLS],
    "Workers, and Redis under RQ, killed at 50 moments each, on PostgreSQL": [KILLS],
    "Workers stopped for longer than their lease, 20 times, on SQLite": [PAUSES],
    "Workers stopped for longer than their lease, 20 times, on PostgreSQL": [PAUSES],
    "Workers over each queue: woken, told to stop, without Redis": ["tests/work/test_queues.py"],
    "Hook on SQLite: 20,000 deliveries in bursts of 200, each answered within a second": [BURST],
    "Hook on PostgreSQL: 20,000 deliveries in bursts of 200, each answered within a second": [BURST],
    "Hook on SQLite: 503 within 800 ms while it is locked": [AWAY],
    "Hook on PostgreSQL: 503 within 800 ms while it is away or silent": [AWAY],
    "Labelled situations, properties of the rules, and every mutant of them": ["tests/diagnosis"],
}

ON_POSTGRESQL = {proof for proof in PROOFS if "PostgreSQL" in proof}
"""All else runs on SQLite."""

HEADING = """# Proofs

Written by `make deep`: the long proofs at full counts. `make test` runs the same at reduced counts.

| proof | cases | seconds | commit | date |
|---|---|---|---|---|
"""


def main() -> None:
    os.chdir(ROOT)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "tests.settings", "DEEP": "1"}
    commit = _git("rev-parse", "--short", "HEAD") + (
        "+" if _git("status", "--porcelain", "reconciler") else ""
    )
    known = PAGE.read_text() if PAGE.exists() else HEADING
    for proof, paths in PROOFS.items():
        if any(line.startswith(f"| {proof} |") and f"| {commit} |" in line for line in known.splitlines()):
            print(f"== {proof}: proven on {commit} already", flush=True)
            continue
        known = _with(known, proof, _run(proof, paths, commit))
        PAGE.write_text(known)


def _run(proof: str, paths: list[str], commit: str) -> str:
    print(f"== {proof}", flush=True)
    report, began = ROOT / "data" / "deep.xml", time.monotonic()
    report.parent.mkdir(exist_ok=True)
    with _database(proof) as variables:
        command = [*PYTEST, f"--junit-xml={report}", *paths]
        finished = subprocess.run(command, check=False, env=os.environ | variables)
    if finished.returncode:
        sys.exit(f"== {proof}: failed")
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    cases = sum(int(suite.get("tests", 0)) for suite in suites)
    seconds = round(time.monotonic() - began)
    return f"| {proof} | {cases} | {seconds} | {commit} | {datetime.now(UTC):%Y-%m-%d} |\n"


@contextmanager
def _database(proof: str) -> Iterator[dict[str, str]]:
    if proof not in ON_POSTGRESQL:
        yield {}
        return
    tools = postgres.binaries()
    if not tools:
        sys.exit("== PostgreSQL is not installed.")
    with postgres.server(tools) as url:
        yield {"DATABASE_URL": url}


def _with(page: str, proof: str, line: str) -> str:
    """The page with this proof's line renewed."""
    kept = [each for each in page.splitlines(keepends=True) if not each.startswith(f"| {proof} |")]
    return "".join([*kept, line])


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], capture_output=True, text=True, check=False).stdout.strip()


if __name__ == "__main__":
    main()
