"""What every store is full of: orders that were shipped or canceled, and those still on their way."""

from __future__ import annotations

from tests.bench.generator.orders import FULFILLMENT, MARKETPLACE, Line, Mirror, Step, order_name
from tests.bench.generator.shape import DAY, HOUR, UNREAD
from tests.bench.generator.truth import Truth

PAYING = ("order-created", "payment-pending")


def paid(created: int) -> list[Step]:
    return [
        (MARKETPLACE, "order-created", created),
        (MARKETPLACE, "payment-pending", created + 60),
        (MARKETPLACE, "payment-approved", created + 600),
        (FULFILLMENT, "window-to-cancel", created + 660),
    ]


def ready(created: int) -> list[Step]:
    return [*paid(created), (FULFILLMENT, "ready-for-handling", created + 900)]


def handling(created: int, started: int) -> list[Step]:
    return [
        *ready(created),
        (FULFILLMENT, "start-handling", started),
        (FULFILLMENT, "handling", started + 60),
    ]


def invoiced(steps: list[Step], at: int) -> list[Step]:
    return [
        *steps,
        (FULFILLMENT, "invoice", at - 300),
        (FULFILLMENT, "invoiced", at),
        (MARKETPLACE, "invoiced", at),
    ]


def canceled(steps: list[Step], at: int, status: str = "canceled") -> list[Step]:
    return [
        *steps,
        (FULFILLMENT, "cancellation-requested", at - 600),
        (FULFILLMENT, "cancel", at - 300),
        (FULFILLMENT, status, at),
        (MARKETPLACE, status, at),
    ]


class Flow:
    """Ordinary orders: nothing about them is wrong."""

    def __init__(self, mirror: Mirror, truth: Truth) -> None:
        self.mirror, self.truth = mirror, truth
        self.shape, self.chance = mirror.shape, mirror.chance

    def ordinary(self, number: int) -> None:
        created = self.shape.created(number)
        age, draw = self.shape.at - created, self.chance.random()
        if age < 8 * DAY:
            self.on_its_way(number, created, age)
        elif UNREAD[0] < age < UNREAD[1] and not number % 4:
            steps = paid(created)
            self.mirror.order(number, "invoiced", (), steps, read=None)
        elif draw > 0.95:
            self.canceled(number, created, created + 2 * HOUR + int((draw - 0.95) * 30 * DAY))
        else:
            self.shipped(number, created, created + int(draw * 4 * DAY) + DAY)

    def shipped(self, number: int, created: int, at: int) -> None:
        """Handled, counted: its reservation went. Half of them were never seen listed."""
        steps = invoiced(handling(created, created + (at - created) // 2), at)
        lines = self.mirror.some_lines()
        order = self.mirror.order(number, "invoiced", lines, steps, invoiced=at)
        if number % 2:
            self.gone(number, order, created, lines, at + 12 * HOUR, acknowledged=at - 6 * HOUR)

    def canceled(self, number: int, created: int, at: int) -> None:
        """Its reservation was released: by its id canceled, and in no list."""
        lines = self.mirror.some_lines()
        order = self.mirror.order(number, "canceled", lines, canceled(paid(created), at), canceled=at)
        if self.chance.random() < 0.6:
            self.gone(number, order, created, lines, at + HOUR, code=3)

    def gone(
        self,
        number: int,
        order: int,
        created: int,
        lines: list[Line],
        at: int,
        *,
        acknowledged: int | None = None,
        code: int | None = None,
    ) -> None:
        mirror = self.mirror
        lock = mirror.lock(
            f"00-{order_name(number)}", order, created + 60, lines, code=code, gone=at,
            asked=code is not None, canceled=at - HOUR if code == 3 else None,
        )  # fmt: skip
        for line in lines:
            mirror.item(lock, line, created + 120, gone=at, acknowledged=acknowledged)

    def on_its_way(self, number: int, created: int, age: int) -> None:
        """The pending findings of orders that wait for the seller are true, but not due."""
        mirror, lines, name = self.mirror, self.mirror.some_lines(), order_name(number)
        lock_id, seen = f"00-{name}", self.shape.at - 60
        if age < 5 * HOUR:
            steps = [step for step in paid(created) if step[1] in PAYING]
            order = mirror.order(number, "payment-pending", lines, steps, read=seen)
            lock = mirror.lock(lock_id, order, created + 60, lines, confirmed=None, code=1)
            status, acknowledged = "Authorized", None
        elif age < 36 * HOUR:
            order = mirror.order(number, "ready-for-handling", lines, ready(created), read=seen)
            lock = mirror.lock(lock_id, order, created + 60, lines)
            status, acknowledged = "Confirmed", None
            self.truth.lock(lock_id, "handling_overdue", confirmed=False)
        else:
            steps, part = handling(created, created + 30 * HOUR), number % 10 == 0
            order = mirror.order(
                number, "handling", lines, steps, read=seen, invoiced=seen - HOUR if part else None
            )
            lock = mirror.lock(lock_id, order, created + 60, lines)
            status, acknowledged = "Confirmed", created + 30 * HOUR + 60
            self.truth.lock(lock_id, "handling_abandoned", confirmed=False)
        for line in lines:
            mirror.item(lock, line, min(created + 120, seen), status=status, acknowledged=acknowledged)
