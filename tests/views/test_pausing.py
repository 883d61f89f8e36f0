"""The button that stops everything never lets anything go on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
PAUSE = "/s/luxstore/sync/pause/"
REASON = "the ERP is going wild"


def is_paused() -> bool:
    return factories.account().actions_paused_at is not None


def test_two_people_who_press_pause_at_once_leave_the_store_paused(merchant: User, signed_in: SignIn) -> None:
    """The second form was drawn while actions were on."""
    browser = signed_in(merchant)
    assert 'name="change" value="pause"' in browser.get(PAUSE).content.decode()
    for _ in range(2):
        assert browser.post(PAUSE, {"reason": REASON, "change": "pause"}).status_code == 303
        assert is_paused()
    assert AuditEntry.objects.filter(action__startswith="store.").count() == 1


def test_a_form_that_does_not_say_what_it_wants_never_resumes(merchant: User, signed_in: SignIn) -> None:
    browser = signed_in(merchant)
    for _ in range(2):
        browser.post(PAUSE, {"reason": REASON})
        assert is_paused()


def test_resuming_is_asked_for_by_name(merchant: User, signed_in: SignIn) -> None:
    browser = signed_in(merchant)
    browser.post(PAUSE, {"reason": REASON, "change": "pause"})
    assert 'name="change" value="resume"' in browser.get(PAUSE).content.decode()
    assert browser.post(PAUSE, {"reason": "all is well", "change": "resume"}).status_code == 303
    assert not is_paused()


def test_a_reason_that_looks_personal_is_complained_about_once(merchant: User, signed_in: SignIn) -> None:
    answer = signed_in(merchant).post(PAUSE, {"reason": "ask jo@example.com", "change": "pause"})
    assert answer.status_code == 422
    assert answer.content.decode().count("looks like personal data") == 1
    assert not is_paused()
