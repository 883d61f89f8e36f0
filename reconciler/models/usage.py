"""Who uses how much of the request budget."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reconciler.models.accounts import VtexAccount


class RequestUse(models.Model):
    """What went to VTEX in one minute, for one priority and one endpoint family; all processes together."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="request_use")
    minute = models.DateTimeField(help_text="When it began")
    priority = models.PositiveSmallIntegerField(help_text="0 staff, 1 preview, 2 feed, 3 backfill, 4 sweep")
    family = models.CharField(max_length=20, help_text="As vtex.limits.Family names it")
    sent = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0, help_text="Answered with 429")
    failed = models.PositiveIntegerField(default=0, help_text="No answer, or a 5xx: what opens a breaker")
    waited_ms = models.PositiveBigIntegerField(default=0, help_text="How long the budget kept them waiting")

    class Meta:
        constraints = [
            # also the sync page: the last hour; pruning goes store by store
            models.UniqueConstraint(
                name="request_use_once", fields=["account", "minute", "priority", "family"]
            ),
            models.CheckConstraint(name="request_use_known_priority", condition=Q(priority__lte=4)),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.minute:%Y-%m-%d %H:%M} {self.priority} {self.family}: {self.sent}"
