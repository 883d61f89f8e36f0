"""Findings in tables: the title and colour of a cause, and the one fact that matters most."""

from __future__ import annotations

from datetime import date, datetime, time

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from reconciler.diagnosis import wording
from reconciler.models import ALSO_WRONG, Cause
from reconciler.models.listed import ListedFinding
from reconciler.templatetags.clock import written

register = template.Library()

TONES = {
    Cause.COULD_NOT_TELL: "",
    Cause.COUNT_NOT_UPDATED: "warn",
    Cause.WORKFLOW_STUCK: "info",
    Cause.BALANCE_MISMATCH: "info",
}
SHORT: dict[str, Promise] = {
    "total_fell": _("total seen to fall by %(units)s"),
    "total_did_not_fall": _("total not seen to fall"),
    "order_carries_another_lock": _("its order carries %(lock)s"),
    "by_id_status": _("status %(status)s by its id, in no list"),
    "reserved_beyond_list": _("%(units)s reserved beyond the list"),
    "reserved_negative": _("reserved is %(reserved)s"),
    "instance_in_error": _("%(instance)s at %(step)s, in error"),
    "instance_step": _("%(instance)s at %(step)s"),
    "item_partly_acknowledged": _("partly acknowledged"),
    "item_acknowledged": _("acknowledged"),
    "item_not_acknowledged": _("never acknowledged"),
    "confirmation_expired": _("time to confirm is over"),
    "backfill_covers": _("no order of its days carries it"),
}
"""What `models.listed.TELLING` kinds say in half a line."""


@register.filter
def cause_title(cause: str) -> str:
    return wording.title(cause)


@register.filter
def cause_tone(cause: str) -> str:
    """Colour of a cause's tag: red holds stock, amber needs a look, blue is VTEX's side."""
    return TONES.get(Cause(cause), "warn" if cause in ALSO_WRONG else "bad")


@register.filter
def day(value: date) -> str:
    """A day of the store, written out: which number is the month differs by language."""
    return written(datetime.combine(value, time.min), pgettext("date of another year", "j M Y"))


@register.filter
def because(finding: ListedFinding) -> str:
    """The reason it could not be told, else the most telling evidence in short; empty when there is none."""
    if finding.reason:
        return wording.reason(finding.reason)
    return str(SHORT[finding.telling["kind"]]) % finding.telling if finding.telling else ""
