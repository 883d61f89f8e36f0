"""The question every cancel and every acknowledge asks, for each pair (design section 6).

"Does the total of N still include units held by this reservation that have left the warehouse, or still
have to leave for its customer?" VTEX does not tell (F6.7). Only *no* for every pair lets the action through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from reconciler.actions import wording
from reconciler.actions.errors import ActionRefused, InvalidEntries
from reconciler.actions.types import PairPreview
from reconciler.models import Attempt, Outcome, Verb, VtexAccount

YES, NO, UNKNOWN = "yes", "no", "unknown"
ANSWERS = (YES, NO, UNKNOWN)


def answers(pairs: Iterable[PairPreview], entries: Mapping[str, str]) -> dict[str, str]:
    """The answer by field; InvalidEntries names every pair without one."""
    given = {pair.question_field: entries.get(pair.question_field, "").strip() for pair in pairs}
    missing = {
        field: wording.entry("answer_needed") for field, answer in given.items() if answer not in ANSWERS
    }
    if missing:
        raise InvalidEntries(missing)
    return given


def require_no(
    account: VtexAccount, pairs: Iterable[PairPreview], given: Mapping[str, str], *, since: datetime | None
) -> None:
    """Refuses unless every answer is *no*: a pair that was not counted since must be counted first."""
    open_pairs = [pair.subject for pair in pairs if given[pair.question_field] != NO]
    if not open_pairs:
        return
    counted = _counted(account, open_pairs, since)
    uncounted = [subject for subject in open_pairs if subject not in counted]
    if uncounted:
        raise ActionRefused("count_first", {"pairs": uncounted})
    to_leave = [pair.subject for pair in pairs if given[pair.question_field] == YES]
    if to_leave:
        raise ActionRefused("goods_to_leave", {"pairs": to_leave})
    raise ActionRefused("unsure_after_count", {"pairs": open_pairs})


def _counted(account: VtexAccount, subjects: list[str], since: datetime | None) -> set[str]:
    """Pairs with a count or a check of ours, verified since the condition began."""
    attempts = Attempt.objects.filter(
        account=account,
        subject__in=subjects,
        verb__in=[Verb.COUNT, Verb.CHECK],
        outcome=Outcome.VERIFIED,
    )
    if since:
        attempts = attempts.filter(finished_at__gte=since)
    return set(attempts.values_list("subject", flat=True))
