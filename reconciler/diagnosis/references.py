"""Where VTEX itself writes about it: known issues by number, and articles by their own titles (F9)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reconciler.diagnosis.verdicts import Cause
from reconciler.diagnosis.wording import known_issues

HELP, SUPPORT, GUIDE, FORUM = _("VTEX help"), _("VTEX troubleshooting"), _("VTEX guide"), _("VTEX community")
ARCHIVED = _("VTEX known issue, archived in 2023, without a number")

ISSUES: dict[str, Promise] = {
    "KI-1218606": _("orders hang in start-handling; an expired reservation makes that final"),
    "KI-1218615": _("orders hang in on-order-completed; an expired reservation makes that final"),
    "KI-1198719": _("the Fulfillment flow hangs in cancel while the Marketplace flow is canceled"),
    "KI-1242813": _("a cancel runs on its own: the status may change back and forth"),
    "KI-1220722": _("reserved counts canceled reservations that no list shows; canceling again fixes it"),
    "KI-991735": _("reserved falls below zero after canceling what a count had already cleared"),
    "KI-296066": _("too many active reservations: the pair cannot be read; counting more often helps"),
}
"""What each known issue says, in our words."""

ARTICLES: dict[str, tuple[tuple[Promise, str], ...]] = {
    Cause.ORDER_CANCELED: (
        (HELP, "How the reservation works"),
        (HELP, "Order flow and status"),
        (GUIDE, "Order canceling improvements"),
    ),
    Cause.HANDLING_SKIPPED: (
        (ARCHIVED, "Reserved stock in invoiced orders"),
        (HELP, "How the reservation works"),
        (FORUM, "Pedido faturado mantendo reserva de estoque (40322)"),
    ),
    Cause.COUNT_NOT_UPDATED: (
        (SUPPORT, "Product remains available in stock after the order has been invoiced"),
        (HELP, "Updating the quantity of items in inventory"),
    ),
    Cause.AUTHORIZATION_EXPIRED: ((HELP, "How the reservation works"),),
    Cause.LOCK_SUPERSEDED: ((HELP, "How Order modifications works"),),
    Cause.BALANCE_MISMATCH: ((SUPPORT, "My inventory is negative"),),
    Cause.HANDLING_OVERDUE: (
        (SUPPORT, "The order doesn't progress after the status Ready for handling"),
        (HELP, "Moving order to Handling Shipping"),
    ),
    Cause.HANDLING_ABANDONED: ((HELP, "Order flow and status"),),
}
"""Titles are VTEX's own and are not translated, so that they can be searched for."""


@dataclass(frozen=True)
class Reference:
    """`name`: a known issue's number, or where an article stands; `says`: its gist, or its title."""

    name: str
    says: str
    is_issue: bool


def references(cause: str, reason: str = "") -> list[Reference]:
    """Known issues first."""
    issues = [
        Reference(number, str(ISSUES.get(number, "")), is_issue=True)
        for number in known_issues(cause, reason)
    ]
    articles = [Reference(str(where), f"“{name}”", is_issue=False) for where, name in ARTICLES.get(cause, ())]
    return [*issues, *articles]
