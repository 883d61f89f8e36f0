"""Long proofs at reduced counts, unless `make deep` runs them (DEEP is set)."""

import hashlib
import os
from collections import defaultdict

import pytest

SEED = os.environ.get("SAMPLE_SEED", "1")
SHARE = float(os.environ.get("SAMPLE_SHARE", "1"))


def left_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """What `@pytest.mark.sampled(n)` leaves out: of each such test all cases but n."""
    if os.environ.get("DEEP"):
        return []
    tests: dict[tuple[str, int], list[pytest.Item]] = defaultdict(list)
    for item in items:
        if marker := item.get_closest_marker("sampled"):
            tests[item.nodeid.partition("[")[0], marker.args[0]].append(item)
    return [item for (_, most), cases in tests.items() for item in _beyond(cases, int(most * SHARE))]


def _beyond(cases: list[pytest.Item], most: int) -> list[pytest.Item]:
    always = sorted(cases, key=lambda item: _rank(item, ""))[: most // 2]
    rest = sorted((item for item in cases if item not in always), key=lambda item: _rank(item, SEED))
    return rest[most - len(always) :]


def _rank(item: pytest.Item, seed: str) -> str:
    return hashlib.sha256(f"{seed}:{item.nodeid}".encode()).hexdigest()
