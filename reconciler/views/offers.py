"""The actions a page offers: what each would do, whether it is open now, and when not, why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from reconciler.actions import guards, wording
from reconciler.actions.facts import LockFacts, OrderFacts, Pair, PairFacts
from reconciler.actions.types import Guard, refuse
from reconciler.models import (
    Attempt,
    Finding,
    Order,
    Reservation,
    ReservationItem,
    StockBalance,
    Verb,
    VtexAccount,
)
from reconciler.views import links

NEEDS_OPERATOR = "needs_operator"


@dataclass(frozen=True)
class Offer:
    """One action. `why` says why it is closed, empty when it is open; `effect` what it would do."""

    verb: Verb
    label: str
    effect: str
    url: str
    why: str
    primary: bool = False

    @property
    def is_open(self) -> bool:
        return not self.why and bool(self.url)


def for_reservation(
    store: VtexAccount, roles: Iterable[str], facts: LockFacts, remedies: Iterable[str]
) -> list[Offer]:
    """Cancel, and acknowledge where it is the remedy or open; the remedy's own first."""
    wanted = set(remedies)
    lock_id = facts.reservation.lock_id
    cancel = _offer(
        store, roles, Verb.CANCEL, guards.cancel(facts),
        links.link(store, "reservation_cancel", lock_id=lock_id),
        primary=bool(wanted & {"cancel_reservation", "count_then_cancel"}),
    )  # fmt: skip
    guard = guards.acknowledge(facts)
    acknowledge = _offer(
        store, roles, Verb.ACKNOWLEDGE, guard, links.link(store, "reservation_acknowledge", lock_id=lock_id),
        primary="acknowledge_then_count" in wanted,
    )  # fmt: skip
    offers = [cancel, *([acknowledge] if guard.allowed or acknowledge.primary else [])]
    return sorted(offers, key=lambda offer: not offer.primary)


def for_order(store: VtexAccount, roles: Iterable[str], facts: OrderFacts) -> Offer:
    url = links.link(store, "order_start_handling", order_id=facts.order.order_id)
    return _offer(store, roles, Verb.START_HANDLING, guards.start_handling(facts), url, primary=True)


def for_pair(store: VtexAccount, roles: Iterable[str], balance: StockBalance) -> Offer:
    url = links.link(store, "stock_count", sku_id=balance.sku_id, warehouse_id=balance.warehouse_id)
    guard = guards.count(PairFacts(balance=balance, items=(), released=()))
    return _offer(store, roles, Verb.COUNT, guard, url, primary=True)


def lock_facts(
    reservation: Reservation,
    order: Order | None,
    items: Iterable[ReservationItem],
    balances: Mapping[Pair, StockBalance],
    findings: Iterable[Finding],
) -> LockFacts:
    """What the guards look at, from rows a page has read already."""
    return LockFacts(
        reservation=reservation,
        order=order,
        items=tuple(item for item in items if item.gone_at is None),
        balances=balances,
        falls={},
        findings=tuple(finding for finding in findings if finding.closed_at is None),
    )


def under_way(attempts: Iterable[Attempt]) -> list[Attempt]:
    """Attempts not settled yet: whoever comes second is told who is at it."""
    return [attempt for attempt in attempts if attempt.state != "done"]


def effects() -> dict[str, str]:
    return {
        Verb.CANCEL: _(
            "All of it goes, every SKU in every warehouse. The order does not change. It cannot be undone."
        ),
        Verb.ACKNOWLEDGE: _("From then on any count, the ERP's too, releases these units. A count follows."),
        Verb.START_HANDLING: _(
            "The order moves to handling. From then on the next count from any source releases these units, "
            "and the ERP can no longer take the order up."
        ),
        Verb.COUNT: _("You enter what is on the shelf. Every acknowledged reservation here is released."),
    }


def _offer(
    store: VtexAccount, roles: Iterable[str], verb: Verb, guard: Guard, url: str, *, primary: bool
) -> Offer:
    """The store's state and the person's role come before the facts."""
    for first in (guards.store(store), _role(roles)):
        if not first.allowed and guard.allowed:
            guard = first
    return Offer(verb, str(verb.label), effects()[verb], url, _why(guard), primary)


def _role(roles: Iterable[str]) -> Guard:
    return Guard(True) if "operator" in roles else refuse(NEEDS_OPERATOR)


def _why(guard: Guard) -> str:
    if guard.allowed:
        return ""
    if guard.code == NEEDS_OPERATOR:
        return _("Your role in this store is to look. An operator can do this.")
    return wording.refusal(guard.code, guard.params)
