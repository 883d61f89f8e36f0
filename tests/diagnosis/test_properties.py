"""What holds for every combination of facts, whether it makes sense or not."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.diagnosis.cases import LockCase
from reconciler.diagnosis.facts import (
    EventSource,
    Found,
    ItemFact,
    NotReadable,
    OrderFacts,
    OrderLine,
    OrderLookup,
    PairFacts,
    Renamed,
    ReservationFacts,
    Step,
    Unreadable,
)
from reconciler.diagnosis.rules import diagnose_lock, diagnose_pair
from reconciler.diagnosis.verdicts import Cause, Verdict

from .builders import (
    LOCK,
    NOW,
    ago,
    beyond,
    item,
    line,
    lock,
    not_found,
    order,
    pair,
    pair_case,
    phantom,
    standing,
)

SKUS = ("1", "2", "3")
STATUSES = (
    "invoiced", "canceled", "replaced", "handling", "ready-for-handling", "ready-for-invoicing",
    "start-handling", "cancel", "payment-pending", "", "never-heard-of",
)  # fmt: skip
ORDER_CAUSES = {Cause.WORKFLOW_STUCK, Cause.HANDLING_OVERDUE, Cause.HANDLING_ABANDONED}

unhurried = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""On a busy machine drawing a case may take long; that is no failure."""

times = st.integers(-48, 24 * 30).map(lambda hours: ago(hours=hours))
past = st.integers(0, 24 * 30).map(lambda hours: ago(hours=hours))
maybe = st.none() | times


@st.composite
def items(draw: st.DrawFn, sku: str) -> ItemFact:
    acknowledged = draw(maybe)
    return item(
        sku,
        draw(st.integers(0, 4)),
        acked=acknowledged,
        status=draw(st.sampled_from(["Confirmed", "Authorized", "Canceled_Manually"])),
        first_seen_at=draw(past),
        read_at=draw(past),
        partly_acknowledged=acknowledged is None and draw(st.booleans()),
        listed=draw(st.sampled_from([True, True, True, False])),
        supply_lot=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def pairs(draw: st.DrawFn, sku: str) -> PairFacts:
    return pair(
        sku,
        bracketed_at=draw(st.none() | past),
        mismatch_units=draw(st.sampled_from([0, 0, 0, -1, 2])),
        mismatch_since=draw(past),
        unlimited=draw(st.sampled_from([False, False, False, True])),
        phantoms=draw(st.sampled_from([(), (phantom(sku=sku),), (phantom(sku=sku), phantom("x", sku=sku))])),
    )


steps = st.builds(
    Step,
    st.sampled_from(["Fulfillment", "Marketplace"]),
    st.sampled_from(STATUSES),
    times,
    st.sampled_from(list(EventSource)),
    past,
)
histories = st.lists(steps, max_size=5, unique_by=lambda step: (step.instance, step.at)).map(tuple)
standings = st.builds(standing, st.just("Fulfillment"), st.sampled_from(STATUSES), maybe, read_at=past)


@st.composite
def orders(draw: st.DrawFn) -> OrderFacts:
    return order(
        draw(st.sampled_from(STATUSES)),
        read_at=draw(past),
        last_change_at=draw(maybe),
        invoiced_at=draw(maybe),
        canceled_at=draw(maybe),
        workflow_in_error=draw(st.sampled_from([False, False, True])),
        history=draw(histories),
        history_read_at=draw(st.none() | past),
        instances=tuple(draw(st.lists(standings, max_size=2))),
        lines=(OrderLine("1", 2, draw(st.sampled_from([LOCK, "other", ""]))),),
    )


lookups: st.SearchStrategy[OrderLookup] = st.one_of(
    st.builds(Found, orders()),
    st.builds(Renamed, orders(), maybe),
    st.builds(lambda at: not_found(looked_at=at), st.none() | past),
    st.builds(NotReadable, st.sampled_from(list(Unreadable))),
)


@st.composite
def cases(draw: st.DrawFn) -> LockCase:
    skus = draw(st.lists(st.sampled_from(SKUS), unique=True))
    held = lock(
        *[draw(items(sku)) for sku in skus],
        reserved_at=draw(maybe),
        maximum_confirmation_at=draw(maybe),
        canceled_at=draw(maybe),
        by_id_status=draw(st.sampled_from([None, 1, 2, 3, 4, 5])),
        by_id_read_at=draw(past),
        requested=tuple(line(sku) for sku in draw(st.lists(st.sampled_from(SKUS), unique=True))),
    )
    known = {each.pair: each for sku in SKUS for each in [draw(pairs(sku))]}
    return LockCase(held, draw(lookups), known)


def last_read(given: LockCase, verdict: Verdict) -> datetime:
    """The latest moment anything the cause rests on was read."""
    found = given.order.order if isinstance(given.order, Found | Renamed) else None
    if verdict.cause in ORDER_CAUSES and found:
        return max([found.read_at, *(instance.read_at for instance in found.instances)])
    pairs_read = [given.pairs[each.pair].bracketed_at for each in verdict.held if each.pair in given.pairs]
    return max(at for at in pairs_read if at)


@unhurried
@given(cases())
def test_nothing_is_stuck_before_it_was_read_at_or_after_it_fell_due(case: LockCase) -> None:
    for verdict in diagnose_lock(case, NOW):
        if verdict.confirmed:
            assert verdict.due_at is not None
            assert verdict.due_at <= last_read(case, verdict) <= NOW


@unhurried
@given(cases(), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_time_alone_changes_nothing(case: LockCase, later: timedelta) -> None:
    assert diagnose_lock(case, NOW + later) == diagnose_lock(case, NOW)


@unhurried
@given(cases())
def test_the_order_in_which_facts_arrived_does_not_matter(case: LockCase) -> None:
    assert set(map(told, diagnose_lock(shuffled(case), NOW))) == set(map(told, diagnose_lock(case, NOW)))


def told(verdict: Verdict) -> tuple[object, ...]:
    return (verdict.cause, verdict.remedy, verdict.items, verdict.since, verdict.due_at, verdict.confirmed,
            verdict.value_kind, verdict.reason, frozenset(verdict.evidence))  # fmt: skip


def shuffled(case: LockCase) -> LockCase:
    """The same facts the other way round, the history told twice."""
    held: ReservationFacts = replace(case.reservation, items=case.reservation.items[::-1])
    lookup = case.order
    if isinstance(lookup, Found | Renamed):
        history = lookup.order.history[::-1]
        twice = replace(lookup.order, history=history + history, instances=lookup.order.instances[::-1])
        lookup = replace(lookup, order=twice)
    return replace(case, reservation=held, order=lookup, pairs=dict(reversed(list(case.pairs.items()))))


@unhurried
@given(cases())
def test_each_item_has_at_most_one_cause_and_each_cause_one_verdict(case: LockCase) -> None:
    verdicts = diagnose_lock(case, NOW)
    claimed = Counter(each.pair for verdict in verdicts for each in verdict.items)

    assert all(times == 1 for times in claimed.values())
    assert len({verdict.cause for verdict in verdicts}) == len(verdicts)


@unhurried
@given(cases())
def test_an_unreadable_order_makes_nothing_stuck(case: LockCase) -> None:
    hidden = replace(case, order=NotReadable(Unreadable.FORBIDDEN))

    causes = {verdict.cause for verdict in diagnose_lock(hidden, NOW)}

    assert causes <= {Cause.COULD_NOT_TELL, Cause.CANCEL_INCOMPLETE}


@unhurried
@given(cases())
def test_exempt_and_gone_items_are_in_no_verdict(case: LockCase) -> None:
    exempt = {
        each.pair
        for each in case.reservation.items
        if each.supply_lot or not each.listed or case.pairs[each.pair].unlimited
    }
    for verdict in diagnose_lock(case, NOW):
        if verdict.cause is not Cause.CANCEL_INCOMPLETE and verdict.reason != "cancel_not_proven":
            assert exempt.isdisjoint(each.pair for each in verdict.items)


@unhurried
@given(cases())
def test_an_open_order_is_never_called_finished(case: LockCase) -> None:
    open_order = order("payment-approved", workflow_in_error=False)

    causes = {verdict.cause for verdict in diagnose_lock(replace(case, order=Found(open_order)), NOW)}

    assert causes <= {Cause.AUTHORIZATION_EXPIRED, Cause.COULD_NOT_TELL, Cause.CANCEL_INCOMPLETE}


@unhurried
@given(past, st.integers(1, 5))
def test_a_difference_is_stuck_only_when_read_twice_apart(first: datetime, units: int) -> None:
    verdict = diagnose_pair(pair_case(beyond(units, since=first)), NOW)

    assert verdict is not None
    assert verdict.confirmed == (NOW - first >= timedelta(minutes=10))
