"""What changed in VTEX without us where it matters: kept as a fact, shown and logged."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reconciler.models.accounts import VtexAccount
from reconciler.models.attempts import Attempt
from reconciler.models.reservations import Reservation
from reconciler.models.stock import StockBalance


class OutsideKind(models.TextChoices):
    VANISHED = "vanished", _("Reservation vanished outside")
    TOTAL = "total", _("Count changed outside")


class OutsideWhy(models.TextChoices):
    """Why the change is kept here; others are only rows of `StockChange` and of `ReservationItem`."""

    UNDER_WAY = "under_way", _("while an action was under way")
    FINDING = "finding", _("with an open finding")
    ACTED = "acted", _("after an action of ours")


class OutsideChange(models.Model):
    """One change that no attempt of ours explains. It happened between `previous_read_at` and `at`.

    `vanished`: units of a reservation that the list of their pair no longer shows. `total`: a pair's count.
    Unlike `ReservationItem.gone_at` it stays when a reservation is listed again.
    """

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="outside_changes", db_index=False)
    kind = models.CharField(max_length=10, choices=OutsideKind.choices)
    why = models.CharField(max_length=10, choices=OutsideWhy.choices)
    balance = models.ForeignKey(
        StockBalance, models.CASCADE, related_name="outside_changes", db_index=False, help_text="The pair"
    )
    reservation = models.ForeignKey(
        Reservation, models.CASCADE, null=True, blank=True, related_name="outside_changes"
    )
    at = models.DateTimeField(help_text="When we read that it had changed")
    previous_read_at = models.DateTimeField(null=True, blank=True)
    quantity = models.BigIntegerField(null=True, blank=True, help_text="Units that vanished")
    acknowledged = models.BooleanField(
        default=False, help_text="They were acknowledged: a count may drop them"
    )
    total_before = models.BigIntegerField(null=True, blank=True)
    total_after = models.BigIntegerField(null=True, blank=True)
    cause = models.CharField(max_length=30, blank=True, help_text="Of the finding")
    attempt = models.ForeignKey(
        Attempt,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of ours, before or beside",
    )
    logged_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was taken up by the audit trail"
    )
    audit_sequence = models.BigIntegerField(
        null=True, blank=True, help_text="Its entry; null with logged_at: told by the entry of its day"
    )

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="outside_vanished_or_total",
                condition=models.Q(
                    kind="vanished", reservation__isnull=False, quantity__isnull=False,
                    total_before__isnull=True, total_after__isnull=True,
                )
                | models.Q(
                    kind="total", reservation__isnull=True, quantity__isnull=True,
                    total_before__isnull=False, total_after__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="outside_known_why", condition=models.Q(why__in=["under_way", "finding", "acted"])
            ),
        ]  # fmt: skip
        indexes = [
            # stock item page and timelines; the last entry of a pair's day
            models.Index(name="outside_by_balance", fields=["balance", "-at"]),
            # what the audit trail has not taken up yet
            models.Index(
                name="outside_unlogged", fields=["account", "id"], condition=models.Q(logged_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
