"""Who used how much of the budget: counted for every request, written for hardly any."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reconciler.handlers import TICKS
from reconciler.models import RequestUse, VtexAccount
from reconciler.sync import usage
from reconciler.sync.connection import client_for, crew_for
from reconciler.sync.usage import Counter, MeteredLimiter, Use, counter
from reconciler.vtex import errors
from reconciler.vtex.limits import Family, LimitSettings, LocalBudget, LocalGates, Priority
from reconciler.work import ticks
from tests import factories
from tests.clock import Clock
from tests.sync import processes

COUNT = """
import sys
import django
django.setup()
from reconciler.models import VtexAccount
from reconciler.sync.usage import Counter, Use
from reconciler.vtex.limits import Family, Priority
account, counter = VtexAccount.objects.get().pk, Counter(clock=lambda: 1_800_000_000.0)
print("ready", flush=True)
sys.stdin.readline()
for turn in range(60):
    for family in (Family.ORDER, Family.INVENTORY, Family.ORDER_LIST):
        counter.count(account, Priority.SWEEP, family, Use(sent=1, waited=0.25))
    counter.flush()
"""
TOLD = """
import django
django.setup()
from reconciler.handlers import TICKS
from reconciler.models import RequestUse
print(sorted(RequestUse.objects.values_list("family", "sent", "waited_ms")))
"""
MAKE = """
import django
django.setup()
from django.core.management import call_command
from reconciler.models import VtexAccount
call_command("migrate", verbosity=0)
VtexAccount.objects.create(name="luxstore")
"""


def used() -> dict[tuple[str, str], int]:
    counter.flush()
    rows = RequestUse.objects.values_list("priority", "family", "sent")
    return {(Priority(priority).name, family): sent for priority, family, sent in rows}


def test_each_request_counts_for_who_sent_it_and_what_for(store: VtexAccount) -> None:
    with client_for(store, Priority.STAFF) as client:
        client.list_warehouses()
        client.list_warehouses()
    with client_for(store, Priority.SWEEP) as client:
        client.list_sku_ids(1, 10)
    assert used() == {("STAFF", "warehouse"): 2, ("SWEEP", "sku"): 1}


def test_what_readers_ask_at_the_same_time_is_counted(store: VtexAccount) -> None:
    crew = crew_for(store, Priority.BACKFILL)
    reads = list(crew.read(lambda client, _: client.list_warehouses(), range(20)))
    crew.close()
    assert len(reads) == 20
    assert used() == {("BACKFILL", "warehouse"): 20}


def test_a_request_that_vtex_refused_or_left_unanswered_is_told_apart(db: None) -> None:
    settings = LimitSettings(pause_least=0.0)
    budget = LocalBudget(settings, time.time)
    limiter = MeteredLimiter(factories.account(), settings, budget=budget, gates=LocalGates())
    for error in (None, errors.RateLimited("slow down"), errors.Timeout("late"), errors.NotFound("none")):
        limiter.ask(Priority.FEED, Family.ORDER)
        limiter.report(Family.ORDER, error)
    counter.flush()
    row = RequestUse.objects.get()
    assert (row.sent, row.refused, row.failed) == (4, 1, 1)


def test_what_waits_for_the_budget_says_how_long(db: None, clock: Clock) -> None:
    began = clock.now
    settings = LimitSettings(requests_per_minute=60)
    limiter = MeteredLimiter(
        factories.account(), settings, budget=LocalBudget(settings, clock), gates=LocalGates(),
        clock=clock, sleep=clock.sleep,
    )  # fmt: skip
    for _ in range(4):
        limiter.acquire(Priority.SWEEP, Family.SKU)
    counter.flush()
    row = RequestUse.objects.get()
    assert row.sent == 4
    assert 1000 < row.waited_ms <= round(1000 * (clock.now - began))


def test_hundreds_of_requests_are_one_statement(db: None, clock: Clock) -> None:
    store, mine = factories.account(), Counter(clock)
    with CaptureQueriesContext(connection) as seen:
        for number in range(300):
            clock.now += 0.03
            family = list(Family)[number % 12]
            mine.count(store.pk, Priority.SWEEP, family, Use(sent=1))
        assert seen.captured_queries == []
        clock.now += 2
        mine.count(store.pk, Priority.SWEEP, Family.SKU, Use(sent=1))
    statements = [query["sql"] for query in seen.captured_queries if "request" in query["sql"].lower()]
    assert len(statements) == 1
    assert sum(RequestUse.objects.values_list("sent", flat=True)) == 301


def test_what_the_database_did_not_take_is_written_later(db: None, clock: Clock) -> None:
    store, mine = factories.account(), Counter(clock)

    def refuse(*call: Any) -> None:
        raise OperationalError("away")

    with connection.execute_wrapper(refuse):
        mine.count(store.pk, Priority.STAFF, Family.ORDER, Use(sent=1))
        mine.flush()
    assert not RequestUse.objects.exists()
    mine.count(store.pk, Priority.STAFF, Family.ORDER, Use(sent=1))
    mine.flush()
    assert RequestUse.objects.get().sent == 2


def test_a_minute_ends_at_the_full_minute(db: None, clock: Clock) -> None:
    store, mine = factories.account(), Counter(clock)
    for _ in range(3):
        mine.count(store.pk, Priority.STAFF, Family.ORDER, Use(sent=1))
        clock.now += 45
    mine.flush()
    assert list(RequestUse.objects.order_by("minute").values_list("sent", flat=True)) == [2, 1]


def test_two_processes_add_to_the_same_minute_without_losing_any(variables: dict[str, str]) -> None:
    processes.python(variables, MAKE)
    runs = [processes.start(variables, "-c", COUNT, asking=True) for _ in range(2)]
    for run in runs:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("go\n")
        run.stdin.flush()
    for run in runs:
        run.communicate(timeout=60)
        assert run.returncode == 0
    told = processes.python(variables, TOLD)
    families = ("inventory", "order", "order-list")
    assert told.strip() == str([(family, 120, 30_000) for family in families])


def test_a_week_is_kept(db: None) -> None:
    store, other, now = factories.account(), factories.account("second"), timezone.now()
    for of in (store, other):
        for days in (1, 6.9, 7.1, 30):
            RequestUse.objects.create(
                account=of, minute=now - timedelta(days=days), priority=4, family="sku", sent=1
            )
    usage.prune(store)
    assert RequestUse.objects.filter(account=store).count() == 2
    assert RequestUse.objects.filter(account=other).count() == 4


def test_the_schedule_sees_to_it(db: None) -> None:
    store = factories.account()
    old = timezone.now() - usage.KEEP - timedelta(minutes=5)
    RequestUse.objects.create(account=store, minute=old, priority=4, family="sku", sent=1)
    ticks.fire(TICKS, [store], timezone.now())
    assert not RequestUse.objects.exists()
