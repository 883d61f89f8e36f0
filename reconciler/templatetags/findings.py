"""Findings in tables: the title and colour of a cause, and the one fact that matters most."""

from __future__ import annotations

from django import template

from reconciler.diagnosis import wording
from reconciler.models import ALSO_WRONG, Cause, Finding

register = template.Library()

TONES = {
    Cause.COULD_NOT_TELL: "",
    Cause.COUNT_NOT_UPDATED: "warn",
    Cause.WORKFLOW_STUCK: "info",
    Cause.BALANCE_MISMATCH: "info",
}
TELLING = (
    "total_fell", "total_did_not_fall", "total_not_watched", "item_acknowledged", "order_carries_another_lock",
    "by_id_status", "reserved_beyond_list", "reserved_negative", "instance_in_error", "instance_step",
)  # fmt: skip
"""Kinds of evidence worth a line in a list, the most telling first."""


@register.filter
def cause_title(cause: str) -> str:
    return wording.title(cause)


@register.filter
def cause_tone(cause: str) -> str:
    """Colour of a cause's tag: red holds stock, amber needs a look, blue is VTEX's side."""
    return TONES.get(Cause(cause), "warn" if cause in ALSO_WRONG else "bad")


@register.filter
def because(finding: Finding) -> str:
    """The reason it could not be told, else the most telling piece of evidence; empty when there is none."""
    if finding.reason:
        return wording.reason(finding.reason)
    pieces = {str(piece["kind"]): piece for piece in reversed(finding.evidence)}
    return next((wording.evidence(pieces[kind]) for kind in TELLING if kind in pieces), "")
