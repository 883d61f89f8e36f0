"""Reservations that a count took off a pair's list while their goods may still be in the house.

After a count VTEX forgets them, but whoever counts the shelf again finds their packed units and would offer
them for sale. So the count form asks about them too: while their order is open, or while our own last count
was told that units were still to leave. Also where we never saw them acknowledged: the ERP may have started
handling and sent a count between two of our reads.
"""

from __future__ import annotations

from django.db.models import Q

from reconciler.diagnosis.facts import CANCELED
from reconciler.ids import pair_subject
from reconciler.models import FINISHED, Attempt, Outcome, ReservationItem, Verb, VtexAccount

PREFIX = "to_ship:"
CANCELED_CODES = (3, 4, 5)
"""By-id statuses of locks that a cancel or their expiry took off the list, not a count (F5.1)."""


def items(account: VtexAccount, sku_id: str, warehouse_id: str) -> tuple[ReservationItem, ...]:
    """Gone items of the pair that the next count still has to ask about."""
    unsettled = _said_to_leave(account, pair_subject(sku_id, warehouse_id))
    gone = ReservationItem.objects.filter(
        account=account, sku_id=sku_id, warehouse_id=warehouse_id, gone_at__isnull=False
    )
    seen = Q(acknowledged_at__isnull=False) | Q(partly_acknowledged=True)
    unseen = ~Q(reservation__status_code__in=CANCELED_CODES)
    still_open = Q(reservation__order__isnull=False) & ~Q(reservation__order__status__in=FINISHED)
    rows = gone.filter(still_open & (seen | unseen) | Q(reservation__lock_id__in=unsettled))
    rows = rows.exclude(reservation__order__status__in=CANCELED)
    return tuple(rows.select_related("reservation__order").order_by("reservation__lock_id"))


def _said_to_leave(account: VtexAccount, subject: str) -> set[str]:
    """Locks whose last answer in a verified count or check of the pair was not 0."""
    answers: dict[str, str] = {}
    attempts = Attempt.objects.filter(
        account=account, subject=subject, verb__in=[Verb.COUNT, Verb.CHECK], outcome=Outcome.VERIFIED
    ).order_by("finished_at", "id")
    for entries in attempts.values_list("entries", flat=True):
        answers |= {name.removeprefix(PREFIX): value for name, value in entries.items() if _asks(name)}
    return {lock_id for lock_id, value in answers.items() if value != "0"}


def _asks(name: str) -> bool:
    return name.startswith(PREFIX)
