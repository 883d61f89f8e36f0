"""Units of work: asked for once or often, done under a lease, lost by nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reconciler.models import VtexAccount, WorkUnit
from reconciler.work import units
from reconciler.work.counts import failing
from tests import factories

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=5)


@pytest.fixture
def account(db: None) -> VtexAccount:
    return factories.account("luxstore")


def want(account: VtexAccount, *keys: str, kind: str = "order", priority: int = 3, **more: Any) -> None:
    units.want(account, kind, keys, priority=priority, **more)


def claimed(**options: Any) -> list[str]:
    return [unit.key for unit in units.claim(**{"limit": 10, **options})]


def test_what_is_asked_for_twice_is_one_unit(account: VtexAccount) -> None:
    want(account, "a", "b", "a")
    want(account, "a")
    assert sorted(claimed()) == ["a", "b"]
    assert claimed() == []


def test_the_most_urgent_and_the_earliest_wish_of_several_count(account: VtexAccount) -> None:
    want(account, "a", priority=4, run_after=timezone.now() + SOON)
    assert claimed() == []
    want(account, "a", priority=2)
    want(account, "a", priority=3, run_after=timezone.now() + SOON)
    assert claimed(most_urgent=2) == ["a"]


def test_the_payload_comes_with_the_unit(account: VtexAccount) -> None:
    want(account, "a", "b", payloads={"a": {"from": 1}})
    assert {unit.key: unit.payload for unit in units.claim(limit=5)} == {"a": {"from": 1}, "b": {}}


def test_a_finished_unit_is_gone(account: VtexAccount) -> None:
    want(account, "a")
    units.finish(units.claim(limit=1))
    assert not WorkUnit.objects.exists()


def test_a_unit_asked_for_while_it_runs_is_done_again_at_once(account: VtexAccount) -> None:
    want(account, "a", "b")
    running = units.claim(limit=5)
    want(account, "a")
    assert claimed() == [], "not by two at once"
    units.finish(running)
    assert claimed() == ["a"]


def test_a_unit_asked_for_later_while_it_runs_is_done_then(account: VtexAccount) -> None:
    want(account, "a")
    running = units.claim(limit=5)
    want(account, "a", run_after=timezone.now() + SOON)
    units.finish(running)
    assert claimed() == []
    assert claimed(now=timezone.now() + SOON) == ["a"]


def test_a_unit_put_back_waits_and_shows_why(account: VtexAccount) -> None:
    want(account, "a")
    units.put_back(units.claim(limit=1), after=SOON, error="VTEX is away " * 50)
    assert claimed() == []
    assert failing(account)[0].error.startswith("VTEX is away")
    assert claimed(now=timezone.now() + SOON) == ["a"]


def test_a_unit_asked_for_while_it_runs_does_not_wait_when_put_back(account: VtexAccount) -> None:
    want(account, "a")
    running = units.claim(limit=1)
    want(account, "a")
    units.put_back(running, after=SOON)
    assert claimed() == ["a"]


def test_what_is_put_back_is_not_finished_with_the_rest_of_its_batch(account: VtexAccount) -> None:
    want(account, "a", "b")
    running = units.claim(limit=2)
    units.put_back(running[:1], after=timedelta())
    units.finish(running)
    assert claimed() == ["a"]


def test_the_unit_of_a_worker_that_died_is_free_when_its_lease_is_over(
    account: VtexAccount, settings: Any
) -> None:
    want(account, "a")
    units.claim(limit=1)
    lease = timedelta(seconds=settings.WORK_LEASE_SECONDS)
    assert claimed(now=timezone.now() + lease / 2) == []
    assert claimed(now=timezone.now() + lease * 1.1) == ["a"]


def test_a_unit_over_which_several_workers_died_waits(account: VtexAccount, settings: Any) -> None:
    want(account, "a")
    lease, now = timedelta(seconds=settings.WORK_LEASE_SECONDS), timezone.now()
    for _ in range(3):
        assert claimed(now=now) == ["a"]
        now += lease * 1.1
    assert claimed(now=now) == []
    assert claimed(now=now + timedelta(hours=1)) == ["a"]
    assert claimed(now=now + timedelta(hours=2)) == []
    assert [unit.key for unit in failing(account)] == ["a"]


def test_a_worker_that_lost_its_lease_changes_nothing(account: VtexAccount, settings: Any) -> None:
    want(account, "a")
    late = units.claim(limit=1)
    after = timezone.now() + timedelta(seconds=settings.WORK_LEASE_SECONDS * 1.1)
    fresh = units.claim(limit=1, now=after)
    before = WorkUnit.objects.values().get()
    units.finish(late)
    units.put_back(late, after=SOON, error="late")
    units.renew(late)
    assert WorkUnit.objects.values().get() == before
    units.finish(fresh)
    assert not WorkUnit.objects.exists()


def test_a_renewed_lease_runs_on(account: VtexAccount, settings: Any) -> None:
    lease, now = timedelta(seconds=settings.WORK_LEASE_SECONDS), timezone.now()
    want(account, "a", run_after=now - lease)
    running = units.claim(limit=1, now=now - lease + timedelta(seconds=1))
    units.renew(running)
    assert claimed(now=timezone.now() + timedelta(seconds=5)) == []


def test_a_unit_that_was_let_go_is_not_renewed(account: VtexAccount) -> None:
    want(account, "a")
    running = units.claim(limit=1)
    units.put_back(running, after=timedelta())
    units.renew(running)
    assert claimed() == ["a"]


def test_a_claim_takes_one_kind_of_one_store(account: VtexAccount) -> None:
    want(account, "a", "b")
    want(account, "c", kind="pair")
    want(factories.account("other"), "d", "e")
    batches = [units.claim(limit=10) for _ in range(3)]
    assert sorted(sorted(unit.key for unit in batch) for batch in batches) == [["a", "b"], ["c"], ["d", "e"]]
    for batch in batches:
        assert len({(unit.account_id, unit.kind) for unit in batch}) == 1


def test_each_kind_has_a_batch_of_its_own(account: VtexAccount) -> None:
    want(account, *"abcde")
    want(account, *"fghij", kind="pair")
    sizes = {"order": 3, "pair": 2}
    taken = [units.claim(limit=sizes) for _ in range(5)]
    assert sorted((batch[0].kind, len(batch)) for batch in taken) == [
        ("order", 2), ("order", 3), ("pair", 1), ("pair", 2), ("pair", 2),
    ]  # fmt: skip
    assert units.claim(limit=sizes) == []


def test_a_kind_that_nobody_here_does_is_left_alone(account: VtexAccount) -> None:
    want(account, "a", kind="unknown")
    want(account, "b")
    assert claimed(limit={"order": 5}) == ["b"]
    assert claimed(limit={"order": 5}) == []


def test_the_most_urgent_comes_first(account: VtexAccount) -> None:
    for priority in (4, 0, 2, 3, 1):
        want(account, str(priority), priority=priority)
    assert [claimed(limit=1) for _ in range(5)] == [["0"], ["1"], ["2"], ["3"], ["4"]]


def test_a_large_store_does_not_keep_a_small_one_waiting(account: VtexAccount) -> None:
    want(account, *map(str, range(100)), priority=3)
    want(factories.account("small"), "one", priority=4)
    stores = [units.claim(limit=5)[0].account.name for _ in range(2)]
    assert stores == ["luxstore", "small"]


def test_an_event_of_any_store_goes_before_all_else(account: VtexAccount) -> None:
    want(account, *"abc", priority=3)
    want(factories.account("other"), "d", priority=4)
    assert len(units.claim(limit=1)) == 1
    want(account, "event", priority=2)
    assert claimed() == ["event"]


def test_a_store_on_hold_waits_and_the_others_do_not(account: VtexAccount) -> None:
    other = factories.account("other")
    want(account, "a", "b")
    want(other, "c")
    until = timezone.now() + SOON
    assert units.hold(account, until) == 2
    units.finish(units.claim(limit=5))
    assert set(WorkUnit.objects.values_list("key", flat=True)) == {"a", "b"}
    assert claimed() == []
    assert sorted(claimed(now=until)) == ["a", "b"]


def test_only_the_kinds_named_are_held(account: VtexAccount) -> None:
    want(account, "a")
    want(account, "b", kind="pair")
    units.hold(account, timezone.now() + SOON, kinds=["pair"])
    assert claimed() == ["a"]
    assert claimed() == []


def test_a_unit_is_counted_once_by_what_becomes_of_it(account: VtexAccount) -> None:
    want(account, *"abcd")
    running = units.claim(limit=2)
    units.put_back(running[:1], after=SOON, error="VTEX is away")
    want(account, "later", run_after=timezone.now() + SOON)
    counts = units.pending(account)["order"]
    assert (counts.ready, counts.running, counts.waiting, counts.failing) == (2, 1, 1, 1)
    assert counts.oldest
    assert units.pending(factories.account("other")) == {}


@pytest.mark.parametrize("there", [0, 5000])
def test_asking_and_claiming_take_the_same_number_of_queries_whatever_waits(
    there: int, account: VtexAccount, django_assert_num_queries: Any
) -> None:
    want(account, *map(str, range(there)), run_after=timezone.now() + SOON)
    with django_assert_num_queries(5):
        want(account, *"abcdefgh")
    with django_assert_num_queries(7):
        running = units.claim(limit=8)
    with django_assert_num_queries(5):
        units.finish(running)
