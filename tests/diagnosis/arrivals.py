"""What VTEX would answer of a small store, as reads that may arrive in any order and more than once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st

from reconciler.diagnosis.refresh import refresh
from reconciler.models import BackfillWindow, Finding, ListState, Reservation, VtexAccount
from reconciler.sync import fetch, history, lookup, orders, reservations, stock, together
from reconciler.vtex import errors
from reconciler.vtex.payloads.documents import OrderDocument, TimelineStep, WorkflowData, WorkflowInstance
from reconciler.vtex.payloads.orders import Order, OrderItem
from reconciler.vtex.payloads.reservations import Reservation as ReservationById
from reconciler.vtex.payloads.reservations import ReservationItem, SlaItem, SlaRequest
from reconciler.vtex.payloads.stock import Balance, SkuInventory
from tests import factories as make

from .builders import NOW, ago

SKUS, WAREHOUSE = ("0123", "229"), "cd_sp"
STATUSES = (
    "invoiced", "invoiced", "canceled", "replaced", "handling", "ready-for-handling", "cancel",
    "payment-pending",
)  # fmt: skip
Read = orders.OrderFetch | fetch.SkuRead | reservations.ReservationFetch | lookup.LookupFetch
_names = count(1)


@dataclass(frozen=True)
class Lock:
    """One order and its reservation. `answer`: "200", or what VTEX answers when its order is asked for."""

    number: int
    answer: str
    status: str
    entered: datetime
    by_id: int
    units: dict[str, int]
    listed: bool
    row_status: str
    acknowledged: datetime | None
    expires: datetime | None
    renamed: bool
    read_at: dict[str, datetime] = field(default_factory=dict)

    @property
    def order_id(self) -> str:
        return f"v{self.number}lux-01"

    @property
    def lock_id(self) -> str:
        return f"00-{self.order_id}"


@dataclass(frozen=True)
class World:
    locks: tuple[Lock, ...]
    beyond: dict[str, int]
    pair_read: dict[str, datetime]


moments = st.sampled_from([ago(hours=hours) for hours in (0, 1, 20, 35, 36, 37, 60, 24 * 16)])
when = st.sampled_from([ago(hours=hours) for hours in (1, 30, 24 * 3, 24 * 12)])


@st.composite
def _locks(draw: st.DrawFn, number: int) -> Lock:
    return Lock(
        number=number,
        answer=draw(st.sampled_from(["200", "200", "200", "200", "404", "403"])),
        status=draw(st.sampled_from(STATUSES)),
        entered=draw(when),
        by_id=draw(st.sampled_from([1, 2, 2, 3, 3, 5])),
        units=draw(st.dictionaries(st.sampled_from(SKUS), st.integers(1, 2), min_size=1)),
        listed=draw(st.sampled_from([True, True, False])),
        row_status=draw(st.sampled_from(["Confirmed", "Confirmed", "Confirmed", "Authorized", "Dispatched"])),
        acknowledged=draw(st.none() | when),
        expires=draw(st.none() | when),
        renamed=draw(st.sampled_from([False, False, False, True])),
        read_at={name: draw(moments) for name in ("order", "lock", "lookup")},
    )


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to three orders over two SKUs of one warehouse, with differences that somebody may explain."""
    return World(
        locks=tuple(draw(_locks(number)) for number in range(1, draw(st.integers(1, 3)) + 1)),
        beyond={sku: draw(st.sampled_from([-1, 0, 0, 1, 2])) for sku in SKUS},
        pair_read={sku: draw(moments) for sku in SKUS},
    )


def store() -> VtexAccount:
    """A new account whose orders are all listed."""
    account = make.account(f"store{next(_names)}")
    window = {"starts_at": ago(60), "ends_at": NOW, "completed_at": NOW}
    BackfillWindow.objects.create(account=account, **window)
    return account


def reads(world: World, later: timedelta = timedelta(0)) -> list[Read]:
    """One read of each thing; `later` than the world says."""
    found: list[Read] = [_pair(world, sku, later) for sku in SKUS]
    for each in world.locks:
        found.append(_by_id(each, later))
        found.append(_order(each, later) if each.answer == "200" else _looked_up(each, later))
    return found


def arrive(account: VtexAccount, arriving: Iterable[Read]) -> None:
    """Each read as the sync saves and judges it. An order is looked for once its reservation is known."""
    waiting: list[Read] = []
    for read in arriving:
        if not _arrived(account, read):
            waiting.append(read)
    assert all(_arrived(account, read) or isinstance(read, lookup.LookupFetch) for read in waiting)


def _arrived(account: VtexAccount, read: Read) -> bool:
    match read:
        case orders.OrderFetch():
            together.diagnose_orders(account, orders.save_orders(account, [read]))
        case fetch.SkuRead():
            stock.diagnose(account, stock.save(account, read))
        case reservations.ReservationFetch():
            reservations.save_reservation(account, read)
            refresh(account, now=timezone.now(), lock_ids=[read.lock_id])
        case lookup.LookupFetch():
            row = Reservation.objects.filter(account=account, lock_id=f"00-{read.orders[0].order_id}").first()
            if row is None:
                return False
            lookup.save_lookup(account, row, read)
    return True


def findings(account: VtexAccount) -> set[tuple[Any, ...]]:
    """All that the open findings say, without the rows' own numbers and times.

    What a reservation without a known order is worth is left out: an estimate by the SKU's latest sale, as
    good as the last read of its pair.
    """
    rows = Finding.objects.filter(account=account).open().select_related("order", "reservation", "balance")
    return {
        (
            row.subject, row.cause, row.remedy, row.reason, row.since, row.due_at, row.facts_read_at,
            row.confirmed_at, row.units, row.value_kind, row.value_cents if row.order else None,
            row.order and row.order.order_id, row.reservation and row.reservation.lock_id,
            row.balance and row.balance.sku_id,
            _frozen(row.items), _frozen(row.evidence), _frozen(row.not_causes),
        )
        for row in rows
    }  # fmt: skip


def _frozen(pieces: list[dict[str, Any]]) -> frozenset[Any]:
    return frozenset(tuple(sorted(piece.items())) for piece in pieces)


def _pair(world: World, sku: str, later: timedelta) -> fetch.SkuRead:
    rows = tuple(_row(each, each.units[sku]) for each in world.locks if each.listed and sku in each.units)
    holding = sum(row.quantity for row in rows if row.status in ("Authorized", "Confirmed"))
    reserved = holding + world.beyond[sku]
    balance = Balance(warehouse_id=WAREHOUSE, total_quantity=9, reserved_quantity=reserved)
    inventory = SkuInventory(sku_id=sku, balances=[balance])
    listing = fetch.Listing(ListState.OK, rows, reserved)
    return fetch.SkuRead(sku, world.pair_read[sku] + later, inventory, {WAREHOUSE: listing})


def _row(each: Lock, units: int) -> ReservationItem:
    return ReservationItem(
        lock_id=each.lock_id, quantity=units, status=each.row_status, acknowledged_at=each.acknowledged,
        reservation_date=ago(30), maximum_confirmation_date=each.expires, confirmed_date=ago(29),
    )  # fmt: skip


def _by_id(each: Lock, later: timedelta) -> reservations.ReservationFetch:
    asked = [
        SlaRequest(item=SlaItem(id=sku, quantity=units), ware_house_id=WAREHOUSE)
        for sku, units in each.units.items()
    ]
    seen = ReservationById(
        lock_id=each.lock_id, raw_status=str(each.by_id), items=asked, reservation_date=ago(30),
        maximum_confirmation_date=each.expires, confirmed_date=ago(29),
        canceled_date=each.entered if each.by_id in (3, 5) else None,
    )  # fmt: skip
    return reservations.ReservationFetch(each.lock_id, each.read_at["lock"] + later, seen)


def _order(each: Lock, later: timedelta) -> orders.OrderFetch:
    carried = "other" if each.renamed else each.lock_id
    seen = Order(
        order_id=each.order_id, status=each.status, seller_order_id=each.lock_id, creation_date=ago(30),
        last_change=each.entered, invoiced_date=each.entered if each.status == "invoiced" else None,
        value=100,
        items=[
            OrderItem(id=sku, quantity=units, lock_id=carried, price=50)
            for sku, units in each.units.items()
        ],
    )  # fmt: skip
    steps = [TimelineStep(step_name=each.status, date=each.entered)]
    flow = WorkflowInstance(
        name="Fulfillment", current_step_name=each.status, last_change=each.entered, time_line=steps
    )
    document = OrderDocument(order_id=each.order_id, workflow_data=WorkflowData(instances=[flow]))
    read_at = each.read_at["order"] + later
    return orders.OrderFetch(each.order_id, read_at, seen, history=history.Fetched(document, read_at))


def _looked_up(each: Lock, later: timedelta) -> lookup.LookupFetch:
    read_at = each.read_at["lookup"] + later
    kind = errors.NotFound if each.answer == "404" else errors.Forbidden
    asked = [
        orders.OrderFetch(name, read_at, error=kind("no", status=int(each.answer)))
        for name in (each.order_id, each.lock_id)
    ]
    return lookup.LookupFetch(read_at, asked)
