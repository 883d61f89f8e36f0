"""Mirror of VTEX orders: the detail, its lines, its workflow instances and its status history."""

from __future__ import annotations

from django.db import models

from reconciler.models.accounts import VtexAccount

FINISHED = ("invoiced", "canceled", "replaced")
"""Statuses after which an order needs no stock any more. Partial invoices keep an order open (F3.3)."""


class OrderQuerySet(models.QuerySet["Order"]):
    def open(self) -> OrderQuerySet:
        return self.exclude(status__in=FINISHED)

    def named(self, text: str) -> OrderQuerySet:
        """Orders that one of VTEX's ids names exactly: order, group, sequence, seller's or marketplace's."""
        return self.filter(
            models.Q(order_id=text)
            | models.Q(order_group=text)
            | models.Q(sequence=text.removeprefix("seq"))
            | models.Q(seller_order_id=text)
            | models.Q(marketplace_order_id=text)
        )

    def matching(self, text: str) -> OrderQuerySet:
        """By any id of the order or its reservation, or by id, EAN, reference or name of an item."""
        lines = OrderItem.objects.filter(
            models.Q(lock_id=text)
            | models.Q(sku_id=text)
            | models.Q(ean=text)
            | models.Q(ref_id__iexact=text)
            | models.Q(name__icontains=text),
            order=models.OuterRef("pk"),
        )
        return self.filter(
            models.Q(pk__in=self.named(text).values("pk"))
            | models.Q(order_id__icontains=text)
            | models.Exists(lines)
        )

    def for_list(self) -> OrderQuerySet:
        """With items and reservations, in a fixed number of queries."""
        return self.prefetch_related("items", "reservations")


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
            # search by sequence
            models.Index(name="order_by_sequence", fields=["account", "sequence"]),
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
            # search by SKU, EAN, reference
            models.Index(name="order_item_by_sku", fields=["sku_id"]),
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
