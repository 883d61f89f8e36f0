"""Mirror of VTEX stock: SKUs, warehouses, balances and how they changed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce

from reconciler.models.accounts import VtexAccount

NEWEST_SEARCHED = 50_000
"""Part of a name is looked for among so many SKUs, those mirrored last."""
MOST_FOUND = 500
"""So many SKUs a part of a name leads to at most."""


class Warehouse(models.Model):
    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="warehouses")
    warehouse_id = models.CharField(max_length=100, help_text="Case-sensitive, may hold spaces (F6.9)")
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["warehouse_id"]
        constraints = [models.UniqueConstraint(name="warehouse_once", fields=["account", "warehouse_id"])]

    def __str__(self) -> str:
        return self.name or self.warehouse_id


class SkuQuerySet(models.QuerySet["Sku"]):
    def named(self, account: VtexAccount, text: str) -> SkuQuerySet:
        """By id, EAN or reference; the reference also all in capitals or in small letters."""
        mine = Sku.objects.filter(account=account)
        ways = [
            mine.filter(sku_id=text),
            mine.filter(ean=text),
            mine.filter(ref_id__in={text, text.upper(), text.lower()}),
        ]
        first, *others = [way.values("pk") for way in ways]
        return self.filter(pk__in=first.union(*others))

    def matching(self, account: VtexAccount, text: str) -> SkuQuerySet:
        """Named so, or with a name that holds the text; reads the catalogue, and no orders."""
        mine = Sku.objects.filter(account=account)
        held = mine.filter(name__icontains=text)
        return self.filter(pk__in=mine.named(account, text).values("pk").union(held.values("pk")))

    def searched(self, account: VtexAccount, text: str) -> SkuQuerySet:
        """As `matching`, but however large the catalogue: a part of a name is looked for among the
        NEWEST_SEARCHED, and leads to MOST_FOUND at most.
        """
        mine = Sku.objects.filter(account=account)
        oldest_of_these = mine.order_by("-pk").values("pk")[NEWEST_SEARCHED - 1 : NEWEST_SEARCHED]
        newest = mine.filter(pk__gte=Coalesce(models.Subquery(oldest_of_these), 0))
        held = newest.filter(name__icontains=text).order_by("-pk").values("pk")[:MOST_FOUND]
        held_alone = mine.filter(pk__in=held).values("pk")
        return self.filter(pk__in=mine.named(account, text).values("pk").union(held_alone))


class Sku(models.Model):
    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="skus")
    sku_id = models.CharField(max_length=100)
    name = models.CharField(max_length=500, blank=True)
    ref_id = models.CharField(max_length=200, blank=True)
    ean = models.CharField(max_length=100, blank=True)
    is_kit = models.BooleanField(default=False)
    label_read_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField()
    swept_at = models.DateTimeField(
        null=True, blank=True, help_text="Last read of its balances in all warehouses"
    )
    sweep_error = models.CharField(
        max_length=40, blank=True, help_text="Why the last sweep could not read it"
    )

    objects = SkuQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(name="sku_once", fields=["account", "sku_id"])]
        indexes = [
            # sweep: longest unread first
            models.Index(name="sku_by_swept", fields=["account", "swept_at"]),
            # search
            models.Index(name="sku_by_ref", fields=["account", "ref_id"]),
            models.Index(name="sku_by_ean", fields=["account", "ean"]),
        ]

    def __str__(self) -> str:
        return self.name or self.sku_id


class ListState(models.TextChoices):
    """What the last attempt to list a pair's reservations gave (design section 5)."""

    NOT_READ = "not_read"
    OK = "ok"
    TOO_MANY = "too_many"
    ERROR = "error"
    UNSTABLE = "unstable"
    FORBIDDEN = "forbidden"


class StockBalanceQuerySet(models.QuerySet["StockBalance"]):
    def holding(self) -> StockBalanceQuerySet:
        return self.exclude(reserved=0)

    def negative(self) -> StockBalanceQuerySet:
        """Available or reserved below zero (F6.1)."""
        return self.filter(unlimited=False).filter(
            models.Q(reserved__gt=models.F("total")) | models.Q(reserved__lt=0)
        )

    def sold_out(self) -> StockBalanceQuerySet:
        return self.filter(unlimited=False, reserved__gte=models.F("total"))

    def with_names(self) -> StockBalanceQuerySet:
        """`sku_name`, `sku_ref` and `warehouse_name` beside each pair; null where not read yet."""
        sku = Sku.objects.filter(account=models.OuterRef("account"), sku_id=models.OuterRef("sku_id"))
        warehouse = Warehouse.objects.filter(
            account=models.OuterRef("account"), warehouse_id=models.OuterRef("warehouse_id")
        )
        return self.annotate(
            sku_name=models.Subquery(sku.values("name")[:1]),
            sku_ref=models.Subquery(sku.values("ref_id")[:1]),
            warehouse_name=models.Subquery(warehouse.values("name")[:1]),
        )

    def matching(self, account: VtexAccount, text: str) -> StockBalanceQuerySet:
        """By id, EAN or reference of the SKU, or by part of its name as far as `Sku.searched` looks."""
        skus = Sku.objects.searched(account, text).values_list("sku_id", flat=True)
        return self.filter(sku_id__in={text, *skus})


class StockBalance(models.Model):
    """One pair (SKU x warehouse). All counts are signed units: VTEX can show negatives (F6.1)."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="balances")
    sku_id = models.CharField(max_length=100)
    warehouse_id = models.CharField(max_length=100)
    total = models.BigIntegerField()
    reserved = models.BigIntegerField()
    unlimited = models.BooleanField(default=False)
    lead_time = models.CharField(max_length=30, blank=True)
    first_seen_at = models.DateTimeField()
    read_at = models.DateTimeField(help_text="Last read of the balance")
    total_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When we last saw the total change"
    )
    list_state = models.CharField(max_length=10, choices=ListState.choices, default=ListState.NOT_READ)
    list_read_at = models.DateTimeField(null=True, blank=True, help_text="Last complete list read")
    list_tried_at = models.DateTimeField(null=True, blank=True)
    listed_units = models.BigIntegerField(
        default=0, help_text="Sum of Authorized and Confirmed rows at list_read_at"
    )
    bracketed_at = models.DateTimeField(
        null=True, blank=True, help_text="Last list read with the same balance before and after"
    )
    mismatch_units = models.BigIntegerField(
        default=0,
        help_text="reserved - listed units at bracketed_at; negative: the list shows more than holds",
    )
    mismatch_since = models.DateTimeField(
        null=True, blank=True, help_text="First bracketed read in a row with this same mismatch"
    )

    objects = StockBalanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="balance_once", fields=["account", "sku_id", "warehouse_id"]),
            models.CheckConstraint(
                name="balance_known_list_state", condition=models.Q(list_state__in=ListState.values)
            ),
        ]
        indexes = [
            # sync: pairs that hold something, longest unread first
            models.Index(name="balance_by_list_read", fields=["account", "list_read_at"]),
            # stock page: most reserved first
            models.Index(name="balance_by_reserved", fields=["account", "-reserved", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} in {self.warehouse_id}"

    @property
    def available(self) -> int:
        return self.total - self.reserved


class StockChange(models.Model):
    """A balance seen changed between two reads. `attempt` null: changed outside."""

    balance = models.ForeignKey(StockBalance, models.CASCADE, related_name="changes")
    at = models.DateTimeField(help_text="When we read the new value")
    previous_read_at = models.DateTimeField(
        null=True, blank=True, help_text="The change lies between this and `at`"
    )
    total_before = models.BigIntegerField()
    total_after = models.BigIntegerField()
    reserved_before = models.BigIntegerField()
    reserved_after = models.BigIntegerField()
    attempt = models.ForeignKey("Attempt", models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(name="stock_change_by_balance", fields=["balance", "-at"])]

    def __str__(self) -> str:
        return f"{self.total_before} -> {self.total_after}"
