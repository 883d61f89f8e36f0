"""One line of time: order steps, reservation events, counts, our attempts and what changed outside, merged.

What happened comes from `timeline_order`, `timeline_stock` and `timeline_ours` as entries; `timeline_rows`
writes them down, `timeline_picture` draws them. Nothing is queried here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2s
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reconciler.views import fragments, timeline_picture, timeline_rows

TARGET, PART = "timeline", "reconciler/_shared/timeline.html"
UTC_ZONE = "utc"


class Kind(StrEnum):
    ORDER = "order"
    RESERVATION = "reservation"
    STOCK = "stock"
    ATTEMPT = "attempt"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Entry:
    """One event. `step` is VTEX's own name where there is one, `tags` are its workflow instances.

    since: it happened after this, and `at` is when we saw it. why, url: what is worth saying of it, and where
    more is said. tone: "", good, warn, bad, end, or skip for what should have happened.
    """

    at: datetime
    kind: Kind
    title: str
    step: str = ""
    detail: str = ""
    source: str = ""
    tone: str = ""
    tags: tuple[str, ...] = ()
    since: datetime | None = None
    why: str = ""
    url: str = ""


@dataclass(frozen=True)
class Span:
    """What lasted: units that a reservation held. `end` None: still held."""

    kind: Kind
    start: datetime
    end: datetime | None
    title: str


@dataclass(frozen=True)
class Told:
    """All that a timeline is made of."""

    entries: Sequence[Entry]
    spans: Sequence[Span] = ()

    @property
    def version(self) -> str:
        """Of what happened, not of how it is shown: time passing alone does not change it."""
        told = sorted(map(repr, self.entries)), self.spans
        return blake2s(repr(told).encode(), digest_size=9).hexdigest()


def kinds() -> dict[Kind, str]:
    return {
        Kind.ORDER: _("Order"),
        Kind.RESERVATION: _("Reservation"),
        Kind.STOCK: _("Count"),
        Kind.ATTEMPT: _("Our actions"),
        Kind.OUTSIDE: _("Outside"),
    }


def merged(entries: Iterable[Entry], shown: Iterable[str] = ()) -> list[Entry]:
    """Oldest first, only the kinds `shown`; all when none is named."""
    wanted = set(shown) or set(Kind)
    return sorted((entry for entry in entries if entry.kind in wanted), key=lambda entry: entry.at)


def context(request: HttpRequest, told: Told) -> dict[str, Any]:
    """What the template draws: the entries of the kinds in `?show=`, in the zone of `?zone=`."""
    chosen = [kind for kind in Kind if kind in request.GET.getlist("show")]
    in_utc = request.GET.get("zone") == UTC_ZONE
    entries = merged(told.entries, chosen)
    spans = [span for span in told.spans if not chosen or span.kind in chosen]
    with timezone.override(UTC if in_utc else timezone.get_current_timezone()):
        shown = {
            "timeline_rows": timeline_rows.rows(entries),
            "picture": timeline_picture.drawn(entries, spans, kinds(), timezone.now()),
            "timeline_zone": timezone.get_current_timezone_name(),
        }
    more = {"seen": told.version, "events": str(len(told.entries))}
    return shown | {
        "entries": entries,
        "timeline_kinds": _choices(told.entries, chosen, in_utc=in_utc),
        "timeline_all": _query([], in_utc=in_utc),
        "timeline_narrowed": bool(chosen),
        "timeline_zones": _zones(chosen, in_utc=in_utc),
        "timeline_tail": _query(chosen, in_utc=in_utc, **more),
    }


def page(request: HttpRequest, template: str, shown: dict[str, Any]) -> HttpResponse:
    """The page around a timeline, of which HTMX may ask for that alone."""
    response = render(request, template, shown)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def answered(request: HttpRequest, told: Told) -> HttpResponse | None:
    """The answer to HTMX that swaps the timeline alone: 204 when the browser shows it already. Else None."""
    if not fragments.wants_fragment(request, TARGET):
        return None
    if request.GET.get("seen") == told.version:
        return HttpResponse(status=204)
    return page(
        request, PART, {**context(request, told), "swapped": True, "announce": _announced(request, told)}
    )


def _announced(request: HttpRequest, told: Told) -> str:
    """How many events are new, for those who listen; nothing when a person chose to see others."""
    before = request.GET.get("events", "")
    if not before.isdecimal() or len(before) > 9:
        return ""
    new = max(len(told.entries) - int(before), 0)
    return ngettext("%(n)s new event", "%(n)s new events", new) % {"n": new} if new else _("Events changed")


def _choices(entries: Iterable[Entry], chosen: list[Kind], *, in_utc: bool) -> list[dict[str, Any]]:
    """A link a kind that adds it to what is shown, or takes it away."""
    counted = [entry.kind for entry in entries]
    return [
        {
            "kind": kind,
            "label": label,
            "count": counted.count(kind),
            "here": kind in chosen,
            "query": _query(sorted({*chosen} ^ {kind}), in_utc=in_utc),
        }
        for kind, label in kinds().items()
    ]


def _zones(chosen: list[Kind], *, in_utc: bool) -> list[dict[str, Any]]:
    store = timezone.get_current_timezone_name()
    return [
        {"label": store, "here": not in_utc, "query": _query(chosen, in_utc=False)},
        {"label": "UTC", "here": in_utc, "query": _query(chosen, in_utc=True)},
    ]


def _query(shown: Iterable[Kind], *, in_utc: bool, **more: str) -> str:
    said = [
        *(("show", str(kind)) for kind in shown),
        *((("zone", UTC_ZONE),) if in_utc else ()),
        *more.items(),
    ]
    return f"?{urlencode(said)}" if said else "?"
