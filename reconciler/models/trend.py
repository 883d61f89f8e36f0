"""What stood stuck at the end of each day, and what came and went: a few small rows a store and day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reconciler.models.accounts import VtexAccount
from reconciler.models.findings import STUCK_CAUSES


class TrendDay(models.Model):
    """One cause on one day of the store's own zone. A counted day has a row for every stuck cause, zeros
    included; a day without rows was not counted, which is not the same as nothing.
    """

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="trend")
    day = models.DateField()
    cause = models.CharField(max_length=30)
    reservations = models.PositiveIntegerField(default=0, help_text="Stuck when last counted")
    units = models.BigIntegerField(default=0)
    cents = models.JSONField(default=dict, help_text="Value by currency: {BRL: 12345}")
    opened = models.PositiveIntegerField(default=0, help_text="Confirmed on that day, also if healed since")
    healed = models.PositiveIntegerField(
        default=0, help_text="Confirmed ones that were closed on that day, whoever released them"
    )
    counted_at = models.DateTimeField(
        help_text="Last look of the day: reservations, units and cents are of then"
    )
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="When the rest of the day was added, on the day after"
    )

    class Meta:
        constraints = [
            # also the overview: the days of a month
            models.UniqueConstraint(name="trend_day_once", fields=["account", "day", "cause"]),
            models.CheckConstraint(
                name="trend_known_cause", condition=Q(cause__in=[cause.value for cause in STUCK_CAUSES])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.day} {self.cause}: {self.units}"
