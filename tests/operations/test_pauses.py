"""A worker that is stopped for longer than its lease, and goes on, does no harm: others did its work.

As on a host that is suspended: the process does not know that time has passed. Three workers, as in the proof
of kills.
"""

from __future__ import annotations

import os

import pytest

from tests.operations.crew import Crew

PAUSES = int(os.environ.get("PAUSES", "20" if os.environ.get("DEEP") else "1"))


def test_workers_that_go_on_after_their_lease_ran_out_change_nothing_that_others_did(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    with crew, crew.said(capsys, f"{PAUSES} pauses"):
        began = crew.pids()
        for number in range(PAUSES):
            crew.pause(number)
        assert crew.settles() == {}
        assert len(crew.taken_back) >= PAUSES
        assert crew.pids() == began, "none of them ended over it"
    crew.assert_sent_once()
