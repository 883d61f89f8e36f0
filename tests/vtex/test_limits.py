import threading
from collections.abc import Callable

import pytest

from reconciler.vtex import errors
from reconciler.vtex.limits import Family, LimitSettings, LocalBudget, LocalGates, PoliteLimiter, Priority
from tests.clock import Clock

SETTINGS = LimitSettings(requests_per_minute=259, burst=10, keeps=0.0, breaker_failures=3, breaker_open=30.0)


@pytest.fixture
def limiter(clock: Clock) -> PoliteLimiter:
    return PoliteLimiter(SETTINGS, clock=clock, sleep=clock.sleep)


def granted(take: Callable[[], float]) -> int:
    count = 0
    while take() == 0.0:
        count += 1
    return count


def test_a_burst_is_followed_by_the_steady_rate(clock: Clock) -> None:
    budget = LocalBudget(SETTINGS, clock)
    assert granted(lambda: budget.take(Priority.STAFF)) == 10
    assert budget.take(Priority.STAFF) == pytest.approx(SETTINGS.interval) == pytest.approx(0.24)
    clock.sleep(3 * SETTINGS.interval)
    assert granted(lambda: budget.take(Priority.STAFF)) == 3


def test_the_sweep_leaves_a_reserve_for_staff(clock: Clock) -> None:
    budget = LocalBudget(SETTINGS, clock)
    assert granted(lambda: budget.take(Priority.SWEEP)) == 4
    assert granted(lambda: budget.take(Priority.BACKFILL)) == 1
    assert granted(lambda: budget.take(Priority.STAFF)) == 5


def test_every_priority_has_a_share_and_the_more_urgent_the_larger() -> None:
    shares = [SETTINGS.shares[priority] for priority in Priority]
    assert shares == sorted(shares, reverse=True)
    assert set(SETTINGS.longest_wait) == set(Priority)


def test_the_smallest_budget_still_lets_everyone_through(clock: Clock) -> None:
    budget = LocalBudget(LimitSettings(requests_per_minute=1, burst=1, keeps=0.0), clock)
    assert budget.take(Priority.SWEEP) == 0.0
    assert budget.take(Priority.STAFF) == pytest.approx(60.0)


def test_threads_share_one_budget(clock: Clock) -> None:
    budget = LocalBudget(LimitSettings(requests_per_minute=2600, burst=100), clock)
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(granted(lambda: budget.take(Priority.STAFF))))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 100


def test_a_call_waits_for_budget_and_then_gives_up(clock: Clock) -> None:
    patience = dict.fromkeys(Priority, 2.0)
    settings = LimitSettings(requests_per_minute=60, burst=1, keeps=0.0, longest_wait=patience)
    limiter = PoliteLimiter(settings, clock=clock, sleep=clock.sleep)
    started = clock.now
    for _ in range(4):
        limiter.acquire(Priority.STAFF, Family.ORDER)
    assert clock.now - started == pytest.approx(3.0)
    impatient = LimitSettings(requests_per_minute=1, burst=1, keeps=0.0, longest_wait=patience)
    limiter = PoliteLimiter(impatient, clock=clock, sleep=clock.sleep)
    limiter.acquire(Priority.STAFF, Family.ORDER)
    with pytest.raises(errors.NotSent) as caught:
        limiter.acquire(Priority.STAFF, Family.ORDER)
    assert caught.value.retry_after == pytest.approx(60.0)


@pytest.mark.parametrize(
    ("retry_after", "pause"), [(None, 60.0), (5.0, 60.0), (120.0, 120.0), (90_000.0, 900.0)]
)
def test_a_429_pauses_the_whole_host_family(
    limiter: PoliteLimiter, clock: Clock, retry_after: float | None, pause: float
) -> None:
    limiter.report(Family.RESERVATION_LIST, errors.RateLimited("x", retry_after=retry_after))
    with pytest.raises(errors.NotSent) as caught:
        limiter.acquire(Priority.STAFF, Family.INVENTORY)
    assert caught.value.retry_after == pytest.approx(pause)
    limiter.acquire(Priority.STAFF, Family.ORDER)
    clock.sleep(pause)
    limiter.acquire(Priority.STAFF, Family.INVENTORY)


def test_a_shorter_pause_does_not_end_a_longer_one(limiter: PoliteLimiter, clock: Clock) -> None:
    limiter.report(Family.ORDER, errors.RateLimited("x", retry_after=500.0))
    limiter.report(Family.ORDER, errors.RateLimited("x", retry_after=None))
    clock.sleep(400.0)
    with pytest.raises(errors.NotSent):
        limiter.acquire(Priority.STAFF, Family.ORDER)


@pytest.mark.parametrize(
    "error", [errors.Timeout("x"), errors.ConnectionLost("x"), errors.ServerError("x", status=502)]
)
def test_failures_in_a_row_open_the_breaker_of_their_family_only(
    limiter: PoliteLimiter, clock: Clock, error: errors.VtexError
) -> None:
    for _ in range(3):
        limiter.acquire(Priority.STAFF, Family.RESERVATION_LIST)
        limiter.report(Family.RESERVATION_LIST, error)
    with pytest.raises(errors.NotSent, match="keeps failing"):
        limiter.acquire(Priority.STAFF, Family.RESERVATION_LIST)
    limiter.acquire(Priority.STAFF, Family.RESERVATION)
    clock.sleep(30.0)
    limiter.acquire(Priority.STAFF, Family.RESERVATION_LIST)


@pytest.mark.parametrize(
    "error",
    [
        None,
        errors.NotFound("x", status=404),
        errors.DotNetError("x", status=500),
        errors.TooManyReservations("x"),
        errors.ServerError("x", status=500, code="7"),
    ],
)
def test_an_answer_of_vtex_ends_the_row_of_failures(
    limiter: PoliteLimiter, error: errors.VtexError | None
) -> None:
    for outcome in [
        errors.Timeout("x"),
        errors.Timeout("x"),
        error,
        errors.Timeout("x"),
        errors.Timeout("x"),
    ]:
        limiter.report(Family.ORDER, outcome)
    limiter.acquire(Priority.STAFF, Family.ORDER)


def test_one_more_failure_after_the_pause_opens_the_breaker_again(
    limiter: PoliteLimiter, clock: Clock
) -> None:
    for _ in range(3):
        limiter.report(Family.ORDER, errors.Timeout("x"))
    clock.sleep(30.0)
    limiter.acquire(Priority.STAFF, Family.ORDER)
    limiter.report(Family.ORDER, errors.Timeout("x"))
    with pytest.raises(errors.NotSent):
        limiter.acquire(Priority.STAFF, Family.ORDER)


def test_pauses_are_shared_by_whoever_shares_the_gates(clock: Clock) -> None:
    gates = LocalGates()
    first, second = (PoliteLimiter(SETTINGS, gates=gates, clock=clock, sleep=clock.sleep) for _ in range(2))
    first.report(Family.ORDER, errors.RateLimited("x"))
    with pytest.raises(errors.NotSent):
        second.acquire(Priority.STAFF, Family.ORDER_LIST)


def test_a_refusal_of_ours_is_no_failure_of_vtex(limiter: PoliteLimiter) -> None:
    for _ in range(5):
        limiter.report(Family.ORDER, errors.NotSent("x"))
    limiter.acquire(Priority.STAFF, Family.ORDER)
