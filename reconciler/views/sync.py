"""How fresh and how complete the mirror is, what was read lately, and what could not be."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reconciler.models import Order, RequestBudget, Role, SyncKind, SyncRun, VtexAccount
from reconciler.sync.backfill import gaps
from reconciler.sync.coverage import coverage
from reconciler.views import fragments
from reconciler.views.access import StoreRequest, store_view

SHOWN_RUNS = 25
QUIET = timedelta(minutes=30)
"""Without a run for so long, nobody keeps the mirror."""
NO_GAP = timedelta(hours=1)
"""The listing of new orders closes so much by itself."""


@store_view()
@require_safe
def sync(request: StoreRequest, account: str) -> HttpResponse:
    now = timezone.now()
    runs = list(SyncRun.objects.filter(account=request.store)[:SHOWN_RUNS])
    seen = coverage(request.store, now)
    context = {
        "account": request.store,
        "runs": [_run(run) for run in runs],
        "under_way": [_run(run) for run in runs if run.finished_at is None],
        "is_quiet": not runs or now - runs[0].heartbeat_at > QUIET,
        "newest": runs[0].heartbeat_at if runs else None,
        "coverage": seen,
        "percent": seen.percent,
        "unread": seen.reasons,
        "passes": _passes(request.store, now),
        "orders": Order.objects.filter(account=request.store).count(),
        "limits": _limits(request.store, now),
        "per_minute": settings.STORES[request.store.name].requests_per_minute,
        "may_pause": Role.ADMIN in request.roles,
    }
    return fragments.respond(
        request, "reconciler/sync/page.html", context, fragment="reconciler/sync/_body.html", target="sync"
    )


def _run(run: SyncRun) -> dict[str, Any]:
    errors = run.counts.get("errors", {})
    return {
        "run": run,
        "label": run.get_kind_display(),
        "took": (run.finished_at or run.heartbeat_at) - run.started_at,
        "percent": min(100, 100 * run.done // run.of) if run.of else None,
        "errors": [(code, count) for code, count in sorted(errors.items())],
        "error": _("interrupted; the next run goes on from there")
        if run.error == "interrupted"
        else run.error,
    }


def _passes(store: VtexAccount, now: datetime) -> list[dict[str, Any]]:
    """What was last read from end to end, and how far back the orders go."""
    found = {cursor.kind: cursor for cursor in store.cursors.all()}
    shown = [{"label": kind.label, "cursor": found.get(kind)} for kind in (SyncKind.SWEEP, SyncKind.RECENT)]
    return [*shown, {"label": SyncKind.BACKFILL.label, "said": _backfilled(store, now)}]


def _backfilled(store: VtexAccount, now: datetime) -> str:
    days = settings.BACKFILL_DAYS
    spans = [end - start for start, end in gaps(store, now, days) if end - start > NO_GAP]
    if not spans:
        return _("complete for the last %(days)d days") % {"days": days}
    left = {"left": ceil(sum(spans, timedelta()) / timedelta(days=1)), "days": days}
    return _("%(left)d of the last %(days)d days still to read") % left


def _limits(store: VtexAccount, now: datetime) -> list[dict[str, Any]]:
    """Hosts and endpoint families that are not asked right now, and until when."""
    closed = []
    for row in RequestBudget.objects.filter(account=store):
        for until, why in (
            (row.paused_until, _("VTEX asked for a pause (429)")),
            (row.breaker_open_until, _("too many failures in a row")),
        ):
            if until and until > now:
                closed.append({"family": row.family, "until": until, "why": why})
    return closed
