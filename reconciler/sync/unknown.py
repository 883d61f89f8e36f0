"""What could not be told, by reason: findings, and orders that could not be read. Counted once a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from reconciler.models import Finding, Order, VtexAccount
from reconciler.sync import snapshots

EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Unknown:
    """findings: open ones by `Finding.reason`. orders: by `Order.unreadable_reason`."""

    findings: dict[str, int]
    orders: dict[str, int]


def unknown(account: VtexAccount, now: datetime) -> Unknown:
    """As counted a minute ago at most."""
    return Unknown(**snapshots.read(account, now, UNKNOWN)[0])


def _figures(account: VtexAccount, now: datetime) -> snapshots.Figures:
    findings = Finding.objects.could_not_tell().filter(account=account).order_by()
    orders = Order.objects.filter(account=account).exclude(unreadable_reason="").order_by()
    return {
        "findings": dict(findings.values_list("reason").annotate(Count("pk"))),
        "orders": dict(orders.values_list("unreadable_reason").annotate(Count("pk"))),
    }


UNKNOWN = snapshots.Counted("unknown", EVERY, _figures)
