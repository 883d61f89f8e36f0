"""`python -m tests.bench [--only diagnose] [--orders N] [--engine sqlite] [--dir /tmp/bench]`.

Prints every figure and, unless told to measure only a part, writes docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from types import ModuleType

from tests.bench.datasets import LARGE, opened
from tests.bench.page import write
from tests.bench.rows import Row

ENGINES = ("sqlite", "postgresql")
HERE = Path(__file__).resolve().parent
SUBJECTS = sorted(path.stem.removeprefix("measure_") for path in HERE.glob("measure_*.py"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=SUBJECTS, action="append", help="this subject; may come again")
    parser.add_argument("--orders", type=int, default=LARGE)
    parser.add_argument("--engine", choices=ENGINES, action="append")
    parser.add_argument("--dir", type=Path, default=Path("/tmp/bench"), help="where data sets are kept")
    parser.add_argument("--data", action="store_true", help="make the data set and measure nothing")
    asked = parser.parse_args()
    subjects = [] if asked.data else asked.only or SUBJECTS
    modules = [importlib.import_module(f"tests.bench.measure_{name}") for name in subjects]
    found = {engine: measured(engine, modules, asked) for engine in asked.engine or ENGINES}
    if asked.orders == LARGE and not asked.data:
        write(found, modules)
    if any(row.kept is False for tables in found.values() for rows in tables.values() for row in rows):
        sys.exit("== A ratio was not kept.")


def measured(engine: str, modules: list[ModuleType], asked: argparse.Namespace) -> dict[str, list[Row]]:
    tables: dict[str, list[Row]] = {}
    with opened(engine, asked.orders, asked.dir) as dataset:
        for module in modules:
            print(f"== {module.TITLE}, {engine}", flush=True)
            tables[module.TITLE] = module.run(dataset)
            for row in tables[module.TITLE]:
                print("   " + " | ".join(cell for cell in row.cells if cell), flush=True)
    return tables


if __name__ == "__main__":
    main()
