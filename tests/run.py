"""What `make test` and `make lint` run: every step in turn, stopping at the first that fails.

PostgreSQL and Chromium are used where they are installed; what is missing is said in one line, and is a
failure when REQUIRE_ALL is set.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tests import postgres, redis_server

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BIN = Path(PYTHON).parent
MANAGE = [PYTHON, "manage.py"]
PYTEST = [PYTHON, "-m", "pytest", "-q", "-n", os.environ.get("TEST_PROCESSES", "2")]

WITHOUT_DATABASE = [
    f"--ignore=tests/{name}"
    for name in ("vtex", "sandbox", "contract", "test_time_passing.py", "test_translations.py")
]
"""What no engine makes a difference to, or takes long and was seen on SQLite."""

LINT = {
    "ruff": [BIN / "ruff", "check", "."],
    "format": [BIN / "ruff", "format", "--check", "."],
    "types": [BIN / "mypy"],
    "import rules": [BIN / "lint-imports", "--no-logo"],
    "templates": [BIN / "djlint", "templates", "--lint", "--quiet"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
}


def main(what: str) -> None:
    os.chdir(ROOT)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    for name, command in LINT.items():
        step(name, command)
    if what == "lint":
        return
    say_what_is_missing()
    seed = os.environ.setdefault("SAMPLE_SEED", str(secrets.randbelow(10_000)))
    print(f"== of the long proofs a sample runs, SAMPLE_SEED={seed}; all of them with make deep", flush=True)
    step("tests on SQLite", [*PYTEST, "-m", "not postgresql"])
    tools = postgres.binaries()
    if tools:
        with postgres.server(tools) as url:
            os.environ["DATABASE_URL"] = url
            os.environ["SAMPLE_SHARE"] = "0.5"
            step("tests on PostgreSQL", [*PYTEST, "-m", "not sqlite and not browser", *WITHOUT_DATABASE])


def step(name: str, command: list[Path | str]) -> None:
    print(f"== {name}", flush=True)
    began = time.monotonic()
    finished = subprocess.run([str(part) for part in command], check=False)
    if finished.returncode:
        sys.exit(f"== {name}: failed")
    print(f"== {name}: fine, {time.monotonic() - began:.0f} s", flush=True)


def say_what_is_missing() -> None:
    wanted = {
        "PostgreSQL is not installed: nothing runs on it.": postgres.binaries(),
        "Redis is not installed: what it wakes, and its crash, are skipped.": redis_server.binary(),
        "Chromium is not installed: the browser journeys are skipped.": shutil.which("chromium"),
    }
    missing = [sentence for sentence, found in wanted.items() if not found]
    for sentence in missing:
        print(f"== {sentence}", flush=True)
    if missing and os.environ.get("REQUIRE_ALL"):
        sys.exit("== REQUIRE_ALL is set: nothing may be missing.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "test")
