"""Logins, failures and logouts stand in the installation's trail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from reconciler.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-enough-password-of-tests"


@pytest.fixture(autouse=True)
def no_failures_before() -> None:
    cache.clear()


@pytest.fixture
def support(db: None) -> User:
    return User.objects.create_user("support", password=PASSWORD)


def log_in(client: Client, username: str = "support", password: str = PASSWORD) -> Any:
    return client.post("/accounts/login/", {"login": username, "password": password})


def format_totp(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def trail() -> list[tuple[str, str, str]]:
    entries = AuditEntry.objects.filter(chain="-").order_by("sequence")
    return [(entry.action, entry.subject, entry.outcome) for entry in entries]


def test_a_login_and_a_logout_are_entries_with_address_and_request(support: User) -> None:
    client = Client()
    assert log_in(client).status_code == 302
    client.post("/accounts/logout/")
    assert trail() == [("user.login", "support", "verified"), ("user.logout", "support", "verified")]
    body = json.loads(AuditEntry.objects.get(action="user.login").body)
    assert (body["actor"], body["ip"], body["user_id"]) == ("support", "127.0.0.1", support.pk)
    assert len(body["request_id"]) == 32


def test_a_wrong_password_is_an_entry_that_names_the_known_user(support: User) -> None:
    assert log_in(Client(), password="wrong").status_code == 200
    assert trail() == [("user.login_failed", "support", "refused")]
    assert "wrong" not in AuditEntry.objects.get().body


def test_a_name_nobody_bears_is_not_kept_as_it_may_be_a_password(support: User) -> None:
    log_in(Client(), username="hunter2-typed-into-the-wrong-field")
    assert trail() == [("user.login_failed", "", "refused")]
    assert "hunter2" not in AuditEntry.objects.get().body


def test_failures_of_one_minute_and_address_are_folded(
    support: User, time_machine: Any, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    time_machine.move_to("2026-11-22T10:00:30Z", tick=False)
    for _ in range(25):
        log_in(Client(), password="wrong")
    bodies = [json.loads(entry.body)["after"] for entry in AuditEntry.objects.order_by("sequence")]
    assert [body["failures_this_minute"] for body in bodies] == [1, 10]
    time_machine.move_to("2026-11-22T10:01:01Z", tick=False)
    log_in(Client(), password="wrong")
    assert AuditEntry.objects.count() == 3


def test_failures_from_another_address_are_an_entry_of_their_own(support: User) -> None:
    log_in(Client(), password="wrong")
    log_in(Client(REMOTE_ADDR="192.0.2.9"), password="wrong")
    addresses = [json.loads(entry.body)["ip"] for entry in AuditEntry.objects.order_by("sequence")]
    assert addresses == ["127.0.0.1", "192.0.2.9"]


def test_a_login_with_a_second_factor_counts_only_when_the_code_fits(support: User) -> None:
    TOTP.activate(support, generate_totp_secret())
    codes = RecoveryCodes.activate(support)
    client = Client()
    log_in(client)
    assert trail() == []
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert trail() == [("user.login_failed", "support", "refused")]
    client.post("/accounts/2fa/authenticate/", {"code": codes.get_unused_codes()[0]})
    assert trail()[-1] == ("user.login", "support", "verified")


def test_a_changed_password_is_an_entry_without_the_password(support: User) -> None:
    client = Client()
    log_in(client)
    new = PASSWORD[::-1]
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert ("user.password_changed", "support", "verified") in trail()
    assert new not in "".join(AuditEntry.objects.values_list("body", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_second_factor_switched_on_and_off_is_an_entry_each(support: User) -> None:
    client = Client()
    log_in(client)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    code = format_totp(page.context["form"].secret)
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    client.post("/accounts/2fa/totp/deactivate/")
    changes = [
        json.loads(entry.body)["after"]["change"]
        for entry in AuditEntry.objects.filter(action="user.second_factor").order_by("sequence")
    ]
    assert changes == ["totp_activated", "totp_deactivated"]


def test_a_logout_of_nobody_is_no_entry() -> None:
    Client().post("/accounts/logout/")
    assert trail() == []
