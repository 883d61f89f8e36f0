"""The recurrence report: how often each cause came back, on which way, and what the ERP should call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from reconciler.audit.record import record
from reconciler.diagnosis import wording
from reconciler.models import VtexAccount
from reconciler.models import recurrence as rows
from reconciler.models.recurrence import CAUSES, Part, Way
from reconciler.views import exports, params
from reconciler.views.access import StoreRequest, store_view
from reconciler.views.recurrence_count import ENDED, Counted, counted
from reconciler.views.recurrence_words import WAYS
from reconciler.views.recurrence_write import sections

WEEKS = ("4", "12", "26")
DEFAULT_WEEKS = "12"
HEADER = ["account", "cause", "by", "value", "week", "orders", "of", "example"]


@dataclass(frozen=True)
class Asked:
    """What a report is asked for; `lang`: whose language, that of the reader when empty."""

    cause: str = ""
    by: str = Way.AFFILIATE.value
    weeks: str = DEFAULT_WEEKS
    lang: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        return cls(
            cause=params.choice(request, "cause", [cause.value for cause in CAUSES]),
            by=params.choice(request, "by", Way.values, Way.AFFILIATE.value),
            weeks=params.choice(request, "weeks", WEEKS, DEFAULT_WEEKS),
            lang=params.choice(request, "lang", dict(settings.LANGUAGES)),
        )

    def query(self, **changes: str) -> str:
        return params.query(**asdict(replace(self, **changes)))

    def count(self, store: VtexAccount) -> Counted:
        return counted(store, Way(self.by), int(self.weeks))


@store_view()
@require_safe
def recurrence(request: StoreRequest, account: str) -> HttpResponse:
    """In the language asked for, which need not be the reader's: it goes to somebody else."""
    asked = Asked.of(request)
    with translation.override(asked.lang or translation.get_language()):
        return render(request, "reconciler/recurrence/page.html", _context(request, asked))


@store_view()
@require_safe
def recurrence_csv(request: StoreRequest, account: str) -> StreamingHttpResponse:
    """A line for each cause, way and week that has orders, every way included."""
    asked = Asked.of(request)
    found = asked.count(request.store)
    parts = [part for part in found.parts if part.cause == (asked.cause or part.cause)]
    record(
        account=request.store.name,
        actor=request.actor,
        action="recurrence.export",
        outcome="verified",
        sent={"filter": asked.query(lang=""), "rows": len(parts)},
    )
    filename = f"recurrence-{request.store.name}.csv"
    return exports.stream(filename, HEADER, _lines(request.store, found, parts))


def _context(request: StoreRequest, asked: Asked) -> dict[str, Any]:
    store, found = request.store, asked.count(request.store)
    return {
        "account": store,
        "asked": asked,
        "period": found.period,
        "sections": sections(store, found, asked.cause),
        "connected_later": store.created_at > found.period.starts[0],
        "by_label": WAYS[asked.by],
        "causes": [(cause.value, wording.title(cause)) for cause in CAUSES],
        "ways": [(way.value, WAYS[way]) for way in Way],
        "weeks": WEEKS,
        "languages": settings.LANGUAGES,
        "here": asked.query(lang=""),
    }


def _lines(store: VtexAccount, found: Counted, parts: list[Part]) -> Iterator[list[object]]:
    """Weeks by their Monday; `of` is empty where nothing tells how many orders could have taken the path."""
    days = [start.date().isoformat() for start in found.period.starts]
    ordered = sorted(parts, key=lambda part: (CAUSES.index(part.cause), part.way or "", part.week))
    for some in (ordered[start : start + 500] for start in range(0, len(ordered), 500)):
        told = rows.examples(store, [part.some[1] for part in some])
        for part in some:
            example = told.get(part.some[1])
            yield [
                store.name,
                part.cause,
                found.way.value,
                part.way,
                days[part.week],
                part.orders,
                found.of_parts.get((ENDED.get(part.cause, ""), part.way, part.week)),  # type: ignore[call-overload]
                (example.order_id or example.subject) if example else None,
            ]
