"""Staff actions: one row per attempt, and the resources it holds while under way."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reconciler.models.accounts import VtexAccount


class Verb(models.TextChoices):
    CANCEL = "reservation.cancel", _("Cancel reservation")
    ACKNOWLEDGE = "reservation.acknowledge", _("Acknowledge reservation")
    START_HANDLING = "order.start_handling", _("Start handling")
    COUNT = "stock.count", _("Enter a count")
    CHECK = "stock.check", _("Record a check")


class State(models.TextChoices):
    """Where an attempt stands in the protocol of design section 7."""

    REQUESTED = "requested", _("Requested")
    SENDING = "sending", _("Sending")
    VERIFYING = "verifying", _("Verifying")
    DONE = "done", _("Done")


class Outcome(models.TextChoices):
    VERIFIED = "verified", _("Verified")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")
    NOT_SENT = "not_sent", _("Not sent")
    NOT_APPLIED = "not_applied", _("Not applied")
    REFUSED = "refused", _("Refused")


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def unsettled(self) -> AttemptQuerySet:
        return self.exclude(state=State.DONE)

    def matching(self, text: str) -> AttemptQuerySet:
        """Whose subject, person or ticket holds the text."""
        if not text:
            return self
        holds = models.Q(subject__icontains=text) | models.Q(actor__icontains=text)
        return self.filter(holds | models.Q(ticket__icontains=text))

    def ended(self, outcome: str) -> AttemptQuerySet:
        """With this outcome; "open" for those under way, nothing for all."""
        if outcome == "open":
            return self.unsettled()
        return self.filter(state=State.DONE, outcome=outcome) if outcome else self


class Attempt(models.Model):
    """One staff action. `outcome` unknown with state not done is being settled by reading."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="attempts")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    verb = models.CharField(max_length=25, choices=Verb.choices)
    subject = models.CharField(max_length=450, help_text="Lock id, order id, or sku@warehouse")
    token_digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the confirm token")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="attempts")
    actor = models.CharField(max_length=150, help_text="Copied, so that deleting a user orphans nothing")
    role = models.CharField(max_length=60, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    cause = models.CharField(max_length=30, blank=True)
    reason = models.CharField(max_length=500)
    ticket = models.CharField(max_length=200, blank=True)
    entries = models.JSONField(
        default=dict, help_text="What the form carried: answers, counted, counted_at, ..."
    )
    material = models.JSONField(default=dict, help_text="Material facts at confirmation")
    before = models.JSONField(default=dict)
    expected = models.JSONField(default=dict, help_text="What the preview promised")
    sent = models.JSONField(null=True, blank=True)
    answer = models.JSONField(null=True, blank=True, help_text="status, code, operation id, scrubbed message")
    after = models.JSONField(null=True, blank=True)
    note = models.JSONField(
        default=dict, blank=True, help_text="Why: refusal code and params, locks that stayed, ..."
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    created_at = models.DateTimeField()
    send_started_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    verify_deadline_at = models.DateTimeField(null=True, blank=True)
    no_effect_first_at = models.DateTimeField(
        null=True, blank=True, help_text="First settling read after the deadline that showed no effect"
    )
    checked_at = models.DateTimeField(null=True, blank=True, help_text="Last settling read")
    finished_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=150, blank=True)
    released_reason = models.CharField(max_length=500, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(name="attempt_known_verb", condition=models.Q(verb__in=Verb.values)),
            models.CheckConstraint(name="attempt_known_state", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="attempt_known_outcome", condition=models.Q(outcome__in=["", *Outcome.values])
            ),
            models.CheckConstraint(
                name="attempt_done_has_outcome_and_time",
                condition=~models.Q(state="done") & models.Q(finished_at__isnull=True)
                | models.Q(state="done", finished_at__isnull=False) & ~models.Q(outcome=""),
            ),
        ]
        indexes = [
            # attempts page
            models.Index(name="attempt_by_created", fields=["account", "-created_at", "-id"]),
            # reservation, order and stock item pages
            models.Index(name="attempt_by_subject", fields=["account", "subject"]),
            # settle
            models.Index(
                name="attempt_unsettled", fields=["state", "checked_at"], condition=~models.Q(state="done")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Claim(models.Model):
    """A resource an attempt holds; unique while held. Never lapses by age (design section 7)."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="claims")
    account = models.ForeignKey(VtexAccount, models.CASCADE)
    resource = models.CharField(max_length=460, help_text="lock:<id>, order:<id> or pair:<sku@warehouse>")
    claimed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="claim_held_once",
                fields=["account", "resource"],
                condition=models.Q(released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.resource
