"""Figures that cost too much to count for every look."""

from __future__ import annotations

from django.db import models

from reconciler.models.accounts import VtexAccount


class Snapshot(models.Model):
    """What was counted of a store, and when; one look in a while counts anew, all others read this row."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="snapshots")
    name = models.CharField(max_length=20)
    taken_at = models.DateTimeField()
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(name="snapshot_once", fields=["account", "name"])]

    def __str__(self) -> str:
        return f"{self.account} {self.name}"
