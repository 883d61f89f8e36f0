"""What became of the deliveries of a store's hook, counted by all web processes together."""

from __future__ import annotations

from django.db import models

from reconciler.models.accounts import VtexAccount


class HookTally(models.Model):
    """Since the first delivery. A process adds what it counted about once a second, and once when it can."""

    account = models.OneToOneField(VtexAccount, models.CASCADE, related_name="hook_tally")
    stored = models.PositiveBigIntegerField(default=0, help_text="Answered 200, repetitions too")
    pinged = models.PositiveBigIntegerField(default=0, help_text="VTEX tried the address")
    refused = models.PositiveBigIntegerField(default=0, help_text="Wrong secret or unreadable: 4xx")
    unavailable = models.PositiveBigIntegerField(default=0, help_text="Could not be stored in time: 503")
    last_at = models.DateTimeField(help_text="When something was counted last")

    def __str__(self) -> str:
        return f"{self.account}: {self.stored} stored"
