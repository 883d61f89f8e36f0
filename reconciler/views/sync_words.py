"""What the sync page calls things: who asks VTEX, for what, and what is done in the background."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from reconciler.templatetags.formats import number

PRIORITIES = {
    0: pgettext_lazy("who asks VTEX", "staff"),
    1: pgettext_lazy("who asks VTEX", "previews"),
    2: pgettext_lazy("who asks VTEX", "keeping current"),
    3: pgettext_lazy("who asks VTEX", "orders of the past"),
    4: pgettext_lazy("who asks VTEX", "stock sweep"),
}
FAMILIES = {
    "order": gettext_lazy("Order details"),
    "order-document": gettext_lazy("Order histories"),
    "order-list": gettext_lazy("Order lists"),
    "order-action": gettext_lazy("Start handling"),
    "order-feed": gettext_lazy("Order feed"),
    "reservation": gettext_lazy("Reservations by id"),
    "reservation-list": gettext_lazy("Reservations of a pair"),
    "reservation-action": gettext_lazy("Cancel and acknowledge"),
    "inventory": gettext_lazy("Balances"),
    "inventory-update": gettext_lazy("Counts sent"),
    "warehouse": gettext_lazy("Warehouses"),
    "sku": gettext_lazy("Catalog"),
}
HOSTS = {
    "orders": gettext_lazy("orders"),
    "logistics": gettext_lazy("logistics"),
    "catalog": gettext_lazy("catalog"),
}
KINDS = {
    "sync": gettext_lazy("Everything that is due"),
    "settle": gettext_lazy("Actions to settle"),
    "order": gettext_lazy("Orders that an event told of"),
    "sweep": gettext_lazy("Stock to sweep"),
    "backfill": gettext_lazy("Orders of the past to read"),
    "feed": gettext_lazy("Feed to read"),
    "prune": gettext_lazy("Old events and runs to forget"),
    "hook": gettext_lazy("Hook to look after"),
    "alert_check": gettext_lazy("Alerts to look at"),
    "alert_send": gettext_lazy("Alerts to send"),
}


def kind(name: str) -> str:
    """A kind of background work; one without a word of its own says itself."""
    return str(KINDS.get(name, name.replace("_", " ").replace("-", " ").capitalize()))


def family(name: str) -> str:
    return str(FAMILIES.get(name, name))


def about(span: timedelta) -> str:
    """How long something will take, no more exact than it can be known: the longer, the rounder."""
    minutes = span.total_seconds() / 60
    if minutes < 1:
        return _("less than a minute")
    if minutes < 20:
        return _("about %(n)s min") % {"n": round(minutes)}
    if minutes < 90:
        return _("about %(n)s min") % {"n": 5 * round(minutes / 5)}
    if minutes < 36 * 60:
        return _("about %(n)s h") % {"n": round(minutes / 60)}
    return _("about %(n)s d") % {"n": number(round(minutes / 1440))}
