"""Alerts of a store: when to tell (rules), whom (channels), and what was told (deliveries)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reconciler.models.accounts import VtexAccount
from reconciler.models.findings import ALSO_WRONG, STUCK_CAUSES


class Measure(models.TextChoices):
    """What a rule compares with its limit, over the findings of its cause that are confirmed and open."""

    ROWS = "rows", _("findings open")
    UNITS = "units", _("units stuck")
    VALUE = "value", _("value stuck")
    NEW_HOUR = "new_hour", _("new within an hour")
    NEW_DAY = "new_day", _("new within a day")


ALERT_CAUSES = (*STUCK_CAUSES, *ALSO_WRONG)
"""What could not be told is in no total, and so in no alert."""


class AlertChannel(models.Model):
    """Where messages go, with its quiet period: at most one message in that time, however much happens."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        WEBHOOK = "webhook", _("Webhook")

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="alert_channels")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60)
    shown = models.CharField(max_length=300, help_text="Where to, as far as everybody may see it")
    sealed = models.TextField(help_text="Addresses, or URL and secret, encrypted")
    language = models.CharField(max_length=10, default="en", choices=settings.LANGUAGES)
    quiet_minutes = models.PositiveIntegerField(default=60)
    not_before = models.DateTimeField(null=True, blank=True, help_text="Quiet, or waiting to try again")
    failing_since = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0, help_text="Failures in a row")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="alert_channel_once", fields=["account", "name"]),
            models.CheckConstraint(
                name="alert_channel_known_kind", condition=Q(kind__in=["email", "webhook"])
            ),
            models.CheckConstraint(
                name="alert_channel_failing_and_tries",
                condition=Q(failing_since__isnull=True, tries=0)
                | Q(failing_since__isnull=False, tries__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AlertRule(models.Model):
    """Tells when the measure is more than the limit. Value limits are cents of `currency`."""

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="alert_rules")
    cause = models.CharField(max_length=30, blank=True, help_text="Empty: all that count as stuck")
    measure = models.CharField(max_length=10, choices=Measure.choices)
    limit = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True, help_text="Of the store when the rule was saved")
    tell_recovery = models.BooleanField(default=True)
    channels = models.ManyToManyField(AlertChannel, through="AlertSubscription", related_name="rules")
    measured = models.BigIntegerField(default=0, help_text="At the last look")
    above_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="alert_rule_known_cause", condition=Q(cause__in=["", *ALERT_CAUSES])),
            models.CheckConstraint(name="alert_rule_known_measure", condition=Q(measure__in=Measure.values)),
            models.CheckConstraint(name="alert_rule_limit", condition=Q(limit__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.cause or 'stuck'} {self.measure} > {self.limit}"


class AlertSubscription(models.Model):
    """What a channel was last told of a rule: null when nothing, or that all is well again."""

    rule = models.ForeignKey(AlertRule, models.CASCADE, related_name="subscriptions")
    channel = models.ForeignKey(AlertChannel, models.CASCADE, related_name="subscriptions")
    told_at = models.DateTimeField(null=True, blank=True)
    told_measure = models.BigIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="alert_subscription_once", fields=["rule", "channel"]),
            models.CheckConstraint(
                name="alert_subscription_told_at_and_measure",
                condition=Q(told_at__isnull=True, told_measure__isnull=True)
                | Q(told_at__isnull=False, told_measure__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} to {self.channel}"


class AlertDelivery(models.Model):
    """One try to hand a message over."""

    class Kind(models.TextChoices):
        ALERT = "alert", _("Alert")
        TEST = "test", _("Test")

    channel = models.ForeignKey(AlertChannel, models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    message_id = models.UUIDField(help_text="The same for each try of one message")
    result = models.CharField(max_length=20, help_text="`delivered`, or a code of alerts.results")
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP or SMTP status")
    alerts = models.PositiveIntegerField(default=0, help_text="How many alerts the message told of")

    class Meta:
        indexes = [
            models.Index(name="alert_delivery_latest", fields=["channel", "-id"])  # alerts page
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.result}"


class AlertWatch(models.Model):
    """The last look at a store's findings, and the newest change it saw: no change, no new count."""

    account = models.OneToOneField(VtexAccount, models.CASCADE, related_name="alert_watch")
    checked_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True, help_text="updated_at of the newest finding")
    seen_id = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.account} {self.checked_at}"
