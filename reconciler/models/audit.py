"""The append-only audit trail. Only `reconciler.audit.record` writes it."""

from __future__ import annotations

from django.db import models


class AuditHead(models.Model):
    """Last entry of each chain; its row is locked while an entry is appended."""

    chain = models.CharField(
        max_length=100, primary_key=True, help_text='Account name, or "-" (installation)'
    )
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence}"


class AuditEntry(models.Model):
    """One entry, hash-chained per store; no foreign keys, so that history never blocks data.

    `body` is the canonical JSON text that was hashed; the columns beside it exist to filter and sort,
    and verification compares them with the body.
    """

    chain = models.CharField(max_length=100)
    sequence = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=450, blank=True)
    outcome = models.CharField(max_length=20, blank=True)
    cause = models.CharField(max_length=30, blank=True)
    ticket = models.CharField(max_length=200, blank=True)
    attempt_id = models.BigIntegerField(null=True, blank=True)
    body = models.TextField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sequence"]
        constraints = [models.UniqueConstraint(name="audit_sequence_once", fields=["chain", "sequence"])]
        indexes = [
            # audit page, newest first within a filter
            models.Index(name="audit_by_action", fields=["chain", "action", "-sequence"]),
            models.Index(name="audit_by_subject", fields=["chain", "subject", "-sequence"]),
            models.Index(name="audit_by_actor", fields=["chain", "actor", "-sequence"]),
            models.Index(name="audit_by_ticket", fields=["chain", "ticket", "-sequence"]),
            models.Index(name="audit_by_outcome", fields=["chain", "outcome", "-sequence"]),
            models.Index(name="audit_by_at", fields=["chain", "at"]),
            # attempt page
            models.Index(name="audit_by_attempt", fields=["chain", "attempt_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.chain} #{self.sequence} {self.action}"
