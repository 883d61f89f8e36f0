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
    whole, judged = min(each["whole"] for each in plain), min(each["judged"] for each in plain)
    first, again = _said(dataset, "diagnose"), _said(dataset, "diagnose")
    (dataset.home / "diagnosed").touch()
    wrong = _said(dataset, "compared", str(dataset.truth))
    peak = max(first["peak_mib"], again["peak_mib"])
    return [
        Row("findings that differ from the ground truth", f"{wrong['differ']:.0f} of {wrong['truth']:.0f}",
            wrong["differ"], 0),
        Row("peak memory", f"{peak:.0f} MiB of {MEMORY} MiB", peak / MEMORY, 1),
        _time("first, every finding is opened", first["seconds"], whole),
        _time("again, nothing changes", again["seconds"], whole),
        Row("first, against what is judged alone", f"{first['seconds']:.1f} s; plain pass {judged:.2f} s",
            first["seconds"] / judged),
    ]  # fmt: skip


def _time(what: str, seconds: float, plain: float) -> Row:
    return Row(what, f"{seconds:.1f} s; plain pass {plain:.2f} s", seconds / plain, 6)


def _said(dataset: Dataset, module: str, *words: str) -> dict[str, float]:
    said: dict[str, float] = json.loads(dataset.run("-m", f"tests.bench.{module}", *words))
    return said
