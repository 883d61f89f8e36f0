"""How the mirror is kept: runs, cursors and the shared request budget."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from reconciler.models.accounts import VtexAccount


class SyncKind(models.TextChoices):
    DUE = "due", _("due")
    SWEEP = "sweep", _("sweep")
    LOCKS = "locks", _("orders of listed locks")
    BACKFILL = "backfill", _("backfill")
    RECENT = "recent", _("new orders")
    OPEN_ORDERS = "open_orders", _("open orders")
    INVOICED = "invoiced", _("invoiced orders")
    LABELS = "labels", _("catalog labels")


class SyncRun(models.Model):
    """One run of one kind of sync, with what it read and what it could not."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="sync_runs")
    kind = models.CharField(max_length=12, choices=SyncKind.choices)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.PositiveBigIntegerField(default=0)
    of = models.PositiveBigIntegerField(null=True, blank=True)
    counts = models.JSONField(default=dict, help_text="{orders, pairs, skus, requests, errors: {code: n}}")
    error = models.CharField(max_length=200, blank=True, help_text="Why it stopped early; scrubbed")

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(name="sync_run_known_kind", condition=models.Q(kind__in=SyncKind.values))
        ]
        indexes = [models.Index(name="sync_run_by_started", fields=["account", "-started_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M}"


class SyncCursor(models.Model):
    """Where a resumable job stands, and when it last completed."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="cursors")
    kind = models.CharField(max_length=12, choices=SyncKind.choices)
    position = models.JSONField(default=dict)
    started_at = models.DateTimeField(null=True, blank=True, help_text="Start of the pass under way")
    completed_at = models.DateTimeField(
        null=True, blank=True, help_text="Start of the last pass that completed"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="sync_cursor_once", fields=["account", "kind"])]

    def __str__(self) -> str:
        return f"{self.account} {self.kind}"


class BackfillWindow(models.Model):
    """A span of creation dates whose orders, incomplete ones included, were listed completely."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="backfill_windows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    orders = models.PositiveIntegerField(default=0)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.UniqueConstraint(name="backfill_window_once", fields=["account", "starts_at", "ends_at"]),
            models.CheckConstraint(
                name="backfill_window_forward", condition=models.Q(ends_at__gt=models.F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d} .. {self.ends_at:%Y-%m-%d}"


class RequestBudget(models.Model):
    """Shared by all processes of an account: one row per host family ("oms", "logistics", "catalog").

    `tat` is GCRA's theoretical arrival time in seconds since the epoch.
    """

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="budgets")
    family = models.CharField(max_length=20)
    tat = models.FloatField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="After a 429")
    breaker_failures = models.PositiveIntegerField(default=0)
    breaker_open_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="budget_once", fields=["account", "family"])]

    def __str__(self) -> str:
        return f"{self.account} {self.family}"
