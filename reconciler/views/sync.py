"""Is the mirror fresh and complete, what hinders it, and who uses the request budget."""

from __future__ import annotations

from hashlib import blake2s
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reconciler.models import Role, SyncRun, Worker
from reconciler.sync import budget, snapshots
from reconciler.sync.coverage import COVERAGE, Coverage, of_figures, unread_labels
from reconciler.sync.queue import QUEUE
from reconciler.sync.runs import INTERRUPTED
from reconciler.views import links, sync_events, sync_progress, sync_use, sync_words
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.sync_progress import PROGRESS
from reconciler.views.sync_verdict import Facts, verdicts
from reconciler.work import presence

SHOWN_RUNS = 12
LOOKED_AT = 30
KNOWN_WORKERS = 20
SEES_HOSTS = frozenset({Role.OPERATOR, Role.ADMIN})
"""Support and whoever runs the store; what our machines are called is nobody else's business."""


@store_view()
@require_safe
def sync(request: StoreRequest, account: str) -> HttpResponse:
    """The whole page, or for HTMX its body; 204 when that is what the browser shows already (`seen`)."""
    context = _context(request)
    body = render_to_string("reconciler/sync/_body.html", context, request=request)
    version = blake2s(body.encode(), digest_size=12).hexdigest()
    again = request.headers.get("HX-Request") == "true" and "seen" in request.GET
    if again and request.GET["seen"] == version:
        return HttpResponse(status=204)
    shown = {
        "account": request.store,
        "verdict": context["verdict"],
        "body": mark_safe(body),  # noqa: S308 - our own template
        "version": version,
        "again": again,
        "announce": again and request.GET.get("said") != context["verdict"].code,
    }
    return render(request, "reconciler/sync/_live.html" if again else "reconciler/sync/page.html", shown)


def _context(request: StoreRequest) -> dict[str, Any]:
    store, now = request.store, timezone.now()
    runs = list(SyncRun.objects.filter(account=store)[:LOOKED_AT])
    seen, queue, progress = snapshots.read(store, now, COVERAGE, QUEUE, PROGRESS)
    covered = of_figures(store, now, seen)
    closed = budget.closed(store, now)
    workers = list(Worker.objects.order_by("-heartbeat_at")[:KNOWN_WORKERS])
    running = [worker for worker in workers if presence.is_running(worker, now)]
    sweep, backfill = sync_progress.sweep(progress), sync_progress.backfill(progress)
    gone = next((worker for worker in workers if worker not in running), None)
    said = verdicts(Facts(now, running, gone, runs, closed, covered, sweep, backfill))
    configured = settings.STORES[store.name]
    return {
        "account": store,
        "verdict": said[0],
        "also": said[1:],
        "coverage": covered,
        "untold": _untold(request, covered),
        "sweep": sweep,
        "backfill": backfill,
        "use": sync_use.hour(store, configured.requests_per_minute, closed, now),
        "priorities": list(sync_words.PRIORITIES.values()),
        "workers": sorted(running, key=lambda worker: (worker.host, worker.pid)),
        "sees_hosts": bool(SEES_HOSTS & request.roles),
        "queue": _queue(queue),
        "feed": sync_events.feed(configured, queue["feeds"].get("feed", {})),
        "hook": sync_events.hook(configured, queue["feeds"].get("hook", {}), queue["hook"]),
        "runs": [_run(run) for run in runs[:SHOWN_RUNS]],
        "may_pause": Role.ADMIN in request.roles,
    }


def _untold(request: StoreRequest, covered: Coverage) -> list[dict[str, Any]]:
    labels = unread_labels()
    return [
        {
            "pair": pair,
            "why": labels[pair.state],
            "more": pair.of_locks - len(pair.lock_ids),
            "url": links.stock_item(request.store, pair.sku_id, pair.warehouse_id),
            "locks": [
                (lock, links.link(request.store, "reservation", lock_id=lock)) for lock in pair.lock_ids
            ],
        }
        for pair in covered.untold
    ]


def _queue(figures: snapshots.Figures) -> dict[str, Any]:
    kinds = [
        {**row, "label": sync_words.kind(row["kind"]), "oldest": _moment(row["oldest"])}
        for row in figures["kinds"]
    ]
    failing = [
        {**row, "label": sync_words.kind(row["kind"]), "again_at": _moment(row["again_at"])}
        for row in figures["failing"]
    ]
    told = {**figures["events"], **{name: _moment(figures["events"][name]) for name in _MOMENTS}}
    return {"kinds": kinds, "failing": failing, "events": told}


_MOMENTS = ("oldest", "queued_since", "told_at", "read_at", "last_event")


def _moment(text: str | None) -> Any:
    return parse_datetime(text) if text else None


def _run(run: SyncRun) -> dict[str, Any]:
    errors = run.counts.get("errors", {})
    interrupted = _("interrupted; the next run goes on from there")
    return {
        "run": run,
        "label": run.get_kind_display(),
        "took": (run.finished_at or run.heartbeat_at) - run.started_at,
        "errors": sorted(errors.items()),
        "error": interrupted if run.error == INTERRUPTED else run.error,
    }
