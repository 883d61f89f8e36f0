"""Extraordinary orders: what is stuck by each cause, what else is wrong, what cannot be told, what looks so.

Each story tells the truth of what it builds, from how it builds it. Everything here is older than any grace
unless a story is about exactly that.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.generator import flow
from tests.bench.generator.flow import Flow
from tests.bench.generator.orders import FULFILLMENT, MARKETPLACE, Line, order_name
from tests.bench.generator.shape import DAY, HOUR
from tests.bench.generator.stock import Odd

Story = Callable[[Flow, int], None]


def _lock_id(number: int) -> str:
    return f"00-{order_name(number)}"


def _alone(told: Flow, odd: Odd, quantity: int = 2) -> list[Line]:
    """One line in a pair that nobody else holds."""
    return [Line(*told.mirror.stock.odd_pair(odd), quantity)]


# --- orders that are over, with units still listed


def _over(
    told: Flow,
    number: int,
    status: str,
    *,
    lines: list[Line] | None = None,
    ended: int | None = None,
    handled: bool = True,
    acknowledged: bool = False,
    partly: bool = False,
    listed_as: str = "Confirmed",
    supply_lot: str = "",
    now_at: dict[str, str] | None = None,
) -> str:
    """An order that is invoiced, canceled or replaced, and a lock that is still listed; returns its id."""
    mirror, created = told.mirror, told.shape.created(number)
    ended = ended or created + 3 * DAY
    lines = lines or mirror.some_lines()
    before = flow.handling(created, created + DAY) if handled else flow.ready(created)
    shipped = status == "invoiced"
    steps = flow.invoiced(before, ended) if shipped else flow.canceled(before, ended, status)
    order = mirror.order(
        number, status, lines, steps, invoiced=ended if shipped else None, now_at=now_at,
        canceled=ended if not shipped else None,
    )  # fmt: skip
    lock = mirror.lock(_lock_id(number), order, created + 60, lines, supply_lot=supply_lot)
    for line in lines:
        at = created + DAY + 60 if acknowledged else None
        mirror.item(lock, line, created + 120, status=listed_as, acknowledged=at, partly=partly)
    return _lock_id(number)


def order_canceled(told: Flow, number: int) -> None:
    told.truth.lock(_over(told, number, "canceled", handled=False), "order_canceled")


def order_canceled_after_handling(told: Flow, number: int) -> None:
    told.truth.lock(_over(told, number, "canceled", acknowledged=True), "order_canceled")


def order_replaced(told: Flow, number: int) -> None:
    told.truth.lock(_over(told, number, "replaced", handled=False), "order_canceled")


def handling_skipped(told: Flow, number: int) -> None:
    told.truth.lock(_over(told, number, "invoiced", handled=False), "handling_skipped")


def count_not_updated(told: Flow, number: int) -> None:
    told.truth.lock(_over(told, number, "invoiced", acknowledged=True), "count_not_updated")


def authorization_expired(told: Flow, number: int) -> None:
    """Never paid, never canceled, never released."""
    mirror, created = told.mirror, told.shape.created(number)
    lines = mirror.some_lines()
    steps = flow.paid(created)[:2]
    order = mirror.order(number, "payment-pending", lines, steps, read=told.shape.at - HOUR)
    lock = mirror.lock(_lock_id(number), order, created + 60, lines, confirmed=None, code=1)
    for line in lines:
        mirror.item(lock, line, created + 120, status="Authorized")
    told.truth.lock(_lock_id(number), "authorization_expired")


def _orderless(told: Flow, number: int, reserved: int, *, code: str = "404", missing: bool = True) -> str:
    """A listed lock that no mirrored order carries, beside an ordinary order; returns its id."""
    told.ordinary(number)
    name, mirror = f"v9{number:07}lux-01", told.mirror
    lines = mirror.some_lines()
    tried = f'[{{"id": "00-{name}", "answer": "{code}"}}, {{"id": "{name}", "answer": "{code}"}}]'
    lock = mirror.lock(
        f"00-{name}", None, reserved, lines, lookup="missing" if missing else "not_looked",
        tried=tried if missing else "[]", looked=told.shape.at - HOUR, asked=False,
    )  # fmt: skip
    for line in lines:
        mirror.item(lock, line, reserved + 120)
    return f"00-{name}"


def order_missing(told: Flow, number: int) -> None:
    told.truth.lock(_orderless(told, number, told.shape.created(number)), "order_missing")


def lock_superseded(told: Flow, number: int) -> None:
    """The order lives on with another lock, which is gone."""
    mirror, created = told.mirror, told.shape.created(number)
    lines, at, second = mirror.some_lines(), created + 3 * DAY, f"second-{order_name(number)}"
    steps = flow.invoiced(flow.handling(created, created + DAY), at)
    order = mirror.order(number, "invoiced", lines, steps, invoiced=at, lock=second)
    gone = mirror.lock(second, order, created + HOUR, lines, gone=at + HOUR)
    first = mirror.lock(_lock_id(number), None, created + 60, lines, superseded=True)
    for line in lines:
        mirror.item(gone, line, created + HOUR, gone=at + HOUR, acknowledged=created + DAY)
        mirror.item(first, line, created + 120)
    told.truth.lock(_lock_id(number), "lock_superseded")


def _released(told: Flow, number: int, lines: list[Line], *, handled: bool = False) -> str:
    """A canceled order whose lock is canceled by its id and in no list."""
    mirror, created = told.mirror, told.shape.created(number)
    at = created + 2 * DAY
    order = mirror.order(number, "canceled", lines, flow.canceled(flow.paid(created), at), canceled=at)
    lock = mirror.lock(_lock_id(number), order, created + 60, lines, canceled=at, code=3, gone=at + HOUR)
    if handled:
        for line in lines:
            mirror.item(lock, line, created + 120, gone=at + HOUR, acknowledged=at - HOUR)
    return _lock_id(number)


def cancel_incomplete(told: Flow, number: int) -> None:
    told.truth.lock(_released(told, number, _alone(told, Odd(beyond=2))), "cancel_incomplete")


def cancel_incomplete_of_two(told: Flow, number: int) -> None:
    lines = [*_alone(told, Odd(beyond=2)), *_alone(told, Odd(beyond=1), 1)]
    told.truth.lock(_released(told, number, lines), "cancel_incomplete")


# --- orders on their way


def _open(told: Flow, number: int, status: str, steps: list[flow.Step], **more: object) -> str:
    """A live order that holds what it should; returns its lock's id."""
    mirror, created = told.mirror, told.shape.created(number)
    lines = mirror.some_lines()
    order = mirror.order(number, status, lines, steps, read=told.shape.at - HOUR, **more)  # type: ignore[arg-type]
    lock = mirror.lock(_lock_id(number), order, created + 60, lines)
    for line in lines:
        mirror.item(lock, line, created + 120)
    return _lock_id(number)


def hangs_before_handling(told: Flow, number: int) -> None:
    created = told.shape.created(number)
    steps = [*flow.ready(created), (FULFILLMENT, "start-handling", created + DAY)]
    told.truth.lock(_open(told, number, "start-handling", steps), "workflow_stuck")


def flow_failed(told: Flow, number: int) -> None:
    """An error that VTEX does not retry; the rules speak of it before they speak of handling."""
    created = told.shape.created(number)
    steps = flow.handling(created, created + DAY)
    told.truth.lock(_open(told, number, "handling", steps, in_error=True), "workflow_stuck")


def hangs_after_invoice(told: Flow, number: int) -> None:
    """The order is over, its units are gone, but one flow never got there."""
    mirror, created = told.mirror, told.shape.created(number)
    at = created + 3 * DAY
    steps = flow.invoiced(flow.handling(created, created + DAY), at)
    mirror.order(
        number, "invoiced", mirror.some_lines(), steps, invoiced=at, now_at={FULFILLMENT: "invoice"},
        read=told.shape.at - DAY,
    )  # fmt: skip
    told.truth.lock(_lock_id(number), "workflow_stuck")


def handling_overdue(told: Flow, number: int) -> None:
    steps = flow.ready(told.shape.created(number))
    told.truth.lock(_open(told, number, "ready-for-handling", steps), "handling_overdue")


def handling_abandoned(told: Flow, number: int) -> None:
    created = told.shape.created(number)
    steps = flow.handling(created, created + DAY)
    told.truth.lock(_open(told, number, "handling", steps), "handling_abandoned")


# --- balances


def _pair(told: Flow, number: int, odd: Odd) -> tuple[str, str]:
    told.ordinary(number)
    return told.mirror.stock.odd_pair(odd)


def reserved_for_nobody(told: Flow, number: int) -> None:
    told.truth.pair(_pair(told, number, Odd(beyond=3)), "balance_mismatch")


def reserved_below_zero(told: Flow, number: int) -> None:
    odd = Odd(beyond=-2, reserved=-2)
    told.truth.pair(_pair(told, number, odd), "balance_mismatch")


def reserved_by_one_of_several(told: Flow, number: int) -> None:
    """Two canceled locks could explain it, so none does."""
    line = _alone(told, Odd(beyond=2))[0]
    _released(told, number, [line])
    mirror, created = told.mirror, told.shape.created(number)
    mirror.lock(f"second-{order_name(number)}", None, created, [line], canceled=created + DAY, code=3,
                gone=created + DAY, lookup="not_looked")  # fmt: skip
    told.truth.pair(line.pair, "balance_mismatch")


# --- what cannot be told


def too_many_reservations(told: Flow, number: int) -> None:
    pair = _pair(told, number, Odd(list_state="too_many", reserved=70))
    told.truth.pair(pair, "could_not_tell", confirmed=False, reason="too_many_reservations")


def list_unreadable(told: Flow, number: int) -> None:
    pair = _pair(told, number, Odd(list_state="error", reserved=7))
    told.truth.pair(pair, "could_not_tell", confirmed=False, reason="list_unreadable")


def unknown_status(told: Flow, number: int) -> None:
    lines = _alone(told, Odd())
    lock_id = _over(told, number, "invoiced", lines=lines, listed_as="Separating")
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="unknown_status")


def list_exceeds_reserved(told: Flow, number: int) -> None:
    lock_id = _over(told, number, "invoiced", lines=_alone(told, Odd(beyond=-1)), handled=False)
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="list_exceeds_reserved")


def partly_acknowledged(told: Flow, number: int) -> None:
    lock_id = _over(told, number, "invoiced", partly=True)
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="partly_acknowledged")


def order_forbidden(told: Flow, number: int) -> None:
    created = told.shape.created(number)
    lock_id = _open(told, number, "payment-approved", flow.paid(created), unreadable="forbidden")
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="forbidden")


def order_not_looked_for(told: Flow, number: int) -> None:
    lock_id = _orderless(told, number, told.shape.created(number), missing=False)
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="not_synced")


def order_too_young_to_miss(told: Flow, number: int) -> None:
    lock_id = _orderless(told, number, told.shape.at - 5 * DAY)
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="too_young")


def order_outside_the_backfill(told: Flow, number: int) -> None:
    lock_id = _orderless(told, number, told.shape.at - 715 * DAY)
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="outside_backfill")


def order_may_be_one_of_the_unread(told: Flow, number: int) -> None:
    """Orders of those days are listed, but were never read."""
    lock_id = _orderless(told, number, told.shape.at - 22 * DAY)
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="lookup_incomplete")


def cancel_not_proven(told: Flow, number: int) -> None:
    """It was acknowledged once: a count may have cleared it as well."""
    lock_id = _released(told, number, _alone(told, Odd(beyond=2)), handled=True)
    told.truth.lock(lock_id, "could_not_tell", confirmed=False, reason="cancel_not_proven")


def unlisted_elsewhere(told: Flow, number: int) -> None:
    """A live lock asked for units here and is listed in another pair only."""
    mirror, created = told.mirror, told.shape.created(number)
    lines = [*_alone(told, Odd()), *_alone(told, Odd(beyond=2))]
    steps = flow.paid(created)
    order = mirror.order(number, "payment-approved", lines, steps, read=told.shape.at - HOUR)
    lock = mirror.lock(_lock_id(number), order, created + 60, lines)
    mirror.item(lock, lines[0], created + 120)
    told.truth.pair(lines[1].pair, "could_not_tell", confirmed=False, reason="unlisted_elsewhere")


# --- what only looks like it


def invoiced_an_hour_ago(told: Flow, number: int) -> None:
    """Tonight's count will clear it."""
    lock_id = _over(told, number, "invoiced", ended=told.shape.at - HOUR, acknowledged=True)
    told.truth.lock(lock_id, "count_not_updated", confirmed=False)


def canceled_yesterday(told: Flow, number: int) -> None:
    lock_id = _over(told, number, "canceled", ended=told.shape.at - DAY, handled=False)
    told.truth.lock(lock_id, "order_canceled", confirmed=False)


def pair_not_read_since(told: Flow, number: int) -> None:
    """Due by the clock, but its pair was last read within the grace."""
    ended = told.shape.created(number) + 3 * DAY
    odd = Odd(age=told.shape.at - ended - 20 * HOUR)
    lock_id = _over(told, number, "invoiced", lines=_alone(told, odd), handled=False)
    told.truth.lock(lock_id, "handling_skipped", confirmed=False)


def difference_seen_once(told: Flow, number: int) -> None:
    pair = _pair(told, number, Odd(beyond=1, age=HOUR, beyond_since=HOUR))
    told.truth.pair(pair, "balance_mismatch", confirmed=False)


def unlimited_stock(told: Flow, number: int) -> None:
    _over(told, number, "invoiced", lines=_alone(told, Odd(unlimited=True)), handled=False)


def supply_lot(told: Flow, number: int) -> None:
    _over(told, number, "invoiced", lines=_alone(told, Odd()), handled=False, supply_lot="lot-7")


def waits_for_its_payment_to_settle(told: Flow, number: int) -> None:
    """Paid and confirmed long ago: a confirmed reservation never expires."""
    _open(told, number, "payment-approved", flow.paid(told.shape.created(number)))


def flow_over_but_for_the_seller(told: Flow, number: int) -> None:
    """Its marketplace flow waits, in no step that VTEX passes by itself."""
    mirror, created = told.mirror, told.shape.created(number)
    at = created + 3 * DAY
    steps = flow.invoiced(flow.handling(created, created + DAY), at)
    mirror.order(number, "invoiced", mirror.some_lines(), steps, invoiced=at,
                 now_at={MARKETPLACE: "payment-approved"})  # fmt: skip


STUCK: tuple[Story, ...] = (
    handling_skipped, order_canceled, count_not_updated, authorization_expired, order_missing,
    lock_superseded, cancel_incomplete, handling_skipped, order_canceled_after_handling, count_not_updated,
    order_replaced, cancel_incomplete_of_two, handling_skipped,
)  # fmt: skip
ALSO_WRONG: tuple[Story, ...] = (
    hangs_before_handling, flow_failed, hangs_after_invoice, handling_overdue, handling_abandoned,
    reserved_for_nobody, reserved_below_zero, reserved_by_one_of_several,
)  # fmt: skip
UNTOLD: tuple[Story, ...] = (
    too_many_reservations, list_unreadable, unknown_status, list_exceeds_reserved, partly_acknowledged,
    order_forbidden, order_not_looked_for, order_too_young_to_miss, order_outside_the_backfill,
    order_may_be_one_of_the_unread, cancel_not_proven, unlisted_elsewhere,
)  # fmt: skip
LOOK_ALIKES: tuple[Story, ...] = (
    invoiced_an_hour_ago, canceled_yesterday, pair_not_read_since, difference_seen_once, unlimited_stock,
    supply_lot, waits_for_its_payment_to_settle, flow_over_but_for_the_seller,
)  # fmt: skip

SHARES: tuple[tuple[float, tuple[Story, ...]], ...] = (
    (0.01, STUCK), (0.004, ALSO_WRONG), (0.006, UNTOLD), (0.006, LOOK_ALIKES),
)  # fmt: skip
"""Of all orders; within a kind each story in turn."""
