"""Is this process alive, and can it serve?"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reconciler.audit import triggers
from reconciler.work import dispatch, presence


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, is migrated and protects the audit trail; else 503 with the reason.

    How many workers there are, and a queue that is away, is told beside it: pages can be served without.
    """
    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
        unprotected = triggers.missing(connection)
    except Error:
        return _not_ready("database: it cannot be reached")
    if behind:
        return _not_ready("migrations: run manage.py migrate")
    if unprotected:
        return _not_ready("audit triggers: run manage.py audit_protect")
    running = len(presence.running(timezone.now()))
    said = ["ok", f"workers: {running or 'none'}", *_queue()]
    return HttpResponse("\n".join([*said, ""]), content_type="text/plain")


def _queue() -> list[str]:
    """One line about the queue that wakes workers, where there is one."""
    box = dispatch.inbox()
    if box is None:
        return []
    try:
        box.check()
    except Exception:  # whatever it is: work goes on without it
        return ["queue: it cannot be reached; workers look for work by themselves"]
    return ["queue: ok"]


def _not_ready(reason: str) -> HttpResponse:
    return HttpResponse(f"{reason}\n", content_type="text/plain", status=503)
