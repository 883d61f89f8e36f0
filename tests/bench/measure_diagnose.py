"""`diagnose --all` over the whole store: time, memory, and whether it finds what is wrong."""

from __future__ import annotations

import json

from tests.bench.datasets import Dataset
from tests.bench.rows import Row

TITLE = "Full diagnosis"
NOTE = """
`manage.py diagnose --all` in a process of its own: first with no finding there (every one is opened), then
again (nothing changes). Held against the same driver fetching, in a process of its own, what has to be
consulted: of every order, flow, reservation, reserved item and balance the columns that decide whether it
may have a verdict, and of what may, every column that diagnosis reads (with its lines, flows, history and
balances). The stricter figure, without a limit, leaves out what is only decided on, which diagnosis skips
by indexes. Memory is the peak resident size of the process, with Python and Django in it. Findings are
compared with the ground truth: subject, cause, whether confirmed, and for what could not be told the
reason.
"""
MEMORY = 256


def run(dataset: Dataset) -> list[Row]:
    dataset.run("-m", "tests.bench.diagnose", "forget")
    plain = [_said(dataset, "plain") for _ in range(2)]
    best = {name: min(each[name] for each in plain) for name in plain[0]}
    first, again = _said(dataset, "diagnose"), _said(dataset, "diagnose")
    (dataset.home / "diagnosed").touch()
    wrong = _said(dataset, "compared", str(dataset.truth))
    peak = max(first["peak_mib"], again["peak_mib"])
    return [
        Row("findings that differ from the ground truth", f"{wrong['differ']:.0f} of {wrong['truth']:.0f}",
            wrong["differ"], 0),
        Row("peak memory", f"{peak:.0f} MiB of {MEMORY} MiB", peak / MEMORY, 1),
        Row("first, every finding is opened", *_held(first, best, "seconds", "whole"), 6),
        Row("again, nothing changes", *_held(again, best, "seconds", "whole"), 6),
        Row("first, processor time of the process alone", *_held(first, best, "own", "own")),
        Row("first, against what is judged alone", *_held(first, best, "seconds", "judged")),
    ]  # fmt: skip


def _held(run: dict[str, float], plain: dict[str, float], mine: str, other: str) -> tuple[str, float]:
    """Raw figures and ratio."""
    return f"{run[mine]:.1f} s; plain pass {plain[other]:.2f} s", run[mine] / plain[other]


def _said(dataset: Dataset, module: str, *words: str) -> dict[str, float]:
    said: dict[str, float] = json.loads(dataset.run("-m", f"tests.bench.{module}", *words))
    return said
