"""The whole store, in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path
from random import Random

from django.contrib.auth.models import User

from reconciler.models import (
    AuditEntry,
    AuditHead,
    BackfillWindow,
    Membership,
    Order,
    OrderItem,
    OrderStatusEvent,
    OrderWorkflow,
    Reservation,
    ReservationItem,
    Role,
    Sku,
    StockBalance,
    StockChange,
    SyncCursor,
    SyncKind,
    SyncRun,
    VtexAccount,
    Warehouse,
)
from reconciler.models.reservations import RequestedUnits
from tests.bench.generator import audit
from tests.bench.generator.flow import Flow
from tests.bench.generator.load import Loader, loading
from tests.bench.generator.orders import Mirror
from tests.bench.generator.shape import DAY, HOUR, PERSON, SPAN, STORE, Shape, text
from tests.bench.generator.stock import Stock
from tests.bench.generator.stories import SHARES, Story
from tests.bench.generator.truth import Truth

FILLED = (
    Sku, Warehouse, Order, OrderItem, OrderWorkflow, OrderStatusEvent, Reservation, ReservationItem,
    RequestedUnits, StockBalance, StockChange, BackfillWindow, SyncRun, SyncCursor, AuditEntry, AuditHead,
)  # fmt: skip
FLUSH = 2_000


def generate(shape: Shape, truth: Path) -> None:
    """Fills the database at hand, which has to be migrated and without a store; `truth` gets the findings."""
    account = VtexAccount.objects.create(name=STORE, currency="BRL")
    person = User.objects.create(username=PERSON, is_active=True)
    for role in Role:
        Membership.objects.create(user=person, account=account, role=role)
    with loading(*FILLED) as loader:
        for _ in _rows(loader, shape, account.pk, Truth(truth)):
            loader.flush()


def _rows(loader: Loader, shape: Shape, account: int, truth: Truth) -> Iterator[None]:
    chance = Random(f"orders {shape.seed}")
    stock = Stock(loader, shape, account, chance)
    flow = Flow(Mirror(loader, shape, account, stock, chance), truth)
    special = stories(shape)
    for number in range(shape.orders):
        special.get(number, Flow.ordinary)(flow, number)
        if not number % FLUSH:
            yield
    truth.close()
    yield from stock.write()
    _kept(loader, shape, account)
    yield from audit.write(loader, shape)


def stories(shape: Shape) -> dict[int, Story]:
    """Which orders are extraordinary: the same share at every size, spread over all ages."""
    wanted = [
        kinds[turn % len(kinds)] for share, kinds in SHARES for turn in range(round(shape.orders * share))
    ]
    chance = Random(f"stories {shape.seed}")
    chance.shuffle(wanted)
    return dict(zip(chance.sample(range(shape.settled), len(wanted)), wanted, strict=True))


def _kept(loader: Loader, shape: Shape, account: int) -> None:
    """Backfill windows of 3,000 orders that cover everything, and a past of syncs."""
    windows = loader.table(
        BackfillWindow, "id", "account_id", "starts_at", "ends_at", "orders", "completed_at"
    )
    first, span = shape.at - SPAN - 10 * DAY, SPAN + 10 * DAY
    parts = max(10, shape.orders // 3_000)
    edges = [first + span * part // parts for part in range(parts + 1)]
    for number, (start, end) in enumerate(pairwise(edges), 1):
        windows.rows.append((number, account, text(start), text(end), shape.orders // parts, text(shape.at)))
    runs = loader.table(
        SyncRun,
        "id",
        "account_id",
        "kind",
        "started_at",
        "heartbeat_at",
        "finished_at",
        "done",
        "of",
        "counts",
    )
    numbers = count(1)
    for hour in range(24 * 14):
        for kind in (SyncKind.RECENT, SyncKind.OPEN_ORDERS, SyncKind.DUE):
            at = shape.at - hour * HOUR
            end = text(at + 50)
            row = (next(numbers), account, kind.value, text(at), end, end, 120, 120, '{"orders": 120}')
            runs.rows.append(row)
    cursors = loader.table(SyncCursor, "id", "account_id", "kind", "position", "completed_at", "updated_at")
    for number, kind in enumerate(SyncKind, 1):
        cursors.rows.append((number, account, kind.value, "{}", text(shape.at - HOUR), text(shape.at)))
