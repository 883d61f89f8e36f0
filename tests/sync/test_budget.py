"""One budget for all processes of an account, pauses and breakers that all of them see."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from reconciler.models import RequestBudget, VtexAccount
from reconciler.sync import budget
from reconciler.sync.budget import DatabaseBudget, DatabaseGates
from reconciler.vtex import errors
from reconciler.vtex.limits import Family, LimitSettings, PoliteLimiter, Priority
from tests.sync import processes

LIMITS = LimitSettings(requests_per_minute=1039, burst=40, keeps=0.0)

MAKE = """
import django
django.setup()
from django.core.management import call_command
from reconciler.models import VtexAccount
call_command("migrate", verbosity=0)
VtexAccount.objects.create(name="luxstore")
"""
TAKE = """
import django
django.setup()
from reconciler.models import VtexAccount
from reconciler.sync.budget import DatabaseBudget
from reconciler.vtex.limits import LimitSettings, Priority
budget = DatabaseBudget(
    VtexAccount.objects.get(), LimitSettings(requests_per_minute=1039, burst=40), clock=lambda: 1e9
)
taken = 0
while budget.take(Priority.STAFF) == 0.0:
    taken += 1
print(taken)
"""


@pytest.fixture
def account(db: None) -> VtexAccount:
    return VtexAccount.objects.create(name="luxstore")


def taken(account: VtexAccount, priority: Priority, at: float = 1e9) -> int:
    shared = DatabaseBudget(account, LIMITS, clock=lambda: at)
    count = 0
    while shared.take(priority) == 0.0:
        count += 1
    return count


def test_a_sweep_leaves_a_reserve_for_staff(account: VtexAccount) -> None:
    assert taken(account, Priority.SWEEP) == 16
    assert taken(account, Priority.BACKFILL) == 4
    assert taken(account, Priority.STAFF) == 20


def test_a_spent_budget_fills_again_with_time(account: VtexAccount) -> None:
    assert taken(account, Priority.STAFF) == 40
    assert taken(account, Priority.STAFF, at=1e9 + 5.5 * LIMITS.interval) == 5


def test_two_stores_have_a_budget_each(account: VtexAccount) -> None:
    other = VtexAccount.objects.create(name="other")
    assert taken(account, Priority.STAFF) == taken(other, Priority.STAFF) == 40


def test_two_objects_share_one_budget_turn_by_turn(account: VtexAccount) -> None:
    shared = [DatabaseBudget(account, LIMITS, clock=lambda: 1e9) for _ in range(2)]
    granted = sum(each.take(Priority.STAFF) == 0.0 for _ in range(40) for each in shared)
    assert granted == 40


def test_several_processes_together_take_no_more_than_the_budget(tmp_path: Path) -> None:
    variables = processes.environment(tmp_path)
    processes.python(variables, MAKE)
    runs = [processes.start(variables, "-c", TAKE) for _ in range(4)]
    counts = [int(run.communicate()[0]) for run in runs]
    assert sum(counts) == 40


def test_a_pause_is_seen_by_other_processes_and_is_never_shortened(account: VtexAccount) -> None:
    first, second = DatabaseGates(account), DatabaseGates(account)
    first.close("host:orders", 2e9)
    first.close("host:orders", 1e9)
    assert second.closed_until("host:orders") == 2e9
    assert second.closed_until("host:logistics") == 0.0
    assert RequestBudget.objects.get(family="host:orders").paused_until is not None


def test_failures_in_a_row_are_counted_together(account: VtexAccount) -> None:
    first, second = DatabaseGates(account), DatabaseGates(account)
    assert [first.count_failure("family:sku"), second.count_failure("family:sku")] == [1, 2]
    second.forget_failures("family:sku")
    assert first.count_failure("family:sku") == 1


def test_every_name_of_the_limiter_fits_its_column(account: VtexAccount) -> None:
    longest = RequestBudget._meta.get_field("family").max_length
    assert longest is not None
    assert max(len(budget._family(f"family:{family}")) for family in Family) <= longest


def test_a_429_pauses_at_least_a_minute_and_at_most_a_quarter_of_an_hour(account: VtexAccount) -> None:
    for after, least, most in [(5.0, 59, 61), (9999.0, 899, 901)]:
        RequestBudget.objects.all().delete()
        limiter = PoliteLimiter(LimitSettings(), gates=DatabaseGates(account))
        limiter.report(Family.ORDER, errors.RateLimited("slow down", retry_after=after))
        until = RequestBudget.objects.get(family="host:orders").paused_until
        assert until is not None
        assert least <= (until - timezone.now()).total_seconds() <= most
        with pytest.raises(errors.NotSent):
            PoliteLimiter(LimitSettings(), gates=DatabaseGates(account)).acquire(
                Priority.STAFF, Family.ORDER_LIST
            )
