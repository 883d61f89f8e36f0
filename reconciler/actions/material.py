"""The facts that must not change between preview and sending (design section 7, step 2).

Reserved, available and new locks are not material: on a busy SKU they change all the time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from reconciler.actions.facts import LockFacts, OrderFacts, PairFacts, subjects
from reconciler.models import ReservationItem

Material = dict[str, Any]


def of_lock(facts: LockFacts) -> Material:
    """For cancel and acknowledge: lock status, its items, acknowledgement dates, order status, totals."""
    return {
        "lock_status": facts.reservation.status_code,
        "items": [[*_item(item), item.status] for item in facts.items],
        "requested": [[*pair, units] for pair, units in sorted(facts.requested.items())],
        "order_status": facts.order.status if facts.order else None,
        "totals": {
            subject: balance.total
            for subject, balance in zip(subjects(facts.balances), facts.balances.values(), strict=True)
        },
    }


def of_order(facts: OrderFacts) -> Material:
    """For start handling: status, instances, lock status."""
    return {
        "status": facts.order.status,
        "instances": sorted([flow.instance, flow.current_step] for flow in facts.workflows),
        "locks": sorted([lock.reservation.lock_id, lock.reservation.status_code] for lock in facts.locks),
    }


def of_pair(facts: PairFacts) -> Material:
    """For a count: total, unlimited flag, and whatever the form has to ask about."""
    return {
        "total": facts.balance.total,
        "unlimited": facts.balance.unlimited,
        "acknowledged": _asked(facts.acknowledged + facts.partly),
        "released": _asked(facts.released),
    }


def digest(values: Any) -> str:
    """SHA-256 of the canonical JSON."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _asked(items: Iterable[ReservationItem]) -> list[list[Any]]:
    return sorted([item.reservation.lock_id, *_item(item)] for item in items)


def _item(item: ReservationItem) -> list[Any]:
    return [
        item.sku_id,
        item.warehouse_id,
        item.quantity,
        _iso(item.acknowledged_at),
        item.partly_acknowledged,
    ]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
