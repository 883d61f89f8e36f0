"""The first page of a store: what stuck stock costs, why, and what to do first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from reconciler.actions import wording
from reconciler.models import Attempt, Cause, Finding, SyncCursor, SyncKind, VtexAccount
from reconciler.sync import releases, snapshots
from reconciler.sync.coverage import COVERAGE, Coverage
from reconciler.sync.coverage import of_figures as coverage_of
from reconciler.sync.releases import Releases
from reconciler.sync.unknown import UNKNOWN, Unknown
from reconciler.sync.unknown import of_figures as unknown_of
from reconciler.views import first, links, trend, untold
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.filters import SORTS, StuckFilter
from reconciler.views.rows import Row, may_act, rows
from reconciler.views.state import actions_of
from reconciler.views.tally import Tally

FIRST = 10
RECENT_ATTEMPTS = 6


@store_view()
@require_safe
def overview(request: StoreRequest, account: str) -> HttpResponse:
    store = request.store
    tally, now = Tally.of(store, StuckFilter()), timezone.now()
    covered, given_back, unknown = _figures(store, tally, now)
    attempts = list(Attempt.objects.filter(account=store)[:RECENT_ATTEMPTS])
    context = {
        "account": store,
        "tally": tally,
        "stuck": tally.stuck(),
        "causes": first.causes(tally, given_back),
        "pairs": first.pairs(store, given_back) if tally.stuck().rows else [],
        "untold": untold.groups(store, unknown, covered),
        "first": _first(request) if tally.stuck().rows else [],
        "trend": trend.lately(store, now),
        "sold_out": tally.sold_out,
        "coverage": covered,
        "sweep": SyncCursor.objects.filter(account=store, kind=SyncKind.SWEEP).first(),
        "attempts": [(attempt, wording.outcome(attempt)) for attempt in attempts],
        "next_steps": next_steps(store, tally, covered, attempts),
    }
    return render(request, "reconciler/overview/page.html", context)


def _figures(store: VtexAccount, tally: Tally, now: datetime) -> tuple[Coverage, Releases, Unknown]:
    """What is counted once in a while, in one query."""
    wanted = (COVERAGE, releases.counted(first.often(tally)), UNKNOWN)
    seen, given_back, unknown = snapshots.read(store, now, *wanted)
    covered = coverage_of(store, now, seen)
    return covered, releases.of_figures(given_back), unknown_of(unknown)


def _first(request: StoreRequest) -> list[Row]:
    found = Finding.objects.filter(account=request.store).listed().for_list()
    costliest = list(found.order_by(*SORTS["value"].fields)[:FIRST])
    acting = may_act(request.roles, actions_of(request.store))
    return rows(request.store, costliest, may_act=acting, with_track=False)


def next_steps(
    store: VtexAccount, tally: Tally, covered: Coverage, attempts: list[Attempt]
) -> list[dict[str, Any]]:
    """What is worth doing now, the most useful first; each a sentence and where to do it."""
    stuck = links.link(store, "stuck")
    releasable, to_count = tally.stuck().rows - tally.at_risk.rows, tally.at_risk.rows
    unsettled = sum(attempt.state != "done" for attempt in attempts)
    unknown = tally.could_not_tell.rows
    steps = [
        (unsettled, _settle(unsettled), links.link(store, "attempts")),
        (releasable, _release(releasable), stuck),
        (to_count, _count(to_count), f"{stuck}?cause={Cause.COUNT_NOT_UPDATED.value}"),
        (tally.also_wrong.rows, _also(tally.also_wrong.rows), f"{stuck}#also"),
        (unknown, _unknown(unknown), "#could-not-tell"),
        (
            not covered.is_good,
            _("Part of the store was not read in 24 hours. See why."),
            links.link(store, "sync"),
        ),
    ]
    return [{"say": say, "url": url} for due, say, url in steps if due]


def _settle(count: int) -> str:
    return ngettext(
        "%(count)s action is still being checked against VTEX.",
        "%(count)s actions are still being checked against VTEX.",
        count,
    ) % {"count": count}


def _release(count: int) -> str:
    return ngettext(
        "Go through %(count)s stuck reservation, the costliest first.",
        "Go through %(count)s stuck reservations, the costliest first.",
        count,
    ) % {"count": count}


def _count(count: int) -> str:
    return ngettext(
        "Count the shelf for %(count)s reservation: no cancel clears it.",
        "Count the shelf for %(count)s reservations: no cancel clears them.",
        count,
    ) % {"count": count}


def _also(count: int) -> str:
    return ngettext("Look at %(count)s other problem.", "Look at %(count)s other problems.", count) % {
        "count": count
    }


def _unknown(count: int) -> str:
    return ngettext(
        "See why %(count)s case could not be told.", "See why %(count)s cases could not be told.", count
    ) % {"count": count}
