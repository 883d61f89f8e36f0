"""Changes in VTEX that no attempt of ours explains, kept where they matter.

An ERP moves counts all day and each sale ends with a reservation that a count drops: these stay rows of
`StockChange` and `ReservationItem` alone. A change is kept here, and logged, when it concerns a pair or a
reservation with a confirmed finding, one that we acted on, or one that an attempt under way has claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from reconciler.models import (
    Attempt,
    Cause,
    Claim,
    Finding,
    Order,
    OutsideChange,
    OutsideKind,
    OutsideWhy,
    ReservationItem,
    StockBalance,
    StockChange,
)
from reconciler.sync.ours import named

WATCHED = timedelta(days=30)
"""So long after an action of ours, changes of the same subject are still of interest."""


@dataclass(frozen=True)
class Vanished:
    """An item that its pair's list no longer shows, not by us; `since` is the read that still showed it."""

    item: ReservationItem
    balance: StockBalance
    since: datetime
    at: datetime


@dataclass(frozen=True)
class Matter:
    """Why a change of something matters, the strongest reason."""

    why: OutsideWhy
    attempt_id: int | None = None
    cause: str = ""


@dataclass
class _Reasons:
    """What is known of some locks, orders and pairs. In a fixed number of queries, whatever they are."""

    claims: dict[str, int] = field(default_factory=dict)
    causes: dict[tuple[str, int], str] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)

    def of(
        self, claims: Iterable[str], findings: Iterable[tuple[str, int]], subjects: Iterable[str]
    ) -> Matter | None:
        claim = next((self.claims[each] for each in claims if each in self.claims), None)
        if claim is not None:
            return Matter(OutsideWhy.UNDER_WAY, claim)
        attempt = next((self.attempts[each] for each in subjects if each in self.attempts), None)
        cause = next((self.causes[each] for each in findings if each in self.causes), "")
        if cause:
            return Matter(OutsideWhy.FINDING, attempt, cause)
        return Matter(OutsideWhy.ACTED, attempt) if attempt is not None else None


def keep_vanished(vanished: Sequence[Vanished]) -> None:
    """Keeps those that matter. Runs in the transaction that marks them gone."""
    if not vanished:
        return
    account_id = vanished[0].item.account_id
    orders = _order_ids(vanished)
    locks = {each.item.reservation.lock_id for each in vanished}
    pairs = {named(_pair(each.balance)) for each in vanished}
    reasons = _Reasons(
        claims=_claims(
            account_id, {*(f"lock:{lock}" for lock in locks), *(f"pair:{pair}" for pair in pairs)}
        ),
        causes=_causes_of_locks(account_id, {each.item.reservation_id for each in vanished}, orders),
        attempts=_attempts(account_id, {*locks, *orders.values()}),
    )
    found = [(each, _why_vanished(reasons, each, orders)) for each in vanished]
    OutsideChange.objects.bulk_create(_vanished(each, why) for each, why in found if why)


def keep_totals(changes: Sequence[StockChange]) -> None:
    """Keeps those whose total changed and that matter. Runs in the transaction that writes them."""
    moved = [c for c in changes if c.attempt_id is None and c.total_before != c.total_after]
    if not moved:
        return
    balances = [change.balance for change in moved]
    account_id = balances[0].account_id
    subjects = {named(_pair(balance)) for balance in balances}
    reasons = _Reasons(
        claims=_claims(account_id, {f"pair:{subject}" for subject in subjects}),
        causes=_causes_of_pairs(account_id, balances),
        attempts=_attempts(account_id, subjects),
    )
    found = [(each, _why_total(reasons, each.balance)) for each in moved]
    OutsideChange.objects.bulk_create(_total(each, why) for each, why in found if why)


def _pair(balance: StockBalance) -> tuple[str, str]:
    return balance.sku_id, balance.warehouse_id


def _why_vanished(reasons: _Reasons, each: Vanished, orders: dict[int, str]) -> Matter | None:
    lock, order_id = each.item.reservation, each.item.reservation.order_id
    claims = [f"lock:{lock.lock_id}", f"pair:{named(_pair(each.balance))}"]
    findings = [("reservation", lock.pk), *([("order", order_id)] if order_id else [])]
    return reasons.of(claims, findings, [lock.lock_id, *([orders[order_id]] if order_id else [])])


def _why_total(reasons: _Reasons, balance: StockBalance) -> Matter | None:
    subject = named(_pair(balance))
    return reasons.of([f"pair:{subject}"], [("balance", balance.pk)], [subject])


def _order_ids(vanished: Iterable[Vanished]) -> dict[int, str]:
    keys = {order for each in vanished if (order := each.item.reservation.order_id)}
    return dict(Order.objects.filter(pk__in=keys).values_list("pk", "order_id")) if keys else {}


def _claims(account_id: int, resources: Collection[str]) -> dict[str, int]:
    held = Claim.objects.filter(account_id=account_id, resource__in=resources, released_at__isnull=True)
    return dict(held.values_list("resource", "attempt_id"))


def _attempts(account_id: int, subjects: Collection[str]) -> dict[str, int]:
    """The newest that was sent, by subject."""
    recent = Attempt.objects.filter(account_id=account_id, subject__in=set(subjects) - {""})
    sent = recent.filter(send_started_at__isnull=False, created_at__gte=timezone.now() - WATCHED)
    return dict(sent.order_by("created_at", "pk").values_list("subject", "pk"))


def _confirmed(account_id: int) -> Q:
    standing = Q(account_id=account_id, closed_at__isnull=True, confirmed_at__isnull=False)
    return standing & ~Q(cause=Cause.COULD_NOT_TELL)


def _causes_of_locks(
    account_id: int, locks: Collection[int], orders: Collection[int]
) -> dict[tuple[str, int], str]:
    """Confirmed only: until then the nightly count that ends an ordinary sale may still come."""
    about = Finding.objects.filter(_confirmed(account_id), Q(reservation__in=locks) | Q(order__in=orders))
    causes: dict[tuple[str, int], str] = {}
    for cause, lock, order in about.values_list("cause", "reservation_id", "order_id"):
        causes.setdefault(("reservation", lock) if lock else ("order", order), cause)
    return causes


def _causes_of_pairs(account_id: int, balances: Sequence[StockBalance]) -> dict[tuple[str, int], str]:
    """Of the pairs themselves, and of the reservations that hold something in them."""
    pairs = {_pair(balance): balance.pk for balance in balances}
    own = Finding.objects.filter(_confirmed(account_id), balance__in=pairs.values())
    causes = {("balance", balance): cause for balance, cause in own.values_list("balance_id", "cause")}
    holding = Finding.objects.filter(
        _confirmed(account_id),
        reservation__items__account=account_id,
        reservation__items__sku_id__in={sku for sku, _ in pairs},
        reservation__items__warehouse_id__in={warehouse for _, warehouse in pairs},
        reservation__items__gone_at__isnull=True,
    )
    where = holding.values_list(
        F("reservation__items__sku_id"), F("reservation__items__warehouse_id"), "cause"
    )
    for sku_id, warehouse_id, cause in where:
        if (pair := (sku_id, warehouse_id)) in pairs:
            causes.setdefault(("balance", pairs[pair]), cause)
    return causes


def _vanished(each: Vanished, matter: Matter) -> OutsideChange:
    return OutsideChange(
        account_id=each.item.account_id,
        kind=OutsideKind.VANISHED,
        why=matter.why,
        balance=each.balance,
        reservation=each.item.reservation,
        at=each.at,
        previous_read_at=each.since,
        quantity=each.item.quantity,
        acknowledged=each.item.acknowledged_at is not None,
        cause=matter.cause,
        attempt_id=matter.attempt_id,
    )


def _total(change: StockChange, matter: Matter) -> OutsideChange:
    return OutsideChange(
        account_id=change.balance.account_id,
        kind=OutsideKind.TOTAL,
        why=matter.why,
        balance=change.balance,
        at=change.at,
        previous_read_at=change.previous_read_at,
        total_before=change.total_before,
        total_after=change.total_after,
        cause=matter.cause,
        attempt_id=matter.attempt_id,
    )
