"""Every action that can be recorded, with its label and its sentence; no other can be."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reconciler.models import AuditEntry, Outcome


@dataclass(frozen=True)
class Action:
    """`sentence` is filled with %(actor)s and %(subject)s; how it ended stands beside it."""

    label: Promise
    sentence: Promise


ACTIONS: dict[str, Action] = {
    "reservation.cancel": Action(_("Cancel reservation"), _("%(actor)s: cancel reservation %(subject)s")),
    "reservation.acknowledge": Action(
        _("Acknowledge reservation"), _("%(actor)s: acknowledge reservation %(subject)s")
    ),
    "order.start_handling": Action(_("Start handling"), _("%(actor)s: start handling of order %(subject)s")),
    "stock.count": Action(_("Enter a count"), _("%(actor)s: physical count of %(subject)s")),
    "stock.check": Action(
        _("Record a check"), _("%(actor)s: count of %(subject)s agreed with VTEX, nothing was sent")
    ),
    "attempt.release": Action(_("Release an attempt"), _("%(actor)s released attempt %(subject)s")),
    "attempt.settle": Action(_("Settle an attempt"), _("%(actor)s settled attempt %(subject)s by reading")),
    "store.pause": Action(_("Pause actions"), _("%(actor)s paused all actions of %(subject)s")),
    "store.resume": Action(_("Resume actions"), _("%(actor)s resumed the actions of %(subject)s")),
    "member.grant": Action(_("Grant a role"), _("%(actor)s gave %(subject)s a role")),
    "member.revoke": Action(_("Take a role away"), _("%(actor)s took a role from %(subject)s")),
    "stuck.export": Action(_("Export the stuck list"), _("%(actor)s exported the stuck list")),
    "recurrence.export": Action(
        _("Export the recurrence report"), _("%(actor)s exported the recurrence report")
    ),
    "ticket.export": Action(_("Take a ticket pack"), _("%(actor)s took the ticket pack of %(subject)s")),
    "access.refused": Action(_("Refused: role missing"), _("%(actor)s lacks the role for %(subject)s")),
    "audit.export": Action(_("Export the audit trail"), _("%(actor)s exported the audit trail")),
    "audit.verify": Action(_("Verify the audit trail"), _("%(actor)s verified the audit trail")),
    "user.login": Action(_("Log in"), _("%(subject)s logged in")),
    "user.login_failed": Action(_("Failed login"), _("A login failed")),
    "user.logout": Action(_("Log out"), _("%(subject)s logged out")),
    "user.password_changed": Action(_("Change password"), _("%(actor)s changed the password of %(subject)s")),
    "user.second_factor": Action(
        _("Change the second factor"), _("%(actor)s changed the second factor of %(subject)s")
    ),
    "user.created": Action(_("Add a person"), _("%(actor)s added %(subject)s")),
    "feed.configure": Action(
        _("Configure the feed"), _("%(actor)s configured the order feed of %(subject)s")
    ),
    "feed.remove": Action(_("Remove the feed"), _("%(actor)s removed the order feed of %(subject)s")),
    "hook.configure": Action(
        _("Configure the hook"), _("%(actor)s configured the order hook of %(subject)s")
    ),
    "hook.remove": Action(_("Remove the hook"), _("%(actor)s removed the order hook of %(subject)s")),
    "outside.vanished": Action(
        _("Vanished without us"), _("%(subject)s is no longer listed, and nobody here did it")
    ),
    "outside.total": Action(
        _("Count changed without us"), _("The total of %(subject)s changed, and nobody here did it")
    ),
    "alert.rule_added": Action(_("Add an alert"), _("%(actor)s added the alert %(subject)s")),
    "alert.rule_changed": Action(_("Change an alert"), _("%(actor)s changed the alert %(subject)s")),
    "alert.rule_removed": Action(_("Remove an alert"), _("%(actor)s removed the alert %(subject)s")),
    "alert.channel_added": Action(
        _("Add an alert channel"), _("%(actor)s added the alert channel %(subject)s")
    ),
    "alert.channel_changed": Action(
        _("Change an alert channel"), _("%(actor)s changed the alert channel %(subject)s")
    ),
    "alert.channel_removed": Action(
        _("Remove an alert channel"), _("%(actor)s removed the alert channel %(subject)s")
    ),
    "alert.secret_renewed": Action(
        _("Renew an alert secret"), _("%(actor)s renewed the secret of the alert channel %(subject)s")
    ),
    "alert.test": Action(_("Ask for a test alert"), _("%(actor)s asked for a test alert to %(subject)s")),
    "alert.tested": Action(_("Test alert"), _("Test alert to %(subject)s")),
    "alert.sent": Action(_("Alert"), _("Alert to %(subject)s")),
    "settings.changed": Action(_("Change a setting"), _("%(actor)s changed the setting %(subject)s")),
}

REQUESTED = "requested"
OUTCOMES: dict[str, str | Promise] = {
    REQUESTED: _("Requested"),
    **{str(value): label for value, label in Outcome.choices},
}


def label(action: str) -> str:
    """The action's name for people; an action of a later version shows its code."""
    known = ACTIONS.get(action)
    return str(known.label) if known else action


def outcome_label(outcome: str) -> str:
    return str(OUTCOMES.get(outcome, outcome))


def sentence(entry: AuditEntry) -> str:
    """One sentence that says who did what to what."""
    known = ACTIONS.get(entry.action)
    if known is None:
        return f"{entry.actor}: {entry.action} {entry.subject}".strip()
    return str(known.sentence) % {"actor": entry.actor or "-", "subject": entry.subject or "-"}
