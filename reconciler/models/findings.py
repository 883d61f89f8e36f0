"""What is wrong with a reservation, an order or a balance."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from reconciler.models.accounts import VtexAccount
from reconciler.models.decoded import Quick
from reconciler.models.listed import FIELDS, ListedFinding, ListedFindings
from reconciler.models.orders import Order, OrderItem
from reconciler.models.reservations import Reservation, ReservationItem
from reconciler.models.stock import Sku, StockBalance


class Cause(models.TextChoices):
    """Codes of design section 6, in order of precedence."""

    WORKFLOW_STUCK = "workflow_stuck", _("VTEX flow hangs")
    ORDER_CANCELED = "order_canceled", _("Order canceled")
    HANDLING_SKIPPED = "handling_skipped", _("Handling skipped")
    COUNT_NOT_UPDATED = "count_not_updated", _("Not counted after shipping")
    AUTHORIZATION_EXPIRED = "authorization_expired", _("Authorization expired")
    ORDER_MISSING = "order_missing", _("Order missing")
    LOCK_SUPERSEDED = "lock_superseded", _("Replaced by another reservation")
    CANCEL_INCOMPLETE = "cancel_incomplete", _("Cancel incomplete")
    BALANCE_MISMATCH = "balance_mismatch", _("Reserved does not add up")
    HANDLING_OVERDUE = "handling_overdue", _("Handling overdue")
    HANDLING_ABANDONED = "handling_abandoned", _("Handling abandoned")
    COULD_NOT_TELL = "could_not_tell", _("Could not tell")


STUCK_CAUSES = (
    Cause.ORDER_CANCELED, Cause.HANDLING_SKIPPED, Cause.COUNT_NOT_UPDATED, Cause.AUTHORIZATION_EXPIRED,
    Cause.ORDER_MISSING, Cause.LOCK_SUPERSEDED, Cause.CANCEL_INCOMPLETE,
)  # fmt: skip
"""What the stuck list, its totals, its CSV and `stuck` without `--all` hold."""

ALSO_WRONG = (
    Cause.WORKFLOW_STUCK, Cause.BALANCE_MISMATCH, Cause.HANDLING_OVERDUE, Cause.HANDLING_ABANDONED,
)  # fmt: skip


class ValueKind(models.TextChoices):
    """How the units of a finding count (design section 6, last paragraph)."""

    HELD = "held", _("held for nothing")
    AT_RISK = "at_risk", _("at risk until counted")
    TO_CHECK = "to_check", _("to be checked")
    NONE = "none", _("not held")


class FindingQuerySet(models.QuerySet["Finding"]):
    def open(self) -> FindingQuerySet:
        return self.filter(closed_at__isnull=True)

    def confirmed(self) -> FindingQuerySet:
        """Due, and read again at or after the due time; the rest is "to be confirmed"."""
        return self.open().filter(confirmed_at__isnull=False)

    def stuck(self) -> FindingQuerySet:
        return self.confirmed().filter(cause__in=STUCK_CAUSES)

    def also_wrong(self) -> FindingQuerySet:
        return self.confirmed().filter(cause__in=ALSO_WRONG)

    def could_not_tell(self) -> FindingQuerySet:
        return self.open().filter(cause=Cause.COULD_NOT_TELL)

    def shown(self) -> FindingQuerySet:
        """What pages show: confirmed findings, and what could not be told."""
        return self.open().filter(models.Q(confirmed_at__isnull=False) | models.Q(cause=Cause.COULD_NOT_TELL))

    def listed(self, cause: str = "") -> FindingQuerySet:
        """The rows of the stuck list: of one cause, or of all that count as stuck.

        Said by what is left out, so that the rows come in the order of an index and none is sorted.
        """
        if cause == Cause.COULD_NOT_TELL:
            return self.could_not_tell()
        if cause:
            return self.confirmed().filter(cause=cause)
        return self.confirmed().exclude(cause__in=(*ALSO_WRONG, Cause.COULD_NOT_TELL))

    def for_list(self) -> models.QuerySet[Finding, ListedFinding]:
        """With all a row shows and an export tells, and no more: four wide models a row cost time."""
        found: models.QuerySet[Finding, Any] = self.values_list(*FIELDS)
        found._iterable_class = ListedFindings
        return found

    def in_warehouse(self, warehouse_id: str) -> FindingQuerySet:
        """Findings whose reservation, order or balance holds something in this warehouse, exactly."""
        held = ReservationItem.objects.filter(warehouse_id=warehouse_id, gone_at__isnull=True)
        of_lock = models.Exists(held.filter(reservation=models.OuterRef("reservation")))
        of_order = models.Exists(held.filter(reservation__order=models.OuterRef("order")))
        return self.filter(
            of_lock
            | models.Q(of_order, reservation__isnull=True, order__isnull=False)
            | models.Q(balance__warehouse_id=warehouse_id)
        )

    def matching(self, account: VtexAccount, text: str) -> FindingQuerySet:
        """By order, sequence, reservation, or by id, reference, EAN or name of a SKU.

        Reads the open findings once, and of orders and SKUs only what an index finds.
        """
        skus = Sku.objects.matching(account, text).values("sku_id")
        held = ReservationItem.objects.filter(
            models.Q(sku_id=text) | models.Q(sku_id__in=skus), account=account, gone_at__isnull=True
        )
        lines = OrderItem.objects.filter(
            models.Q(sku_id=text) | models.Q(sku_id__in=skus), order=models.OuterRef("order")
        )
        return self.filter(
            models.Q(subject__icontains=text)
            | models.Q(order__in=Order.objects.named(account, text).values("pk"))
            | models.Q(reservation__in=held.values("reservation"))
            | models.Q(balance__sku_id=text)
            | models.Q(balance__sku_id__in=skus)
            | models.Q(models.Exists(lines), reservation__isnull=True, order__isnull=False)
        )

    def tally(self) -> models.QuerySet[Finding, dict[str, object]]:
        """Counts and sums per cause, kind of value and currency: `rows`, `held` (units), `cents`."""
        return (
            self.order_by()
            .values("cause", "value_kind", "currency")
            .annotate(
                rows=models.Count("id"),
                held=models.Sum("units", default=0),
                cents=models.Sum("value_cents", default=0),
            )
        )


def sold_out_by_stuck(account: VtexAccount) -> int:
    """How many SKUs nobody can buy only because units are held for nothing.

    No warehouse has a unit available, and one would have, were its stuck units released.
    """
    stuck = Finding.objects.stuck().filter(account=account, value_kind=ValueKind.HELD)
    held = ReservationItem.objects.filter(account=account, gone_at__isnull=True).order_by()
    skus = held.filter(reservation__in=stuck.values("reservation")).values("sku_id")
    balances = StockBalance.objects.filter(account=account, unlimited=False, sku_id__in=skus).order_by()
    available = models.F("total") - models.F("reserved")
    empty = balances.values("sku_id").annotate(most=models.Max(available)).filter(most__lte=0)
    of_pair = held.filter(
        models.Exists(stuck.filter(reservation=models.OuterRef("reservation"))),
        sku_id=models.OuterRef("sku_id"),
        warehouse_id=models.OuterRef("warehouse_id"),
    )
    units = of_pair.values("sku_id").annotate(units=models.Sum("quantity")).values("units")
    after = available + Coalesce(models.Subquery(units), 0)
    pairs = balances.filter(sku_id__in=empty.values("sku_id")).annotate(after=after)
    return pairs.filter(after__gt=0).values("sku_id").distinct().count()


def _sorted(name: str, *fields: str) -> list[models.Index]:
    return [
        models.Index(
            name=f"finding_stuck_by_{name}",
            fields=["account", *fields],
            condition=models.Q(closed_at__isnull=True, confirmed_at__isnull=False),
        ),
        models.Index(
            name=f"finding_cause_by_{name}",
            fields=["account", "cause", *fields],
            condition=models.Q(closed_at__isnull=True),
        ),
    ]


class Finding(models.Model):
    """One cause on one subject: a reservation, an order, or a balance (exactly one names the subject).

    `subject` is unique text for the partial unique index: a lock id, an order id or `sku@warehouse`.
    A finding on a reservation may also carry its order, for the list.
    """

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="findings")
    subject = models.CharField(max_length=250)
    cause = models.CharField(max_length=30, choices=Cause.choices)
    reservation = models.ForeignKey(
        Reservation, models.CASCADE, null=True, blank=True, related_name="findings"
    )
    order = models.ForeignKey(Order, models.CASCADE, null=True, blank=True, related_name="findings")
    balance = models.ForeignKey(StockBalance, models.CASCADE, null=True, blank=True, related_name="findings")
    remedy = models.CharField(max_length=30)
    since = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    facts_read_at = models.DateTimeField(help_text="The read that decides whether it is confirmed")
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="First deciding read at or after due_at"
    )
    evidence = models.JSONField(default=list, decoder=Quick, help_text="[{kind, at, source, ...params}]")
    not_causes = models.JSONField(
        default=list, decoder=Quick, help_text="Why the near-miss causes do not apply: [{cause, kind, ...}]"
    )
    telling = models.JSONField(
        null=True, blank=True, decoder=Quick, help_text="The piece of the evidence that a list has room for"
    )
    reason = models.CharField(
        max_length=40, blank=True, help_text="For could_not_tell: what could not be told"
    )
    items = models.JSONField(
        default=list, decoder=Quick, help_text="[{sku, warehouse, quantity}] units held now"
    )
    units = models.BigIntegerField(default=0)
    value_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    value_kind = models.CharField(max_length=10, choices=ValueKind.choices, default=ValueKind.NONE)
    opened_at = models.DateTimeField()
    held_since = models.GeneratedField(
        expression=Coalesce("since", "opened_at"), output_field=models.DateTimeField(), db_persist=True
    )  # never null, so that lists can be sorted by it
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="finding_open_once",
                fields=["account", "subject", "cause"],
                condition=models.Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(name="finding_known_cause", condition=models.Q(cause__in=Cause.values)),
            models.CheckConstraint(
                name="finding_known_value_kind", condition=models.Q(value_kind__in=ValueKind.values)
            ),
            models.CheckConstraint(
                name="finding_has_subject",
                condition=models.Q(reservation__isnull=False)
                | models.Q(order__isnull=False)
                | models.Q(balance__isnull=False),
            ),
        ]
        indexes = [
            # stuck list: open ones, costliest first
            models.Index(
                name="finding_open_by_value",
                fields=["account", "-value_cents", "-id"],
                condition=models.Q(closed_at__isnull=True),
            ),
            # stuck list: open ones, oldest first
            models.Index(
                name="finding_open_by_since",
                fields=["account", "since", "id"],
                condition=models.Q(closed_at__isnull=True),
            ),
            # facets: counts per cause
            models.Index(
                name="finding_open_by_cause",
                fields=["account", "cause"],
                condition=models.Q(closed_at__isnull=True),
            ),
            # stuck list of all causes and of one cause, in each of its sorts
            *_sorted("value", "-value_cents", "-id"),
            *_sorted("units", "-units", "-id"),
            *_sorted("held", "held_since", "id"),
            # facets and totals: counted without a look at the rows
            models.Index(
                name="finding_tally",
                fields=[
                    "account",
                    "cause",
                    "value_kind",
                    "currency",
                    "confirmed_at",
                    "units",
                    "value_cents",
                    "closed_at",
                ],
                condition=models.Q(closed_at__isnull=True),
            ),
            # recurrence report: what was confirmed in some weeks, open or healed, without a look at the rows
            models.Index(
                name="finding_recurrence",
                fields=["account", "cause", "held_since", "order", "reservation", "closed_at"],
                condition=models.Q(confirmed_at__isnull=False),
            ),
            # whether what was counted still holds
            models.Index(name="finding_by_change", fields=["account", "-updated_at", "-id"]),
            # sync: pairs and orders whose finding falls due
            models.Index(
                name="finding_open_by_due",
                fields=["account", "due_at"],
                condition=models.Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause}: {self.subject}"
