"""The history of orders as lists draw it: when each step first was, of many orders at once.

Written in SQL for the reason that `listed_stock` gives; SQLite's times come as text, which is read quickest.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from django.db import connection

Event = tuple[str, datetime]
"""A step as VTEX names it, and when it first was."""

AMONG: dict[str, tuple[str, Callable[[Collection[int] | Collection[str]], Any]]] = {
    "sqlite": ("IN (SELECT value FROM json_each(%s))", lambda values: json.dumps(list(values))),
    "postgresql": ("= ANY(%s)", list),
}
QUERY = """
SELECT order_id, step, MIN(at) FROM reconciler_orderstatusevent
WHERE order_id {among} AND step {among} GROUP BY order_id, step
"""


def first_times(orders: Collection[int], steps: Collection[str]) -> dict[int, list[Event]]:
    """By the order's key, what of `steps` happened to it; one query."""
    if not orders:
        return {}
    among, written = AMONG[connection.vendor]
    found: dict[int, list[Event]] = {}
    with connection.cursor() as cursor:
        cursor.execute(QUERY.format(among=among), [written(orders), written(steps)])
        for order, step, at in cursor.fetchall():
            found.setdefault(order, []).append((step, _moment(at)))
    return found


def _moment(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at
