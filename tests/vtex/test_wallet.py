"""Any number of processes draw from one budget by wallets; time is simulated."""

import heapq
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from reconciler.vtex.limits import LimitSettings, Priority, Wallet, grant


class Simulation:
    """Askers of one budget, each with a wallet and a pause between its requests (its network wait)."""

    def __init__(self, limits: LimitSettings) -> None:
        self.limits = limits
        self.due = 0.0
        self.sent: list[float] = []
        self.draws = 0

    def run(self, askers: list[tuple[Priority, float]], seconds: float) -> None:
        wallets = [Wallet(self.limits.most_drawn(priority), self.limits.keeps) for priority, _ in askers]
        moments = [(0.001 * number, number) for number in range(len(askers))]
        while moments and moments[0][0] < seconds:
            now, number = heapq.heappop(moments)
            wait = self._take(wallets[number], askers[number][0], now)
            heapq.heappush(moments, (now + (wait or askers[number][1]), number))

    def _take(self, wallet: Wallet, priority: Priority, now: float) -> float:
        if not wallet.spend(now):
            count = wallet.wants(now)
            wait, self.due = grant(self.due, now, priority, self.limits, count)
            if wait > 0:
                return wait
            wallet.fill(count, now)
            self.draws += 1
        self.sent.append(now)
        return 0.0

    def busiest_minute(self) -> int:
        """The most requests within any 60 seconds."""
        return max(
            (number - bisect_left(self.sent, end - 60 + 1e-4) + 1 for number, end in enumerate(self.sent)),
            default=0,
        )


askers = st.lists(
    st.tuples(st.sampled_from(Priority), st.sampled_from([0.0005, 0.004, 0.02, 0.15, 0.7, 3.1])),
    min_size=1,
    max_size=6,
)


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.sampled_from([1, 7, 60, 300, 1200]), st.integers(1, 90), askers)
def test_no_minute_holds_more_requests_than_allowed_however_they_are_drawn(
    per_minute: int, burst: int, askers: list[tuple[Priority, float]]
) -> None:
    simulation = Simulation(LimitSettings(requests_per_minute=per_minute, burst=burst))
    simulation.run(askers, 150)
    assert simulation.busiest_minute() <= per_minute


@pytest.mark.parametrize("per_minute", [60, 1000, 1200, 6000])
@pytest.mark.parametrize("processes", [1, 3])
def test_a_sweep_at_full_speed_uses_at_least_95_percent_of_the_allowance(
    per_minute: int, processes: int
) -> None:
    simulation = Simulation(LimitSettings(requests_per_minute=per_minute))
    simulation.run([(Priority.SWEEP, 0.0005)] * processes, 120)
    last_minute = sum(moment >= 60 for moment in simulation.sent)
    assert 0.95 * per_minute <= last_minute <= per_minute


def test_a_hundred_requests_a_second_write_the_budget_some_eleven_times() -> None:
    simulation = Simulation(LimitSettings(requests_per_minute=6000))
    simulation.run([(Priority.SWEEP, 0.0005)] * 3, 60)
    assert simulation.draws <= 60 * 12


def test_staff_wait_for_nothing_while_others_sweep_at_full_speed() -> None:
    simulation = Simulation(LimitSettings(requests_per_minute=6000))
    simulation.run([(Priority.SWEEP, 0.0005)] * 3, 30)
    waits = [grant(simulation.due, 30.0, Priority.STAFF, simulation.limits, count)[0] for count in (1, 20)]
    assert waits == [0.0, 0.0]


def test_what_is_not_spent_in_time_lapses_and_less_is_drawn_after_it() -> None:
    wallet = Wallet(most=8, keeps=0.1)
    for size in (1, 2, 4, 8, 8):
        assert wallet.wants(0.0) == size
        wallet.fill(size, 0.0)
        assert all(wallet.spend(0.0) for _ in range(size - 1))
    wallet.wants(0.0)
    wallet.fill(8, 0.0)
    assert [wallet.spend(0.05), wallet.spend(0.1)] == [True, False]
    assert wallet.wants(0.1) == 2


def test_one_who_asks_now_and_then_draws_one_at_a_time() -> None:
    wallet = Wallet(most=8, keeps=0.1)
    for second in range(5):
        assert wallet.wants(float(second)) == 1
        wallet.fill(1, float(second))


def test_staff_and_previews_draw_only_what_they_need() -> None:
    limits = LimitSettings(requests_per_minute=6000)
    assert [limits.most_drawn(priority) for priority in Priority] == [1, 1, 9, 9, 9]
