"""Mirror of VTEX stock reservations (locks) and the units they hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from reconciler.models.accounts import VtexAccount
from reconciler.models.orders import Order

_LISTED = models.Q(gone_at__isnull=True)
_MOST = 2**63 - 1


class OrderLookup(models.TextChoices):
    """What is known of the order behind a lock. Unreadable is not missing (design section 6)."""

    NOT_LOOKED = "not_looked"
    FOUND = "found"
    MISSING = "missing"
    UNREADABLE = "unreadable"


class Reservation(models.Model):
    """One lock; it belongs to an order of one seller and spans SKUs and warehouses (F5.3)."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="reservations")
    lock_id = models.CharField(max_length=200)
    order = models.ForeignKey(Order, models.SET_NULL, null=True, blank=True, related_name="reservations")
    order_lookup = models.CharField(
        max_length=12, choices=OrderLookup.choices, default=OrderLookup.NOT_LOOKED
    )
    order_lookup_reason = models.CharField(
        max_length=30, blank=True, help_text="forbidden, too_old, not_synced, outside_backfill, error, ..."
    )
    order_lookup_at = models.DateTimeField(null=True, blank=True)
    order_lookup_tried = models.JSONField(
        default=list, blank=True, help_text='[{"id": ..., "answer": "404" | "403" | "200" | ...}]'
    )
    superseded = models.BooleanField(
        default=False, help_text="The order of that name is readable and its items carry another lock"
    )
    sales_channel = models.CharField(max_length=100, blank=True)
    reserved_at = models.DateTimeField(null=True, blank=True)
    maximum_confirmation_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    authorized_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    last_update_at = models.DateTimeField(null=True, blank=True)
    status_code = models.SmallIntegerField(null=True, blank=True, help_text="Of the by-id read, 0-5 (F5.1)")
    status_read_at = models.DateTimeField(null=True, blank=True)
    status_missing = models.BooleanField(default=False, help_text="The by-id read found nothing (U3)")
    requested = models.JSONField(
        default=list,
        blank=True,
        help_text="Lines of the by-id read: [{sku, warehouse, quantity, supply_lot}]",
    )
    first_seen_at = models.DateTimeField()
    listed_at = models.DateTimeField(null=True, blank=True, help_text="Last time any list showed it")
    gone_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last of its items was found gone"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reservation_once", fields=["account", "lock_id"]),
            models.CheckConstraint(
                name="reservation_known_lookup",
                condition=models.Q(order_lookup__in=OrderLookup.values),
            ),
        ]
        indexes = [
            # sync: listed locks whose order was not read yet
            models.Index(name="reservation_by_lookup", fields=["account", "order_lookup", "order_lookup_at"]),
        ]

    def __str__(self) -> str:
        return self.lock_id

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps `asked` in step with `requested`, which nothing else than this may write."""
        super().save(*args, **kwargs)
        fields = kwargs.get("update_fields")
        if fields is None or "requested" in fields:
            keep_asked(self)


class RequestedUnits(models.Model):
    """`Reservation.requested` by pair, supply lots left out: who asked for units here is looked up by it."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, db_index=False)
    reservation = models.ForeignKey(Reservation, models.CASCADE, related_name="asked", db_index=False)
    sku_id = models.CharField(max_length=100)
    warehouse_id = models.CharField(max_length=100)
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="requested_units_once", fields=["reservation", "sku_id", "warehouse_id"]
            )
        ]
        indexes = [
            # diagnosis: canceled locks that may explain a difference in this pair
            models.Index(name="requested_units_by_pair", fields=["account", "sku_id", "warehouse_id"])
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku_id} in {self.warehouse_id}"


def keep_asked(of: Reservation) -> None:
    """Makes `asked` agree with `requested`."""
    wanted = requested_units(of.requested)
    rows = RequestedUnits.objects.filter(reservation=of)
    if wanted == {(row.sku_id, row.warehouse_id): row.quantity for row in rows}:
        return
    rows.delete()
    fresh = [
        RequestedUnits(account_id=of.account_id, reservation=of, sku_id=sku, warehouse_id=wh, quantity=units)
        for (sku, wh), units in wanted.items()
    ]
    RequestedUnits.objects.bulk_create(fresh, ignore_conflicts=True)


def requested_units(lines: Iterable[dict[str, Any]]) -> dict[tuple[str, str], int]:
    """Units of a by-id read by (SKU id, warehouse id) as far as both fit their columns; no supply lots."""
    units: dict[tuple[str, str], int] = {}
    for line in lines:
        if not line.get("supply_lot"):
            pair = str(line["sku"])[:100], str(line["warehouse"])[:100]
            units[pair] = max(-_MOST, min(_MOST, units.get(pair, 0) + int(line["quantity"])))
    return units


class ReservationItem(models.Model):
    """Units of one SKU in one warehouse that a lock holds: the rows of one list read, summed.

    Only a complete list read of its pair may change it (design section 4).
    """

    account = models.ForeignKey(VtexAccount, models.CASCADE)
    reservation = models.ForeignKey(Reservation, models.CASCADE, related_name="items")
    sku_id = models.CharField(max_length=100)
    warehouse_id = models.CharField(max_length=100)
    quantity = models.IntegerField()
    status = models.CharField(max_length=50, blank=True, help_text="As the list spells it (U1)")
    internal_status = models.CharField(max_length=50, blank=True)
    acknowledged_at = models.DateTimeField(
        null=True, blank=True, help_text="Null unless every row of the pair carries an acknowledgement"
    )
    partly_acknowledged = models.BooleanField(default=False)
    first_seen_at = models.DateTimeField()
    read_at = models.DateTimeField(
        help_text="Last complete list read of its pair that showed it, or found it gone"
    )
    gone_at = models.DateTimeField(null=True, blank=True)
    gone_attempt = models.ForeignKey(
        "Attempt",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Our attempt that explains it; null: changed outside",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reservation_item_once", fields=["reservation", "sku_id", "warehouse_id"]
            ),
            models.CheckConstraint(
                name="reservation_item_not_both_acknowledged",
                condition=~models.Q(acknowledged_at__isnull=False, partly_acknowledged=True),
            ),
        ]
        indexes = [
            # stock item page and pair reads: what holds this pair
            models.Index(
                name="reservation_item_by_pair", fields=["account", "sku_id", "warehouse_id", "gone_at"]
            ),
            # stuck list filtered by warehouse
            models.Index(name="reservation_item_by_wh", fields=["account", "warehouse_id", "gone_at"]),
            # diagnosis of everything: the locks that hold something, in turn
            models.Index(
                name="reservation_item_listed", fields=["account", "reservation"], condition=_LISTED
            ),
            # diagnosis: do the lists of this store show what counts have cleared?
            models.Index(
                name="reservation_item_handled",
                fields=["account", "sku_id", "warehouse_id"],
                condition=_LISTED & models.Q(acknowledged_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.sku_id} in {self.warehouse_id}"
