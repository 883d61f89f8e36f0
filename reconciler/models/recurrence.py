"""How often each cause came back: findings open and healed, by week and by the way their orders came.

Every count is bounded by the weeks asked for and goes by an index that holds all it needs but the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Case, Count, F, Max, Min, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, NullIf

from reconciler.models.accounts import VtexAccount
from reconciler.models.findings import Cause, Finding
from reconciler.models.orders import Order, OrderItem

CAUSES = (
    Cause.HANDLING_SKIPPED, Cause.COUNT_NOT_UPDATED, Cause.HANDLING_OVERDUE, Cause.HANDLING_ABANDONED,
    Cause.ORDER_CANCELED, Cause.ORDER_MISSING, Cause.LOCK_SUPERSEDED, Cause.AUTHORIZATION_EXPIRED,
    Cause.CANCEL_INCOMPLETE, Cause.WORKFLOW_STUCK,
)  # fmt: skip
"""What is about an order or a reservation, what the merchant's own systems do first."""


class Way(models.TextChoices):
    """By what the orders of a report are told apart."""

    AFFILIATE = "affiliate"
    CHANNEL = "channel"
    SELLER = "seller"
    WAREHOUSE = "warehouse"


@dataclass(frozen=True)
class Period:
    """Whole weeks of the store, oldest first: the start of each, and the moment of the count."""

    starts: tuple[datetime, ...]
    until: datetime

    def week(self, field: str) -> Case:
        """The number of the week that a time of this period falls into."""
        ends = self.starts[1:]
        return Case(
            *(When(**{f"{field}__lt": end}, then=Value(index)) for index, end in enumerate(ends)),
            default=Value(len(ends)),
            output_field=models.IntegerField(),
        )

    def holds(self, field: str) -> Q:
        return Q(**{f"{field}__gte": self.starts[0], f"{field}__lt": self.until})


class Week(NamedTuple):
    """Orders of one cause in one week; `still_open`: how many of them have a finding yet."""

    cause: str
    week: int
    orders: int
    still_open: int


class Part(NamedTuple):
    """Orders of one cause, week and way; `way` is None where the order is not known.

    `some`: ids of two findings among them, to show as examples.
    """

    cause: str
    way: str | None
    week: int
    orders: int
    some: tuple[int, int]


def by_week(account: VtexAccount, period: Period) -> list[Week]:
    """One query; an order counts once a week, however often its finding was opened anew."""
    found = _confirmed(account, period).values("cause", "week").annotate(orders=_orders(), open=_still_open())
    return [Week(*row) for row in found.values_list("cause", "week", "orders", "open")]


def by_way(account: VtexAccount, period: Period, way: Way) -> list[Part]:
    """One query. An order that holds units in two warehouses counts in both."""
    found = (
        _confirmed(account, period)
        .annotate(way=_WAYS[way])
        .values("cause", "way", "week")
        .annotate(orders=_orders(), first=Min("id"), last=Max("id"))
    )
    rows = found.values_list("cause", "way", "week", "orders", "first", "last")
    return [Part(cause, way, week, orders, (one, other)) for cause, way, week, orders, one, other in rows]


def ended(account: VtexAccount, period: Period, field: str, way: Way) -> list[tuple[str | None, int, int]]:
    """(way, week, orders) of all orders whose `field`, such as invoiced_at, lies in the period; one query.

    Not by warehouse: which one an order took is written in its lines, not in the order.
    """
    column = _WAYS_OF_ORDER.get(way, Value(None, output_field=models.CharField()))
    mine = Order.objects.filter(period.holds(field), account=account).order_by()
    found = mine.annotate(week=period.week(field), way=column).values("way", "week")
    return list(found.annotate(orders=Count("id")).values_list("way", "week", "orders"))


def first_ever(account: VtexAccount) -> dict[str, datetime]:
    """By cause, when it first occurred, however long ago; one query, an end of an index each."""
    oldest = {
        cause.value: Subquery(
            Finding.objects.filter(account=OuterRef("pk"), cause=cause, confirmed_at__isnull=False)
            .order_by("held_since")
            .values("held_since")[:1]
        )
        for cause in CAUSES
    }
    found = VtexAccount.objects.filter(pk=account.pk).annotate(**oldest).values(*oldest).get()
    return {cause: at for cause, at in found.items() if at is not None}


class Example(NamedTuple):
    """A finding as the report names it; `order_id` is None where no order is known."""

    subject: str
    order_id: str | None
    at: datetime


def examples(account: VtexAccount, ids: Sequence[int]) -> dict[int, Example]:
    """The findings of these ids; one query."""
    found = Finding.objects.filter(account=account, pk__in=ids).order_by()
    rows = found.values_list("pk", "subject", "order__order_id", "held_since")
    return {pk: Example(*rest) for pk, *rest in rows}


def _confirmed(account: VtexAccount, period: Period) -> Any:
    """Ever confirmed: what settled by itself within its grace was never wrong."""
    mine = Finding.objects.filter(account=account, cause__in=CAUSES, confirmed_at__isnull=False)
    return mine.filter(period.holds("held_since")).order_by().annotate(week=period.week("held_since"))


def _who() -> Coalesce:
    return Coalesce(F("order_id"), -F("reservation_id"), output_field=models.BigIntegerField())


def _orders() -> Count:
    return Count(_who(), distinct=True)


def _still_open() -> Count:
    return Count(_who(), distinct=True, filter=Q(closed_at__isnull=True))


def _seller(order: str) -> Subquery:
    """VTEX splits a purchase into one order a seller (F3.1): the first line's is the order's."""
    lines = OrderItem.objects.filter(order=OuterRef(order)).order_by("index")
    return Subquery(lines.values("seller_id")[:1])


_WAYS: dict[str, Any] = {
    Way.AFFILIATE: F("order__affiliate_id"),
    Way.CHANNEL: Coalesce(
        NullIf("order__sales_channel", Value("")), NullIf("reservation__sales_channel", Value(""))
    ),
    Way.SELLER: _seller("order_id"),
    Way.WAREHOUSE: F("reservation__items__warehouse_id"),
}
_WAYS_OF_ORDER: dict[str, Any] = {
    Way.AFFILIATE: F("affiliate_id"),
    Way.CHANNEL: NullIf("sales_channel", Value("")),
    Way.SELLER: _seller("pk"),
}


def weeks_of(parts: Sequence[tuple[int, int]], count: int) -> list[int]:
    """(week, orders) pairs as one number a week."""
    weeks = [0] * count
    for week, orders in parts:
        weeks[week] += orders
    return weeks


def ways_of(parts: Sequence[Part]) -> Iterator[tuple[str | None, list[Part]]]:
    """The parts of each way, the ways with most orders first."""
    found: dict[str | None, list[Part]] = {}
    for part in parts:
        found.setdefault(part.way, []).append(part)
    yield from sorted(found.items(), key=lambda each: (-sum(p.orders for p in each[1]), each[0] or ""))
