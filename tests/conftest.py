"""What all tests share."""

from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import TransactionTestCase

from reconciler.audit import triggers


@pytest.fixture(scope="session", autouse=True)
def audit_trail_can_be_emptied_between_tests() -> Iterator[None]:
    """Tests with real transactions empty every table afterwards, which the audit triggers refuse.

    Only that moment goes without them; during the test itself they stand.
    """
    empty_tables = TransactionTestCase._fixture_teardown

    def empty_audit_too(case: TransactionTestCase) -> None:
        used = [connections[alias] for alias in case._databases_names(include_mirrors=False)]
        for connection in used:
            triggers.drop(connection)
        empty_tables(case)
        for connection in used:
            triggers.create(connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_audit_too)
        yield
