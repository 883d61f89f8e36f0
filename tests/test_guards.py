"""The tests' own guards: the network is closed, and emptied tables keep their protection."""

import socket

import pytest
from django.db import connection

from reconciler.audit import triggers


def test_a_test_cannot_reach_out_of_this_machine() -> None:
    with socket.socket() as plug, pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        plug.connect(("192.0.2.1", 80))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "after a test with real transactions"])
def test_the_audit_trail_is_protected_in_every_test(turn: str) -> None:
    assert triggers.missing(connection) == []
