"""People are added on the server, and that is on record."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from reconciler.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-password-of-tests"


@pytest.fixture
def type_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(f"{PASSWORD}\n"))


def test_a_person_is_added_and_recorded_without_the_password(type_in: None) -> None:
    call_command("add_user", "support", stdout=StringIO())
    user = User.objects.get(username="support")
    assert user.check_password(PASSWORD)
    assert not user.is_superuser
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.subject) == ("-", "user.created", "support")
    assert PASSWORD not in entry.body


def test_a_name_that_is_taken_or_a_weak_password_changes_nothing(
    type_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    User.objects.create_user("support")
    with pytest.raises(CommandError, match="already exists"):
        call_command("add_user", "support")
    monkeypatch.setattr("sys.stdin", StringIO("short\n"))
    with pytest.raises(CommandError, match="too short"):
        call_command("add_user", "auditor")
    assert User.objects.count() == 1
    assert not AuditEntry.objects.exists()
