"""Work in the background: units with a lease each, the schedule, and who is at work (design section 11)."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

from reconciler.models.accounts import VtexAccount

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""`run_after` of a unit while it runs, unless it is asked for again meanwhile."""


class WorkUnit(models.Model):
    """One thing to be done, once however often it was asked for. The row goes when it is done."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="work")
    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=460, help_text="What of this kind: an order id, a pair, a window")
    priority = models.PositiveSmallIntegerField(help_text="0 staff, 1 preview, 2 feed, 3 backfill, 4 sweep")
    payload = models.JSONField(default=dict)
    version = models.PositiveBigIntegerField(default=1, help_text="How often it was asked for")
    run_after = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True, help_text="Null: nobody is at it")
    fence = models.PositiveBigIntegerField(default=0, help_text="How often it was claimed")
    attempts = models.PositiveIntegerField(default=0, help_text="Claims since it was asked for")
    error = models.CharField(max_length=200, blank=True, help_text="Why it was put back; scrubbed")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="work_unit_once", fields=["account", "kind", "key"]),
            models.CheckConstraint(name="work_unit_known_priority", condition=Q(priority__lte=4)),
        ]
        indexes = [
            models.Index(  # claim: what is ready, most urgent first
                name="work_unit_ready",
                fields=["account", "priority", "run_after", "id"],
                condition=Q(lease_until__isnull=True),
            ),
            models.Index(  # what runs, and whose lease ran out
                name="work_unit_leased", fields=["lease_until"], condition=Q(lease_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Tick(models.Model):
    """When something falls due next; whoever moves `next_at` on does it."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, null=True, blank=True, related_name="ticks")
    name = models.CharField(max_length=40)
    next_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="tick_once", fields=["account", "name"]),
            models.UniqueConstraint(
                name="tick_once_without_account", fields=["name"], condition=Q(account__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Worker(models.Model):
    """A worker process, as it last said itself."""

    host = models.CharField(max_length=253)
    pid = models.PositiveBigIntegerField()
    lanes = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(db_index=True)
    left_at = models.DateTimeField(null=True, blank=True, help_text="When it ended as it was told to")

    class Meta:
        ordering = ["host", "pid"]
        constraints = [models.UniqueConstraint(name="worker_once", fields=["host", "pid"])]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
