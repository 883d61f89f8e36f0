"""Stock as rows of lists show it: of many pairs at once, each found by the index of pairs.

Written in SQL: a list of pairs in Django's terms takes several times as long to write down and to plan as
the rows take to read.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import NamedTuple

from django.db import connection

from reconciler.models.accounts import VtexAccount

Pair = tuple[str, str]
"""SKU and warehouse."""

PAIRS = {
    "sqlite": "(SELECT json_extract(value, '$[0]') AS sku_id, json_extract(value, '$[1]') AS warehouse_id"
    " FROM json_each(%s))",
    "postgresql": "(SELECT value ->> 0 AS sku_id, value ->> 1 AS warehouse_id"
    " FROM jsonb_array_elements(%s::jsonb) AS each(value))",
}
QUERY = """
SELECT pair.sku_id, pair.warehouse_id, balance.total - balance.reserved, balance.unlimited, sku.name
FROM {pairs} AS pair
CROSS JOIN reconciler_stockbalance AS balance
LEFT JOIN reconciler_sku AS sku ON sku.account_id = balance.account_id AND sku.sku_id = balance.sku_id
WHERE balance.account_id = %s AND balance.sku_id = pair.sku_id AND balance.warehouse_id = pair.warehouse_id
"""


class Balance(NamedTuple):
    """Of a pair what a row says: units left to sell, and the SKU's name."""

    available: int
    unlimited: bool
    name: str


Balances = dict[Pair, Balance]


def of_pairs(account: VtexAccount, pairs: Collection[Pair]) -> Balances:
    """The balances of those pairs that the mirror knows; one query."""
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(QUERY.format(pairs=PAIRS[connection.vendor]), [json.dumps(sorted(pairs)), account.pk])
        return {
            (sku_id, warehouse_id): Balance(available, bool(unlimited), name or "")
            for sku_id, warehouse_id, available, unlimited, name in cursor.fetchall()
        }
