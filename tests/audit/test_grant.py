"""Roles are given by command to existing users, and every change is on record."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reconciler.models import AuditEntry, Membership, VtexAccount
from tests import factories

pytestmark = pytest.mark.django_db


def grant(*arguments: str) -> str:
    out = StringIO()
    call_command("grant", *arguments, stdout=out)
    return out.getvalue()


def test_a_role_is_given_and_recorded_and_the_configured_store_made() -> None:
    factories.user("support")
    assert grant("support", "luxstore", "operator") == "support is now operator in luxstore.\n"
    assert VtexAccount.objects.get().name == "luxstore"
    assert Membership.objects.get().role == "operator"
    entry = AuditEntry.objects.get()
    assert (entry.chain, entry.action, entry.subject) == ("luxstore", "member.grant", "support")
    body = json.loads(entry.body)
    assert (body["before"], body["after"]) == ({"roles": []}, {"roles": ["operator"]})


def test_giving_a_role_twice_changes_and_records_nothing() -> None:
    factories.user("support")
    grant("support", "luxstore", "operator")
    assert "was already operator" in grant("support", "luxstore", "operator")
    assert AuditEntry.objects.count() == 1


def test_a_role_is_taken_away_and_recorded() -> None:
    factories.user("support")
    grant("support", "luxstore", "operator")
    assert "is no longer operator" in grant("support", "luxstore", "operator", "--revoke")
    assert not Membership.objects.exists()
    assert AuditEntry.objects.first().action == "member.revoke"  # type: ignore[union-attr]
    assert "was not operator" in grant("support", "luxstore", "operator", "--revoke")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody", "luxstore", "operator"), "no user nobody"),
        (("support", "unknown", "operator"), "unknown is no configured store"),
        (("support", "luxstore", "king"), "invalid choice"),
    ],
)
def test_what_does_not_exist_is_named(arguments: tuple[str, ...], said: str) -> None:
    factories.user("support")
    with pytest.raises(CommandError, match=said):
        grant(*arguments)
    assert not AuditEntry.objects.exists()
