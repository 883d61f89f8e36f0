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
changelist of Django's admin over the same rows, joins, order and page size. One cause is the one that fills
a page in both stores; another, of which the small one has less than a page, stands beside it without a limit,
since it compares pages of unequal length. The list from memory and the admin are held against each
other by their medians, through the same server. Sums and facets are counted when findings change, at most
10 seconds ago; how much of the store was read is counted once a minute.
"""
FULL = "could_not_tell"
"""The cause that fills a page in the small store as well: 50 rows are held against 50."""
PAGES: dict[str, Callable[[Site, int], str]] = {
    "stuck list": lambda site, number: "/s/luxstore/stuck/",
    "stuck list of one cause": lambda site, number: f"/s/luxstore/stuck/?cause={FULL}&sort=oldest",
    "stuck list, costliest first, of one cause": lambda site, number: (
        f"/s/luxstore/stuck/?cause={FULL}&sort=value"
    ),
    "stuck list, oldest first": lambda site, number: "/s/luxstore/stuck/?sort=oldest",
    "reservation": lock_page,
    "order by its id": order_search,
    "orders": lambda site, number: "/s/luxstore/orders/",
    "overview": lambda site, number: "/s/luxstore/",
    "audit": lambda site, number: "/s/luxstore/audit/",
    "audit of one action": lambda site, number: "/s/luxstore/audit/?action=reservation.cancel",
}


SHORTER = "/s/luxstore/stuck/?cause=handling_skipped"


def run(dataset: Dataset) -> list[Row]:
    small, large = dataset.sibling(SMALL).diagnosed(), dataset.diagnosed()
    with site(small, workers=1) as few, site(large, workers=1) as many:
        grown = [_grown(what, few, many, address) for what, address in PAGES.items()]
        return [*grown, _shorter(few, many), _deep(many), *_beside(many)]


def _grown(what: str, few: Site, many: Site, address: Callable[[Site, int], str]) -> Row:
    looks = {
        "small": lambda number: few.seconds(address(few, number)),
        "large": lambda number: many.seconds(address(many, number)),
    }
    found = in_turn(looks, TIMES)
    return _row(f"{what}: large store beside small", p95(found["large"]), p95(found["small"]), 1.5)


def _shorter(few: Site, many: Site) -> Row:
    """Of a cause that fills less than a page of the small store: what its missing rows would have cost."""
    counts = [site.get(SHORTER)[1].count('<td class="subject">') for site in (many, few)]
    row = _grown("", few, many, lambda site, number: SHORTER)
    what = f"stuck list of one cause, {counts[0]} rows in the large store beside {counts[1]} in the small"
    return Row(what, row.raw, row.ratio)


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
