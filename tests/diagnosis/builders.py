"""Situations in few words: a confirmed reservation of two units, read just now, unless said otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from reconciler.diagnosis.cases import Graces, LockCase, PairCase
from reconciler.diagnosis.facts import (
    EventSource,
    Found,
    Instance,
    ItemFact,
    ListState,
    NotFound,
    OrderFacts,
    OrderLine,
    OrderLookup,
    PairFacts,
    Phantom,
    RequestedLine,
    ReservationFacts,
    Step,
    Tried,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LOCK = "00-v71425090lux-01"
ORDER = "v71425090lux-01"
SKU, WAREHOUSE = "0123", "cd_sp"
OTHER_SKU = "229"


def ago(days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours, minutes=minutes)


SEEN_BEFORE = ago(3)


def item(sku: str = SKU, quantity: int = 2, *, acked: datetime | None = None, **fields: Any) -> ItemFact:
    given = {
        "warehouse": WAREHOUSE,
        "status": "Confirmed",
        "first_seen_at": ago(20),
        "read_at": NOW,
        **fields,
    }
    return ItemFact(sku=sku, quantity=quantity, acknowledged_at=acked, **given)


def pair(sku: str = SKU, warehouse: str = WAREHOUSE, **fields: Any) -> PairFacts:
    """Read completely and between two equal balances, with nothing left over."""
    given = {
        "total": 5, "reserved": 2, "balance_read_at": NOW, "list_state": ListState.OK, "list_read_at": NOW,
        "list_tried_at": NOW, "bracketed_at": NOW, "watched_since": ago(90), **fields,
    }  # fmt: skip
    return PairFacts(sku=sku, warehouse=warehouse, **given)


def beyond(
    units: int = 2, *phantoms: Phantom, since: datetime = SEEN_BEFORE, sku: str = SKU, **fields: Any
) -> PairFacts:
    """A pair whose `reserved` counts more than its list holds."""
    return pair(
        sku, mismatch_units=units, mismatch_since=since, reserved=2 + units, phantoms=phantoms, **fields
    )


def phantom(lock_id: str = LOCK, units: int = 2, *, sku: str = SKU, **fields: Any) -> Phantom:
    """A candidate that was reserved and canceled as `phantom_lock` was."""
    given = {"reserved_at": ago(20), "canceled_at": ago(5), **fields}
    return Phantom(lock_id, (((sku, WAREHOUSE), units),), **given)


def lock(*items: ItemFact, **fields: Any) -> ReservationFacts:
    given = {
        "reserved_at": ago(20),
        "confirmed_at": ago(19.9),
        "by_id_status": 2,
        "by_id_read_at": NOW,
        **fields,
    }
    return ReservationFacts(
        fields.pop("lock_id", LOCK), items=items, **{k: v for k, v in given.items() if k != "lock_id"}
    )


def line(sku: str = SKU, quantity: int = 2, *, supply_lot: bool = False) -> RequestedLine:
    return RequestedLine(sku, WAREHOUSE, quantity, supply_lot)


def phantom_lock(*lines: RequestedLine, **fields: Any) -> ReservationFacts:
    """By-id status 3, canceled five days ago, listed nowhere."""
    return lock(**{"requested": lines or (line(),), "by_id_status": 3, "canceled_at": ago(5), **fields})


def order(status: str = "invoiced", **fields: Any) -> OrderFacts:
    """An order whose history was never read; it came to this status ten days ago."""
    given = {
        "read_at": NOW, "first_seen_at": ago(20), "created_at": ago(20), "last_change_at": ago(10),
        "invoiced_at": ago(10) if status == "invoiced" else None,
        "canceled_at": ago(10) if status == "canceled" else None,
        "lines": (OrderLine(SKU, 2, LOCK),), **fields,
    }  # fmt: skip
    return OrderFacts(order_id=ORDER, status=status, **given)


def walked(
    status: str, *steps: tuple[str, datetime], instance: str = "Fulfillment", **fields: Any
) -> OrderFacts:
    """An order whose document was read now, with these steps."""
    history = tuple(Step(instance, step, at, EventSource.DOCUMENT, NOW) for step, at in steps)
    given = {"history": history, "history_read_at": NOW, "last_change_at": history[-1].at, **fields}
    return order(status, **given)


def standing(
    name: str, step: str, since: datetime | None, *, read_at: datetime = NOW, **fields: Any
) -> Instance:
    return Instance(name, step, since, read_at, **fields)


def not_found(**fields: Any) -> NotFound:
    """Every condition that makes a 404 a proof."""
    given = {
        "tried": (Tried(LOCK, "404"), Tried(ORDER, "404")), "looked_at": NOW, "covered": ((ago(60), ago(1)),),
        **fields,
    }  # fmt: skip
    return NotFound(**given)


def case(
    reservation: ReservationFacts | None = None,
    of: OrderFacts | OrderLookup | None = None,
    *pairs: PairFacts,
    **fields: Any,
) -> LockCase:
    lookup = Found(of) if isinstance(of, OrderFacts) else of or Found(order())
    known = pairs or (pair(), pair(OTHER_SKU))
    return LockCase(reservation or lock(item()), lookup, {each.pair: each for each in known}, **fields)


def pair_case(one: PairFacts, *others: PairFacts) -> PairCase:
    return PairCase(one, {each.pair: each for each in (one, *others)}, Graces())


def shown(verdicts: Iterable[Any]) -> list[str]:
    """Verdicts as the tests write them: cause or reason, remedy, stuck or pending."""
    return [
        f"{verdict.cause}:{verdict.reason}" if verdict.reason
        else f"{verdict.cause} {verdict.remedy} {'stuck' if verdict.confirmed else 'pending'}"
        for verdict in verdicts
    ]  # fmt: skip
