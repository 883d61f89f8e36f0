"""What could not be told, by reason: findings, and orders that could not be read. Counted once a minute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from reconciler.models import Finding, Order, SyncRun, VtexAccount
from reconciler.sync import snapshots

EVERY = timedelta(minutes=1)
LATEST_RUNS = 100


@dataclass(frozen=True)
class Unknown:
    """findings: open ones by `Finding.reason`. orders: by `Order.unreadable_reason`. refused: kinds of sync
    whose latest run VTEX ended with 403.
    """

    findings: dict[str, int]
    orders: dict[str, int]
    refused: list[str]


def of_figures(figures: snapshots.Figures) -> Unknown:
    return Unknown(**figures)


def _figures(account: VtexAccount, now: datetime) -> snapshots.Figures:
    findings = Finding.objects.could_not_tell().filter(account=account).order_by()
    orders = Order.objects.filter(account=account).exclude(unreadable_reason="").order_by()
    return {
        "findings": dict(findings.values_list("reason").annotate(Count("pk"))),
        "orders": dict(orders.values_list("unreadable_reason").annotate(Count("pk"))),
        "refused": _refused(account),
    }


def _refused(account: VtexAccount) -> list[str]:
    runs = SyncRun.objects.filter(account=account, finished_at__isnull=False).order_by("-started_at", "-pk")
    latest: dict[str, str] = {}
    for kind, error in runs.values_list("kind", "error")[:LATEST_RUNS]:
        latest.setdefault(kind, error)
    return [kind for kind, error in latest.items() if re.split(r"\W", error, maxsplit=1)[0] == "Forbidden"]


UNKNOWN = snapshots.Counted("unknown", EVERY, _figures)
