"""docs/benchmarks.md: figures with the machine and the day they were measured on."""

from __future__ import annotations

import platform
import re
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

from tests import postgres
from tests.bench.rows import Row

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
HEADING = """# Benchmarks

Written by `make bench`. Ratios are of figures measured in the same run, one after the other; the limit stands
in brackets. They hold for a machine that does nothing else.

The large store has 1,137,711 orders of 690 days with 1% of their reservations stuck, about ten steps of
history and two lines an order, 20,000 SKUs in three warehouses and 1,000,000 audit entries; the small one is
the same at 10,000 orders. Both are generated, and their ground truth with them.
"""
Found = dict[str, dict[str, list[Row]]]


def write(found: Found, modules: list[ModuleType]) -> None:
    """Renews what was measured; sections of what was not stay as they are."""
    old = PAGE.read_text() if PAGE.exists() else HEADING
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", old, re.MULTILINE | re.DOTALL))
    for module in modules:
        tables = [_table(engine, tables[module.TITLE]) for engine, tables in found.items()]
        sections[module.TITLE] = "\n" + "\n".join([module.NOTE.strip(), "", _machine(), "", *tables])
    parts = [f"## {title}\n{text.rstrip()}\n" for title, text in sections.items()]
    PAGE.write_text("\n".join([HEADING, *parts]))


def _table(engine: str, rows: list[Row]) -> str:
    lines = [f"| {engine} | measured | ratio (limit) | kept |", "|---|---|---|---|"]
    return "\n".join([*lines, *("| " + " | ".join(row.cells) + " |" for row in rows), ""])


def _machine() -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    tools = postgres.binaries()
    version = tools.parent.name if tools else "none"
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}: {_processor()}, {_memory()}; Python "
        f"{platform.python_version()}, SQLite {sqlite3.sqlite_version}, PostgreSQL {version} beside."
    )


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    names = re.findall(r"model name\s*: (.+)", text)
    return f"{len(names)} × {names[0].strip()}" if names else platform.processor()


def _memory() -> str:
    text = Path("/proc/meminfo").read_text() if Path("/proc/meminfo").exists() else ""
    found = re.search(r"MemTotal:\s+(\d+) kB", text)
    return f"{int(found[1]) / 1024**2:.0f} GiB" if found else "memory unknown"
