"""The stuck list: reservations that hold stock for nothing, beside the status of their order."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reconciler.audit.record import record
from reconciler.diagnosis import wording
from reconciler.models import ALSO_WRONG, STUCK_CAUSES, Cause, Finding, SyncCursor, SyncKind, Warehouse
from reconciler.sync.coverage import coverage
from reconciler.views import exports, fragments, links, paging
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.filters import SORTS, StuckFilter, sort_labels
from reconciler.views.rows import Row, may_act, rows
from reconciler.views.state import actions_of
from reconciler.views.tally import Tally

ALSO_SHOWN = 20


@store_view()
@require_safe
def stuck(request: StoreRequest, account: str) -> HttpResponse:
    wanted = StuckFilter.of(request)
    tally = Tally.of(request.store, wanted)
    page = paging.page(wanted.found(request.store), wanted.order, request.GET.get("cursor", ""))
    also = [] if wanted.cause or page.previous else _also_wrong(wanted, request, tally)
    drawn = _rows(request, [*page.rows, *also])
    context = {
        "account": request.store,
        "filter": wanted,
        "tally": tally,
        "shown": tally.stuck(wanted.cause),
        "page": page,
        "rows": drawn[: len(page.rows)],
        "also": drawn[len(page.rows) :],
        "facets": _facets(wanted, tally),
        "sorts": _sorts(wanted),
        "warehouses": Warehouse.objects.filter(account=request.store),
        "coverage": coverage(request.store, timezone.now()),
        "swept": page.rows or _was_swept(request),
        "here": wanted.query(),
        "could_not_tell": wanted.query(cause=Cause.COULD_NOT_TELL),
        "sort_label": sort_labels()[wanted.sort],
        "sync_url": links.link(request.store, "sync"),
    }
    return fragments.respond(
        request, "reconciler/stuck/page.html", context, fragment="reconciler/stuck/_list.html", target="list"
    )


@store_view()
@require_safe
def stuck_csv(request: StoreRequest, account: str) -> StreamingHttpResponse:
    """Exactly the rows of the filtered list, in its order, whatever their number."""
    wanted = StuckFilter.of(request)
    found = wanted.found(request.store).order_by(*wanted.order.fields)
    record(
        account=request.store.name,
        actor=request.actor,
        action="stuck.export",
        outcome="verified",
        sent={"filter": wanted.query(), "rows": found.count()},
    )
    lines = (exports.finding_line(request.store, each) for each in found.iterator(chunk_size=500))
    return exports.stream(f"stuck-{request.store.name}.csv", exports.FINDING_HEADER, lines)


def _rows(request: StoreRequest, findings: list[Finding]) -> list[Row]:
    return rows(request.store, findings, may_act=may_act(request.roles, actions_of(request.store)))


def _also_wrong(wanted: StuckFilter, request: StoreRequest, tally: Tally) -> list[Finding]:
    if not tally.also_wrong.rows:
        return []
    return list(wanted.also_wrong(request.store).order_by(*wanted.order.fields)[:ALSO_SHOWN])


def _was_swept(request: StoreRequest) -> bool:
    swept = SyncCursor.objects.filter(account=request.store, kind=SyncKind.SWEEP)
    return swept.filter(completed_at__isnull=False).exists()


def _facets(wanted: StuckFilter, tally: Tally) -> list[dict[str, Any]]:
    """Every cause that occurs with its count, all stuck ones first, then what else is wrong or unknown."""
    counts = {cause: tally.stuck(cause).rows for cause in (*STUCK_CAUSES, *ALSO_WRONG, Cause.COULD_NOT_TELL)}
    return [
        _facet(wanted, "", _("All stuck"), tally.stuck().rows),
        *(
            _facet(wanted, cause.value, wording.title(cause), count)
            for cause, count in counts.items()
            if count or cause == wanted.cause
        ),
    ]


def _facet(wanted: StuckFilter, cause: str, label: str, count: int) -> dict[str, Any]:
    here = cause == wanted.cause
    return {"label": label, "count": count, "cause": cause, "query": wanted.query(cause=cause), "here": here}


def _sorts(wanted: StuckFilter) -> list[dict[str, Any]]:
    labels = sort_labels()
    return [{"name": name, "label": labels[name], "here": name == wanted.sort} for name in SORTS]
