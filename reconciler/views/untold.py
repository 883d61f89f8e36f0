"""What could not be told, by reason, with what to do about each: pages never pass it over in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reconciler.diagnosis import meaning, wording
from reconciler.models import Cause, ListState, SyncKind, VtexAccount
from reconciler.sync.coverage import STALE, Coverage, unread_labels
from reconciler.sync.unknown import Unknown
from reconciler.views import links

PERMISSIONS = {
    SyncKind.SWEEP: "SKUs, Logistics viewer",
    SyncKind.DUE: "Logistics viewer, View order",
    SyncKind.LOCKS: "Logistics viewer, View order",
    SyncKind.BACKFILL: "List Orders, View order",
    SyncKind.RECENT: "List Orders, View order",
    SyncKind.OPEN_ORDERS: "View order",
    SyncKind.INVOICED: "List Orders, View order",
    SyncKind.LABELS: "SKUs",
}
"""What each kind of sync needs, as VTEX's License Manager names it (F1)."""


@dataclass(frozen=True)
class Line:
    """One reason: how many, of what, why, and what to do about it."""

    count: int
    why: str
    do: str
    url: str = ""


@dataclass(frozen=True)
class Group:
    title: str
    lines: list[Line]

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)


def groups(store: VtexAccount, found: Unknown, covered: Coverage) -> list[Group]:
    """Cases, orders and pairs, each only where there are any; the most frequent reason first."""
    every = [
        Group(_("Permissions that the key lacks"), _sorted(_refused(store, found))),
        Group(_("Reservations and balances that could not be judged"), _sorted(_findings(store, found))),
        Group(_("Orders that could not be read"), _sorted(_orders(store, found))),
        Group(_("Pairs without an answer"), _sorted(_pairs(store, covered))),
        Group(_("SKUs whose balances could not be read"), _sorted(_skus(store, covered))),
    ]
    return [group for group in every if group.lines]


def _refused(store: VtexAccount, found: Unknown) -> Iterator[Line]:
    for kind in found.refused:
        why = _("VTEX refuses what “%(kind)s” reads (403).") % {"kind": SyncKind(kind).label}
        do = _("Give the app key in VTEX: %(permissions)s.") % {"permissions": PERMISSIONS[SyncKind(kind)]}
        yield Line(1, why, do, links.link(store, "sync"))


def _findings(store: VtexAccount, found: Unknown) -> Iterator[Line]:
    url = f"{links.link(store, 'stuck')}?cause={Cause.COULD_NOT_TELL.value}"
    for reason, count in found.findings.items():
        yield Line(count, wording.reason(reason), meaning.advice(reason), url)


def _orders(store: VtexAccount, found: Unknown) -> Iterator[Line]:
    told = {
        "forbidden": (_("The key may not read them (403)."), meaning.advice("forbidden")),
        "missing": (
            _("VTEX lists or names them, but knows no order of that id (404)."),
            _("Nothing to do: they are tried again by themselves."),
        ),
        "error": (_("VTEX answered with an error."), meaning.advice("error")),
    }
    for reason, count in found.orders.items():
        why, do = told.get(reason, (reason, str(meaning.ELSE_ADVICE)))
        yield Line(count, why, do)


def _pairs(store: VtexAccount, covered: Coverage) -> Iterator[Line]:
    sync = links.link(store, "sync")
    advice = {
        ListState.TOO_MANY: meaning.advice("too_many_reservations"),
        ListState.ERROR: _("It is asked again by itself; if VTEX keeps failing, open a ticket."),
        ListState.UNSTABLE: _("Nothing to do: it is read again when the pair is quieter."),
        ListState.FORBIDDEN: _(
            "Give the app key “Logistics viewer” in VTEX; “Logistics inventory read only” is not enough."
        ),
        ListState.NOT_READ: _("Wait: the sweep comes to it."),
        STALE: _("Let the sweep run; if it lasts, allow more requests a minute."),
    }
    labels = {**unread_labels(), STALE: _("read more than 24 hours ago")}
    for state, count in covered.unread.items():
        why = labels.get(state, state)
        yield Line(count, f"{why[:1].upper()}{why[1:]}.", advice.get(state, str(meaning.ELSE_ADVICE)), sync)


def _skus(store: VtexAccount, covered: Coverage) -> Iterator[Line]:
    for code, count in covered.sku_errors.items():
        do = _(
            "It is asked again by the next sweep; “manage.py check_vtex” tells whether the key may read it."
        )
        yield Line(count, _("VTEX answered: %(code)s.") % {"code": code}, do, links.link(store, "sync"))


def _sorted(lines: Iterator[Line]) -> list[Line]:
    return sorted((line for line in lines if line.count), key=lambda line: (-line.count, line.why))
