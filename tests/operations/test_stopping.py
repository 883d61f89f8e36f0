"""A web process that is told to stop answers what it has in hand."""

from __future__ import annotations

import signal
import threading

import pytest
import requests

from reconciler.sandbox.server import SandboxServer
from tests.operations.site import site

pytestmark = pytest.mark.postgresql


def test_a_request_in_hand_is_answered_before_the_process_ends(
    variables: dict[str, str], sandbox: SandboxServer
) -> None:
    lock = next(entry["lock_id"] for entry in sandbox.control.truth() if entry["lock_id"])
    sandbox.control.fault("^GET ", kind="slow", seconds=4.0)
    answers: list[requests.Response] = []
    with site(variables) as running:
        path = f"/s/luxstore/reservations/{lock}/cancel/"
        visit = threading.Thread(target=lambda: answers.append(running.get(path)))
        visit.start()
        visit.join(1.5)
        assert visit.is_alive(), "the request is in hand"
        running.process.send_signal(signal.SIGTERM)
        visit.join(30)
        assert running.process.wait(30) == 0
    assert [answer.status_code for answer in answers] == [200]
