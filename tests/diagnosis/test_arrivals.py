"""Findings are the same whatever the order in which reads arrive, and change with reads alone."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from reconciler.diagnosis.refresh import refresh
from reconciler.models import Finding
from reconciler.sync.lookup import LookupFetch

from .arrivals import World, arrive, findings, reads, store, worlds
from .builders import NOW

pytestmark = pytest.mark.django_db

many = settings(
    max_examples=100 if os.environ.get("DEEP") else 8,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
"""Each case fills a store: a failing one is shown as it was found, since making it smaller takes minutes."""
numbers = st.lists(st.integers(0, 7), max_size=6)


@many
@given(worlds(), st.randoms(use_true_random=False), numbers)
def test_no_order_of_arrival_and_no_repetition_changes_the_findings(world: World, shuffle, again) -> None:  # type: ignore[no-untyped-def]
    first, other = store(), store()
    facts = reads(world)
    mixed = [*facts, *(facts[index % len(facts)] for index in again)]
    shuffle.shuffle(mixed)

    arrive(first, facts)
    arrive(other, mixed)

    assert findings(other) == findings(first)


@many
@given(worlds(), st.randoms(use_true_random=False))
def test_reads_of_many_things_judged_together_say_what_each_alone_says(world: World, shuffle) -> None:  # type: ignore[no-untyped-def]
    account = store()
    facts = reads(world)
    shuffle.shuffle(facts)
    arrive(account, facts)
    said = findings(account)

    refresh(account, now=NOW)

    assert findings(account) == said


@many
@given(worlds())
def test_an_older_read_that_arrives_late_changes_nothing(world: World) -> None:
    account = store()
    arrive(account, reads(world))
    said = findings(account)
    young = [
        replace(
            each, status="payment-pending", row_status="Authorized", acknowledged=None, by_id=1, listed=True
        )
        for each in world.locks
    ]
    before = replace(world, locks=tuple(young), beyond=dict.fromkeys(world.beyond, 0))

    arrive(
        account, [each for each in reads(before, -timedelta(days=20)) if not isinstance(each, LookupFetch)]
    )

    assert findings(account) == said


@many
@given(worlds(), st.timedeltas(timedelta(0), timedelta(days=400)))
def test_time_alone_needs_no_recomputation(world: World, passed: timedelta) -> None:
    account = store()
    arrive(account, reads(world))
    refresh(account, now=NOW)
    before = list(Finding.objects.filter(account=account).order_by("pk").values())

    refresh(account, now=NOW + passed)

    assert list(Finding.objects.filter(account=account).order_by("pk").values()) == before


@many
@given(worlds(), st.integers(0, 24 * 20))
def test_nothing_is_stuck_on_facts_older_than_its_due_time(world: World, hours: int) -> None:
    account = store()
    for later in (timedelta(0), timedelta(hours=hours)):
        arrive(account, reads(world, later))
        for finding in Finding.objects.filter(account=account).open():
            if finding.confirmed_at:
                assert finding.due_at is not None
                assert finding.due_at <= finding.confirmed_at <= finding.facts_read_at
            elif finding.due_at:
                assert finding.facts_read_at < finding.due_at or finding.cause in LATER


LATER = ("balance_mismatch", "cancel_incomplete", "lock_superseded")
"""They need a second read besides: of the difference, or of the order."""


@many
@given(worlds())
def test_what_is_due_is_stuck_once_everything_was_read_again_after_it(world: World) -> None:
    account = store()
    arrive(account, reads(world))
    due = list(
        Finding.objects.filter(account=account)
        .open()
        .filter(due_at__isnull=False)
        .values_list("due_at", flat=True)
    )
    after = max([NOW, *due]) - NOW + timedelta(days=17)

    for more in (after, after + timedelta(minutes=10)):
        arrive(account, reads(world, more))

    assert (
        not Finding.objects.filter(account=account, confirmed_at=None, due_at__isnull=False).open().exists()
    )
