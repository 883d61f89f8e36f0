"""Mirror of VTEX orders: the detail, its lines, its workflow instances and its status history."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce

from reconciler.models.accounts import VtexAccount

FINISHED = ("invoiced", "canceled", "replaced")
"""Statuses after which an order needs no stock any more. Partial invoices keep an order open (F3.3)."""


NEWEST_SEARCHED = 10_000
"""Part of an id is looked for among so many orders, the newest: a look at all would read the whole table."""
LONG_AGO = models.Value(datetime(1970, 1, 1, tzinfo=UTC), output_field=models.DateTimeField())
MOST_FOUND = 500
"""So many orders a search leads to at most, by each of its ways."""


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> OrderQuerySet:
        return self.exclude(status__in=FINISHED)

    def named(self, account: VtexAccount, text: str) -> OrderQuerySet:
        """Orders that one of VTEX's ids names exactly: order, group, sequence, seller's or marketplace's."""
        mine = Order.objects.filter(account=account)
        names = {
            "order_id": text,
            "order_group": text,
            "sequence": text.removeprefix("seq"),
            "seller_order_id": text,
            "marketplace_order_id": text,
        }
        first, *others = [mine.filter(**{name: value}).values("pk") for name, value in names.items() if value]
        return self.filter(pk__in=first.union(*others))

    def matching(self, account: VtexAccount, text: str, sku_ids: Collection[str] = ()) -> OrderQuerySet:
        """Named so, holding an item or a reservation named so, or with an id that begins so; of the newest
        also those whose id holds it anywhere. `sku_ids` are SKUs that the text may mean, too.

        Each way goes by an index and ends at MOST_FOUND, so no search reads the table; one query more.
        """
        mine = Order.objects.filter(account=account)
        newest = mine.filter(created_at__isnull=False).order_by("-created_at", "-id")
        oldest_of_these = newest.values("created_at")[NEWEST_SEARCHED - 1 : NEWEST_SEARCHED]
        searched = mine.filter(created_at__gte=Coalesce(models.Subquery(oldest_of_these), LONG_AGO))
        lines = OrderItem.objects.filter(order__account=account).order_by("-id")
        ways = [
            mine.filter(pk__in=_first(lines.filter(lock_id=text), "order")),
            mine.filter(pk__in=_first(mine.filter(order_id__prefix=text).order_by("order_id"))),
            mine.filter(pk__in=_first(mine.filter(order_id__prefix=f"v{text}").order_by("order_id"))),
            mine.filter(pk__in=_first(searched.filter(order_id__icontains=text))),
            mine.filter(pk__in=_first(lines.filter(sku_id__in={text, *sku_ids}), "order")),
        ]
        found = mine.named(account, text).values("pk").union(*(way.values("pk") for way in ways))
        return self.filter(pk__in=[row["pk"] for row in found])

    def for_list(self) -> OrderQuerySet:
        """With items and reservations, in a fixed number of queries."""
        return self.prefetch_related("items", "reservations")


def _first(found: models.QuerySet[Any], name: str = "pk") -> models.QuerySet[Any]:
    return found.values(name)[:MOST_FOUND]


class Order(models.Model):
    """One order as VTEX last answered it. No personal data: only what section 4 of the design needs."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="orders")
    order_id = models.CharField(max_length=200)
    order_group = models.CharField(max_length=200, blank=True)
    sequence = models.CharField(max_length=100, blank=True)
    seller_order_id = models.CharField(max_length=200, blank=True)
    marketplace_order_id = models.CharField(max_length=200, blank=True)
    origin = models.CharField(max_length=50, blank=True)
    affiliate_id = models.CharField(max_length=100, blank=True)
    sales_channel = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=100, blank=True, help_text="As VTEX spells it; never an enum (F3.2)")
    workflow_in_error = models.BooleanField(default=False)
    is_completed = models.BooleanField(default=False)
    created_at = models.DateTimeField(null=True, blank=True)
    last_change_at = models.DateTimeField(null=True, blank=True)
    authorized_at = models.DateTimeField(null=True, blank=True)
    invoiced_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    value_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    listed_status = models.CharField(
        max_length=100, blank=True, help_text="What the order list said (F3.4 lag)"
    )
    listed_at = models.DateTimeField(null=True, blank=True, help_text="When the order list last showed it")
    first_seen_at = models.DateTimeField()
    read_at = models.DateTimeField(
        null=True, blank=True, help_text="Last read of the detail; null: only listed"
    )
    history_read_at = models.DateTimeField(null=True, blank=True)
    unreadable_reason = models.CharField(
        max_length=30,
        blank=True,
        help_text="Why the last detail read gave nothing: forbidden, too_old, missing, ...",
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="order_once", fields=["account", "order_id"])]
        indexes = [
            # orders page: newest first
            models.Index(name="order_by_created", fields=["account", "-created_at", "-id"]),
            # sync: open orders re-read in turn, oldest read first
            models.Index(name="order_by_status_read", fields=["account", "status", "read_at"]),
            # lock -> order when the lock is not simply "00-" + order id (F3.1)
            models.Index(name="order_by_seller_order", fields=["account", "seller_order_id"]),
            # search by sequence, group and marketplace's order
            models.Index(name="order_by_sequence", fields=["account", "sequence"]),
            models.Index(name="order_by_group", fields=["account", "order_group"]),
            models.Index(name="order_by_marketplace", fields=["account", "marketplace_order_id"]),
            # overview: orders that could not be read, by reason
            models.Index(
                name="order_unreadable",
                fields=["account", "unreadable_reason"],
                condition=~models.Q(unreadable_reason=""),
            ),
            # search by the beginning of an id, by bytes (models/lookups.py)
            models.Index(
                name="order_by_id_prefix",
                fields=["account", "order_id"],
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            # orders page of one status: newest first
            models.Index(name="order_by_status_created", fields=["account", "status", "-created_at", "-id"]),
            # diagnosis of everything: finished orders may hang, too
            models.Index(
                name="order_in_error", fields=["account", "id"], condition=models.Q(workflow_in_error=True)
            ),
            # recurrence report: how many were invoiced, or canceled, a week, and on which way they came
            models.Index(
                name="order_invoiced_by_way",
                fields=["account", "invoiced_at", "affiliate_id", "sales_channel"],
                condition=models.Q(invoiced_at__isnull=False),
            ),
            models.Index(
                name="order_canceled_by_way",
                fields=["account", "canceled_at", "affiliate_id", "sales_channel"],
                condition=models.Q(canceled_at__isnull=False),
            ),
            # diagnosis: may an order that is only listed be the missing one?
            models.Index(
                name="order_unread",
                fields=["account", "created_at"],
                condition=models.Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.order_id

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


class OrderItem(models.Model):
    """One line of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    index = models.PositiveIntegerField()
    sku_id = models.CharField(max_length=100)
    quantity = models.IntegerField()
    lock_id = models.CharField(
        max_length=200, blank=True, help_text="Empty when another account fulfils (F3.1)"
    )
    seller_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=500, blank=True)
    ref_id = models.CharField(max_length=200, blank=True)
    ean = models.CharField(max_length=100, blank=True)
    price_cents = models.BigIntegerField(default=0, help_text="Of one unit")
    components = models.JSONField(default=list, blank=True, help_text="Kit parts: [{sku, quantity}]")
    deliveries = models.JSONField(default=list, blank=True, help_text="[{warehouse, dock, quantity}]")

    class Meta:
        ordering = ["index"]
        constraints = [models.UniqueConstraint(name="order_item_once", fields=["order", "index"])]
        indexes = [
            # lock -> order, the proven link (F3.1)
            models.Index(name="order_item_by_lock", fields=["lock_id"]),
            # search by SKU, EAN, reference; diagnosis: the latest line of a SKU
            models.Index(name="order_item_by_sku_latest", fields=["sku_id", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku_id}"


class OrderWorkflow(models.Model):
    """Where one workflow instance (Marketplace, Fulfillment) of an order stands (F3.8)."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="workflows")
    instance = models.CharField(max_length=50)
    current_step = models.CharField(max_length=100, blank=True)
    last_change_at = models.DateTimeField(null=True, blank=True)
    in_error = models.BooleanField(default=False)
    in_retry = models.BooleanField(default=False)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["instance"]
        constraints = [models.UniqueConstraint(name="order_workflow_once", fields=["order", "instance"])]
        indexes = [
            # diagnosis of everything: flows that stand where they may not stay
            models.Index(name="order_workflow_by_step", fields=["current_step", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.instance}: {self.current_step}"


class OrderStatusEvent(models.Model):
    """One step of an order's history. Kept for good; the same fact from two sources stays two rows."""

    class Source(models.TextChoices):
        DOCUMENT = "document"
        FEED = "feed"
        DETAIL = "detail"

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    instance = models.CharField(max_length=50, blank=True)
    step = models.CharField(max_length=100)
    at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source.choices)
    first_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="order_event_once", fields=["order", "instance", "step", "at", "source"]
            ),
            models.CheckConstraint(
                name="order_event_known_source",
                condition=models.Q(source__in=["document", "feed", "detail"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.at:%Y-%m-%d %H:%M}"
