"""Feed and hook: the events they brought, and the configurations at VTEX (F4)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reconciler.models.accounts import VtexAccount


class EventSource(models.TextChoices):
    FEED = "feed"
    HOOK = "hook"


class FeedEvent(models.Model):
    """One change of status that VTEX told us. What became of the order only its detail tells.

    VTEX delivers at least once and in no order; `digest` is the same for each delivery of one change.
    """

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="feed_events")
    digest = models.CharField(max_length=64, help_text="Of order, domain, state and time of the change")
    source = models.CharField(max_length=4, choices=EventSource.choices, help_text="What brought it first")
    order_id = models.CharField(max_length=200)
    domain = models.CharField(max_length=50, blank=True, help_text="The workflow instance, as VTEX spells it")
    state = models.CharField(max_length=100, blank=True)
    last_state = models.CharField(max_length=100, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="currentChange, else lastChange")
    last_change_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    processed_at = models.DateTimeField(null=True, blank=True, help_text="When its order was read after it")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="feed_event_once", fields=["account", "digest"]),
            models.CheckConstraint(
                name="feed_event_known_source", condition=Q(source__in=EventSource.values)
            ),
        ]
        indexes = [
            models.Index(  # the order handler: what an order waits for; the sync page: the oldest
                name="feed_event_waiting", fields=["account", "order_id"], condition=Q(processed_at=None)
            ),
            # pruning: the oldest; the sync page: how many came lately
            models.Index(name="feed_event_by_received", fields=["account", "received_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.domain} {self.state}"


class FeedConfig(models.Model):
    """The feed, or the hook, of the feed key of a store: what we made, and what VTEX says there is.

    Only while `state` is "ours" the feed is read. `made` describes what we made last under this key, ""
    nothing; it stands before the request goes out, so that a killed process does not lose its own feed.
    """

    class State(models.TextChoices):
        UNKNOWN = "unknown"  # never looked at
        OURS = "ours"
        NONE = "none"  # there is none, and none is wanted
        FOREIGN = "foreign"  # somebody else's: shown, never read, committed or changed
        REFUSED = "refused"  # the key may not (401, 403)

    account = models.ForeignKey(VtexAccount, models.CASCADE, related_name="feed_configs")
    kind = models.CharField(max_length=4, choices=EventSource.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.UNKNOWN)
    key_digest = models.CharField(max_length=64, blank=True, help_text="Which app key this is about")
    made = models.CharField(max_length=64, blank=True, help_text="Fingerprint of what we made")
    made_at = models.DateTimeField(null=True, blank=True)
    url = models.CharField(max_length=500, blank=True, help_text="Where the hook we made sends to")
    removed_at = models.DateTimeField(
        null=True, blank=True, help_text="Taken away by a person: not made anew"
    )
    seen = models.JSONField(default=dict, help_text="{type, statuses, url} as VTEX last told; no header")
    seen_at = models.DateTimeField(null=True, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True, help_text="Events in VTEX's queue")
    oldest_seconds = models.FloatField(null=True, blank=True, help_text="Age of the oldest of them")
    read_at = models.DateTimeField(null=True, blank=True, help_text="When the feed was last read to its end")
    error = models.CharField(max_length=200, blank=True, help_text="Scrubbed")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="feed_config_once", fields=["account", "kind"]),
            models.CheckConstraint(name="feed_config_known", condition=Q(kind__in=EventSource.values)),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.kind}: {self.state}"
