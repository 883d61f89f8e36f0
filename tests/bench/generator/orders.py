"""Orders with lines, flow and history, and their reservations: one method for each kind of row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from random import Random

from reconciler.models import (
    Order,
    OrderItem,
    OrderStatusEvent,
    OrderWorkflow,
    Reservation,
    ReservationItem,
)
from reconciler.models.reservations import RequestedUnits
from tests.bench.generator.load import Loader
from tests.bench.generator.shape import DAY, MINUTE, Shape, text
from tests.bench.generator.stock import Pair, Stock

MARKETPLACE, FULFILLMENT = "Marketplace", "Fulfillment"
Step = tuple[str, str, int]
"""(instance, step, seconds since 1970)"""


@dataclass(frozen=True)
class Line:
    sku: str
    warehouse: str
    quantity: int

    @property
    def pair(self) -> Pair:
        return self.sku, self.warehouse


class Mirror:
    """What the store's orders and reservations look like in the mirror."""

    def __init__(self, loader: Loader, shape: Shape, account: int, stock: Stock, chance: Random) -> None:
        self.shape, self.account, self.stock, self.chance = shape, account, stock, chance
        self.order_ids, self.line_ids, self.flow_ids = count(1), count(1), count(1)
        self.asked_ids = count(1)
        self.event_ids, self.lock_ids, self.item_ids = count(1), count(1), count(1)
        self.orders = loader.table(
            Order, "id", "account_id", "order_id", "order_group", "sequence", "seller_order_id", "origin",
            "sales_channel", "status", "workflow_in_error", "is_completed", "created_at", "last_change_at",
            "authorized_at", "invoiced_at", "canceled_at", "value_cents", "currency", "listed_status",
            "listed_at", "first_seen_at", "read_at", "history_read_at", "unreadable_reason",
        )  # fmt: skip
        self.lines = loader.table(
            OrderItem, "id", "order_id", "index", "sku_id", "quantity", "lock_id", "seller_id", "name",
            "ref_id", "ean", "price_cents", "deliveries",
        )  # fmt: skip
        self.flows = loader.table(
            OrderWorkflow,
            "id",
            "order_id",
            "instance",
            "current_step",
            "last_change_at",
            "in_error",
            "read_at",
        )
        self.events = loader.table(
            OrderStatusEvent, "id", "order_id", "instance", "step", "at", "source", "first_seen_at"
        )
        self.locks = loader.table(
            Reservation, "id", "account_id", "lock_id", "order_id", "order_lookup", "order_lookup_reason",
            "order_lookup_at", "order_lookup_tried", "superseded", "sales_channel", "reserved_at",
            "maximum_confirmation_at", "confirmed_at", "canceled_at", "status_code", "status_read_at",
            "requested", "first_seen_at", "listed_at", "gone_at",
        )  # fmt: skip
        self.asked = loader.table(
            RequestedUnits, "id", "account_id", "reservation_id", "sku_id", "warehouse_id", "quantity"
        )
        self.items = loader.table(
            ReservationItem, "id", "account_id", "reservation_id", "sku_id", "warehouse_id", "quantity",
            "status", "internal_status", "acknowledged_at", "partly_acknowledged", "first_seen_at", "read_at",
            "gone_at",
        )  # fmt: skip

    def some_lines(self) -> list[Line]:
        """One to four, of different SKUs."""
        chance = self.chance.random
        draw = chance()
        wanted = 1 if draw < 0.55 else 2 if draw < 0.8 else 3 if draw < 0.92 else 4
        pairs = dict(self.stock.any_pair() for _ in range(wanted))
        return [Line(sku, warehouse, 1 if chance() < 0.8 else 2) for sku, warehouse in pairs.items()]

    def order(
        self,
        number: int,
        status: str,
        lines: Iterable[Line],
        steps: Sequence[Step],
        *,
        lock: str | None = None,
        invoiced: int | None = None,
        canceled: int | None = None,
        in_error: bool = False,
        read: int | None = -1,
        unreadable: str = "",
        now_at: dict[str, str] | None = None,
    ) -> int:
        """One order with all that hangs on it; its flow stands where its history ends, unless `now_at` says.

        `lock` None: the usual one. `read` -1: an hour after the last step; None: only listed, never read.
        """
        pk, created = next(self.order_ids), self.shape.created(number)
        name = order_name(number)
        last = steps[-1][2]
        read = min(last + 3600, self.shape.at) if read == -1 else read
        born, seen = text(created), text(read) if read else None
        rows = list(lines) if read else []
        value = sum(line.quantity * price(line.sku) for line in rows)
        self.orders.rows.append(
            (pk, self.account, name, name[:-3], str(500_000 + number), f"00-{name}", MARKETPLACE, "1", status,
             int(in_error), 1, born, text(last), text(created + 600), text(invoiced) if invoiced else None,
             text(canceled) if canceled else None, value, "BRL", status, text(last + 600),
             text(created + 300), seen, seen, unreadable)
        )  # fmt: skip
        if not read:
            return pk
        held_by = f"00-{name}" if lock is None else lock
        self.lines.rows.extend(
            (next(self.line_ids), pk, index, line.sku, line.quantity, held_by, "1", f"Watch {line.sku}",
             f"LUX-{line.sku}", f"789{int(line.sku):010}", price(line.sku),
             f'[{{"warehouse": "{line.warehouse}", "dock": "1", "quantity": {line.quantity}}}]')
            for index, line in enumerate(rows)
        )  # fmt: skip
        stands = {instance: (step, at) for instance, step, at in steps}
        for instance, (step, at) in stands.items():
            step = (now_at or {}).get(instance, step)
            self.flows.rows.append((next(self.flow_ids), pk, instance, step, text(at), int(in_error), seen))
        self.events.rows.extend(
            (next(self.event_ids), pk, instance, step, text(at), "document", seen)
            for instance, step, at in steps
        )
        return pk

    def lock(
        self,
        lock_id: str,
        order: int | None,
        reserved: int,
        lines: Collection[Line],
        *,
        lookup: str = "found",
        reason: str = "",
        tried: str = "[]",
        looked: int | None = None,
        expires: int | None = None,
        confirmed: int | None = -1,
        canceled: int | None = None,
        code: int | None = 2,
        gone: int | None = None,
        superseded: bool = False,
        supply_lot: str = "",
        asked: bool = True,
    ) -> int:
        """A reservation without its items; `asked`: it was read by its id, so what it asked for is known."""
        pk, at = next(self.lock_ids), self.shape.at
        confirmed = reserved + 600 if confirmed == -1 else confirmed
        requested = ", ".join(
            f'{{"sku": "{line.sku}", "warehouse": "{line.warehouse}", "quantity": {line.quantity}, '
            f'"supply_lot": "{supply_lot}"}}'
            for line in lines
        )
        self.locks.rows.append(
            (pk, self.account, lock_id, order, lookup, reason, text(looked or at), tried, int(superseded),
             "1", text(reserved), text(expires or reserved + 5 * DAY), text(confirmed) if confirmed else None,
             text(canceled) if canceled else None, code, text(at - MINUTE) if asked else None,
             f"[{requested}]" if asked else "[]", text(reserved + 60), text(gone or at),
             text(gone) if gone else None)
        )  # fmt: skip
        if asked and not supply_lot:
            self.asked.rows.extend(
                (next(self.asked_ids), self.account, pk, *line.pair, line.quantity) for line in lines
            )
        return pk

    def item(
        self,
        lock: int,
        line: Line,
        since: int,
        *,
        status: str = "Confirmed",
        acknowledged: int | None = None,
        partly: bool = False,
        gone: int | None = None,
    ) -> None:
        """Units that a list shows, or showed until they were `gone`; those it shows count as reserved."""
        read = gone or self.stock.read_at(line.pair)
        self.items.rows.append(
            (next(self.item_ids), self.account, lock, line.sku, line.warehouse, line.quantity, status, status,
             text(acknowledged) if acknowledged else None, int(partly), text(since), text(read),
             text(gone) if gone else None)
        )  # fmt: skip
        if not gone and status in ("Confirmed", "Authorized"):
            self.stock.hold(line.pair, line.quantity)


def order_name(number: int) -> str:
    """Ascending, as VTEX's are: unique indexes grow at their end."""
    return f"v{71_420_000 + number}lux-01"


def price(sku: str) -> int:
    return 990 + int(sku) * 7919 % 50_000
