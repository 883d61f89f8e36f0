"""The stuck list under load."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass

from tests.bench.datasets import ROOT, Dataset
from tests.bench.rows import Row
from tests.bench.served import THREADS, WORKERS, Site, site

TITLE = "Pages under load"
CLIENTS, SECONDS = 32, 10
NOTE = f"""
{CLIENTS} clients ask for the stuck list of the large store without a pause for {SECONDS} seconds, each on a
connection of its own, from a process beside gunicorn with {WORKERS} workers of {THREADS} threads. The clients
take their share of the same processors. The same from memory tells what its queries cost, the same bytes
ready made what session, membership and the frame of the request cost: what lies between is the template.
"""
WAYS = {"list": "/s/luxstore/stuck/", "memory": "/s/luxstore/memory/", "bytes": "/s/luxstore/bytes/"}


@dataclass(frozen=True)
class Load:
    """What the clients saw in the time."""

    answers: int
    errors: int
    seconds: float
    p95: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def run(dataset: Dataset) -> list[Row]:
    with site(dataset.diagnosed()) as large:
        found = {name: _load(large, path) for name, path in WAYS.items()}
    page, memory, ready = found["list"], found["memory"], found["bytes"]
    queries = 1 / page.rate - 1 / memory.rate
    template = 1 / memory.rate - 1 / ready.rate
    return [
        Row("errors of the list", f"{page.errors} of {page.answers + page.errors}", page.errors, 0),
        Row("list beside the same from memory, requests a second",
            f"{page.rate:.1f}; {memory.rate:.1f}", page.rate / memory.rate, 0.7, at_least=True),
        Row("list beside a view that returns the same bytes, requests a second",
            f"{page.rate:.1f}; {ready.rate:.1f}", page.rate / ready.rate),
        Row("p95 of the list with 32 clients waiting", f"{page.p95 * 1000:.0f} ms"),
        Row("where a request's time goes", _shares(queries, template, 1 / ready.rate, 1 / page.rate)),
    ]  # fmt: skip


def _shares(queries: float, template: float, rest: float, whole: float) -> str:
    return (
        f"queries and their rows {queries / whole:.0%}, rows to page {template / whole:.0%}, "
        f"session, membership, server and client {rest / whole:.0%}"
    )


def _load(large: Site, path: str) -> Load:
    """From a process of its own, so that the clients' interpreter is not this one's."""
    words = [str(large.port), large.session, path, str(CLIENTS), str(SECONDS)]
    said = subprocess.run([sys.executable, "-m", "tests.bench.clients", *words], check=True, cwd=ROOT,
                          stdout=subprocess.PIPE, text=True).stdout  # fmt: skip
    return Load(**json.loads(said))
