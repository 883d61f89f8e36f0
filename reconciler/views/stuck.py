"""The stuck list: reservations that hold stock for nothing, beside the status of their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reconciler.audit.record import record
from reconciler.diagnosis import wording
from reconciler.models import (
    ALSO_WRONG,
    STUCK_CAUSES,
    Cause,
    SyncCursor,
    SyncKind,
    VtexAccount,
    Warehouse,
)
from reconciler.models.listed import ListedFinding
from reconciler.sync.coverage import Coverage, coverage
from reconciler.views import exports, fragments, links, paging, rows
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.filters import SORTS, StuckFilter, sort_labels
from reconciler.views.remembered import Remembered
from reconciler.views.rows import Told
from reconciler.views.state import actions_of
from reconciler.views.tally import Tally

AROUND_SECONDS = 10
_AROUND: Remembered[tuple[list[Warehouse], Coverage]] = Remembered(AROUND_SECONDS)


@store_view()
@require_safe
def stuck(request: StoreRequest, account: str) -> HttpResponse:
    wanted = StuckFilter.of(request)
    return listed(request, wanted, read(request, wanted))


@dataclass(frozen=True)
class Read:
    """All that the page takes from the tables."""

    tally: Tally
    page: paging.Page[ListedFinding]
    said: Told
    warehouses: list[Warehouse]
    coverage: Coverage
    swept: bool


def read(request: StoreRequest, wanted: StuckFilter) -> Read:
    store, tally = request.store, Tally.of(request.store, wanted)
    page = paging.page(wanted.found(store), wanted.order, request.GET.get("cursor", ""))
    warehouses, covered = _AROUND.get(store.pk, None, lambda: _around(store)) if page.rows else _around(store)
    return Read(
        tally=tally,
        page=page,
        said=rows.read(store, page.rows),
        warehouses=warehouses,
        coverage=covered,
        swept=bool(page.rows) or _was_swept(store),
    )


def listed(request: StoreRequest, wanted: StuckFilter, found: Read) -> HttpResponse:
    """The page of what was read; no query of its own."""
    store, tally, page = request.store, found.tally, found.page
    acting = rows.may_act(request.roles, actions_of(store))
    facets = _facets(wanted, tally)
    context = {
        "account": store,
        "filter": wanted,
        "tally": tally,
        "shown": tally.stuck(wanted.cause),
        "page": page,
        "rows": rows.drawn(store, found.said, may_act=acting),
        "facets": facets,
        "also": [] if wanted.cause or page.previous else _also_wrong(facets),
        "sorts": _sorts(wanted),
        "warehouses": found.warehouses,
        "coverage": found.coverage,
        "swept": found.swept,
        "here": wanted.query(),
        "could_not_tell": wanted.query(cause=Cause.COULD_NOT_TELL),
        "sort_label": sort_labels()[wanted.sort],
        "sync_url": links.link(store, "sync"),
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


def _also_wrong(facets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """No stock is held for nothing by these, so they stand apart, each a click from its own list."""
    return [facet for facet in facets if facet["cause"] in ALSO_WRONG]


def _around(store: VtexAccount) -> tuple[list[Warehouse], Coverage]:
    """The warehouses to choose from, and how much of the store was read.

    The same on every page of the list; an empty one says by it why it is empty, so there it is read anew.
    """
    return list(Warehouse.objects.filter(account=store)), coverage(store, timezone.now())


def _was_swept(store: VtexAccount) -> bool:
    swept = SyncCursor.objects.filter(account=store, kind=SyncKind.SWEEP)
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
