"""Pages of a large store beside those of a small one, and the stuck list beside other ways to show it."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from statistics import median

from tests.bench.datasets import SMALL, Dataset
from tests.bench.rows import Row
from tests.bench.served import Site, in_turn, lock_page, order_search, p95, site

TITLE = "Pages"
TIMES = 60
DEEP_PAGE = 200
NOTE = """
Both stores served by gunicorn at the same time, asked in turn by one client; 95th percentiles. "From memory"
is the same view and template with everything that it reads kept from an earlier request; "admin" is the
changelist of Django's admin over the same rows, joins, order and page size. These are held against each
other by their medians, through the same server. Sums and facets are counted when findings change, at most
10 seconds ago; how much of the store was read is counted once a minute.
"""
PAGES: dict[str, Callable[[Site, int], str]] = {
    "stuck list": lambda site, number: "/s/luxstore/stuck/",
    "stuck list of one cause": lambda site, number: "/s/luxstore/stuck/?cause=handling_skipped",
    "stuck list, costliest first, of one cause": lambda site, number: (
        "/s/luxstore/stuck/?cause=order_canceled&sort=value"
    ),
    "stuck list, oldest first": lambda site, number: "/s/luxstore/stuck/?sort=oldest",
    "reservation": lock_page,
    "order by its id": order_search,
    "orders": lambda site, number: "/s/luxstore/orders/",
    "overview": lambda site, number: "/s/luxstore/",
    "audit": lambda site, number: "/s/luxstore/audit/",
    "audit of one action": lambda site, number: "/s/luxstore/audit/?action=reservation.cancel",
}


def run(dataset: Dataset) -> list[Row]:
    small, large = dataset.sibling(SMALL).diagnosed(), dataset.diagnosed()
    with site(small, workers=1) as few, site(large, workers=1) as many:
        grown = [_grown(what, few, many, address) for what, address in PAGES.items()]
        return [*grown, _deep(many), *_beside(many)]


def _grown(what: str, few: Site, many: Site, address: Callable[[Site, int], str]) -> Row:
    looks = {
        "small": lambda number: few.seconds(address(few, number)),
        "large": lambda number: many.seconds(address(many, number)),
    }
    found = in_turn(looks, TIMES)
    return _row(f"{what}: large store beside small", p95(found["large"]), p95(found["small"]), 1.5)


def _deep(many: Site) -> Row:
    path = "/s/luxstore/stuck/"
    for _ in range(DEEP_PAGE - 1):
        following = re.search(r'rel="next" href="([^"]+)"', many.get(path)[1])
        if following is None:
            return Row(f"page {DEEP_PAGE} by cursor", "the list is shorter")
        path = "/s/luxstore/stuck/" + unescape(following[1])
    looks = {
        "first": lambda number: many.seconds("/s/luxstore/stuck/?cause="),
        "deep": lambda number: many.seconds(path),
    }
    found = in_turn(looks, TIMES)
    return _row(f"page {DEEP_PAGE} by cursor beside page 1", p95(found["deep"]), p95(found["first"]), 1.5)


def _beside(many: Site) -> list[Row]:
    paths = {
        "list": "/s/luxstore/stuck/",
        "memory": "/s/luxstore/memory/",
        "admin": "/admin/reconciler/finding/",
    }
    looks = {name: lambda number, path=path: many.seconds(path) for name, path in paths.items()}
    took = {name: median(seconds) for name, seconds in in_turn(looks, TIMES).items()}
    return [
        _row("stuck list beside the same from memory", took["list"], took["memory"], 1.3),
        _row("stuck list beside Django's admin", took["list"], took["admin"], 1),
    ]


def _row(what: str, seconds: float, beside: float, limit: float) -> Row:
    raw = f"{seconds * 1000:.1f} ms; {beside * 1000:.1f} ms"
    return Row(what, raw, seconds / beside, limit)
