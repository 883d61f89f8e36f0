"""What we did: one entry an attempt, with how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.models import Attempt, Outcome, VtexAccount
from reconciler.views import links
from reconciler.views.timeline import Entry, Kind

TONES: dict[str, str] = {
    Outcome.VERIFIED: "good",
    Outcome.UNKNOWN: "warn",
    Outcome.FAILED: "bad",
    Outcome.NOT_APPLIED: "bad",
}


def of_attempts(attempts: Iterable[Attempt], store: VtexAccount) -> Iterator[Entry]:
    for attempt in attempts:
        yield Entry(
            attempt.created_at,
            Kind.ATTEMPT,
            attempt.get_verb_display(),
            detail=str(attempt.get_outcome_display() or attempt.get_state_display()),
            source=attempt.actor,
            tone=TONES.get(attempt.outcome, ""),
            url=links.link(store, "attempt", pk=str(attempt.pk)),
        )
