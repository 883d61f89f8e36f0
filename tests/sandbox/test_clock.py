"""The sandbox's own time, and what happens when it moves."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from reconciler.sandbox import SandboxServer

from .conftest import NOON, Caller

PATH = "/api/logistics/pvt/inventory/skus/1001"


def test_the_date_header_tells_the_sandbox_s_time(vtex: Caller) -> None:
    assert parsedate_to_datetime(vtex("GET", PATH).headers["date"]) == datetime.fromisoformat(NOON)
    vtex.control.advance(hours=37)
    assert vtex("GET", PATH).headers["date"] == "Wed, 04 Mar 2026 01:00:00 GMT"


def test_one_long_step_and_many_short_ones_lead_to_the_same_state() -> None:
    states = []
    for steps in (1, 40):
        with SandboxServer("good", 3, NOON) as sandbox:
            for _ in range(steps):
                sandbox.control.advance(hours=240 / steps)
            states.append((sandbox.control.truth(), sandbox.control.shelf()))
    assert states[0] == states[1]
    assert states[0][0]


def test_a_frozen_clock_may_tick_with_every_request(vtex: Caller) -> None:
    vtex.control.clock(tick_per_request=2)
    (made,) = vtex.situation({"order_status": "ready-for-handling", "to_ship": 1})
    vtex.start_handling(made["order_id"])
    statuses = [vtex.order(made["order_id"])["status"] for _ in range(3)]
    assert statuses == ["start-handling", "handling", "handling"]


def test_a_running_clock_may_be_ahead_of_real_time_and_be_frozen() -> None:
    with SandboxServer("empty", 1, 86400.0) as sandbox:
        ahead = datetime.fromisoformat(str(sandbox.control.clock()["now"])) - datetime.now(UTC)
        assert 86390 < ahead.total_seconds() < 86410
        frozen = sandbox.control.clock(freeze=True)["now"]
        assert sandbox.control.clock()["now"] == frozen
        assert sandbox.control.clock(set="2030-01-01T00:00:00Z")["now"].startswith("2030-01-01T00:00:00")
        assert sandbox.control.clock(freeze=False)["frozen"] is False
