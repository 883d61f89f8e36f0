"""One budget among real processes on real databases: what they get, and how long staff wait meanwhile."""

from __future__ import annotations

import json
import os
import time
from typing import Any

import pytest

from reconciler.vtex.limits import LimitSettings
from tests.sync import processes

LEAST_USED, LONGEST_STAFF_WAIT = (0.95, 0.1) if os.environ.get("DEEP") else (0.6, 1.0)
"""What is proven by `make deep`; beside other tests on the same processors only that nothing is stuck."""
LIMITS = LimitSettings(requests_per_minute=6000)
SECONDS = 4.0
STAFF_CALLS = 20

MAKE = """
import django
django.setup()
from django.core.management import call_command
from reconciler.models import VtexAccount
call_command("migrate", verbosity=0)
VtexAccount.objects.create(name="luxstore")
"""
SWEEP = """
import json, sys, time
import django
django.setup()
from django.db import connection
from reconciler.models import VtexAccount
from reconciler.sync.budget import DatabaseBudget
from reconciler.vtex.limits import LimitSettings, Priority
budget = DatabaseBudget(VtexAccount.objects.get(), LimitSettings(requests_per_minute=6000))
print("ready", flush=True)
until = float(sys.stdin.readline())
granted, writes = [], 0
def count(execute, sql, *rest):
    global writes
    writes += sql.startswith("UPDATE")
    return execute(sql, *rest)
with connection.execute_wrapper(count):
    while time.time() < until:
        wait = budget.take(Priority.SWEEP)
        granted.append(time.time()) if wait <= 0 else time.sleep(wait)
print(json.dumps({"granted": granted, "writes": writes}))
"""
STAFF = """
import json, sys, time
import django
django.setup()
from reconciler.models import VtexAccount
from reconciler.sync.budget import DatabaseBudget
from reconciler.vtex.limits import LimitSettings, Priority
budget = DatabaseBudget(VtexAccount.objects.get(), LimitSettings(requests_per_minute=6000))
print("ready", flush=True)
until, calls = float(sys.stdin.readline()), int(sys.argv[1])
granted, waits = [], []
for left in range(calls, 0, -1):
    time.sleep(max(0.0, (until - time.time()) / (left + 1)))
    asked = time.time()
    while (wait := budget.take(Priority.STAFF)) > 0:
        time.sleep(wait)
    granted.append(time.time())
    waits.append(granted[-1] - asked)
print(json.dumps({"granted": granted, "waits": waits}))
"""


def at_full_speed(variables: dict[str, str], sweepers: int, staff_calls: int) -> list[dict[str, Any]]:
    """What each process was granted; the one of staff comes last."""
    processes.python(variables, MAKE)
    codes = [("-c", SWEEP)] * sweepers + [("-c", STAFF, str(staff_calls))]
    runs = [processes.start(variables, *code, asking=True) for code in codes]
    for run in runs:
        assert run.stdout is not None
        assert run.stdout.readline() == "ready\n"
    until = time.time() + SECONDS
    for run in runs:
        assert run.stdin is not None
        run.stdin.write(f"{until}\n")
        run.stdin.flush()
    return [json.loads(run.communicate()[0]) for run in runs]


@pytest.mark.parametrize("sweepers", [1, 3])
def test_processes_use_the_allowance_up_and_keep_it_while_staff_wait_for_nothing(
    variables: dict[str, str], sweepers: int
) -> None:
    told = at_full_speed(variables, sweepers, STAFF_CALLS)
    moments = sorted(moment for each in told for moment in each["granted"])
    spread = moments[-1] - moments[0]
    most = LIMITS.at_once + (spread + LIMITS.keeps) / LIMITS.interval
    assert LEAST_USED * spread * LIMITS.requests_per_minute / 60 <= len(moments) <= most
    waits = sorted(told[-1]["waits"])
    assert waits[int(0.95 * STAFF_CALLS) - 1] < LONGEST_STAFF_WAIT
    writes = sum(each["writes"] for each in told[:-1])
    assert writes < len(moments) / 2, "updates that lost the race to another process included"
