"""The sync page in a browser: drawn anew by itself when something changed, and readable in every state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from reconciler.models import (
    ListState,
    RequestBudget,
    RequestUse,
    StockBalance,
    VtexAccount,
    Worker,
    WorkUnit,
)
from reconciler.vtex.limits import Family, Priority
from tests import factories
from tests.actions.scene import Scene
from tests.e2e.conftest import OpenPage
from tests.e2e.test_everyone_can_read import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/s/luxstore/sync/"
LONG = 30_000
"""Milliseconds: the page looks every five seconds."""


def fill(store: VtexAccount) -> None:
    """A worker, an hour of requests of all kinds, pairs that could not be told, and work that fails."""
    now = timezone.now()
    Worker.objects.create(host="one.example.net", pid=7, lanes=4, started_at=now, heartbeat_at=now)
    for minute in range(60):
        at = now.replace(second=0, microsecond=0) - timedelta(minutes=minute)
        for priority, family in zip(Priority, Family, strict=False):
            RequestUse.objects.create(
                account=store, minute=at, priority=priority, family=family, sent=7 * minute + 1,
                refused=minute % 20 == 0, failed=minute % 30 == 0, waited_ms=900,
            )  # fmt: skip
    for number in range(7):
        factories.held(factories.reservation(store), 1, "0123")
        WorkUnit.objects.create(
            account=store, kind="order", key=f"v{number}lux-01", priority=2, attempts=number,
            run_after=now + timedelta(minutes=3), error="Timeout: no complete answer within 15 seconds",
        )  # fmt: skip
    StockBalance.objects.update(list_state=ListState.TOO_MANY)


def pause(store: VtexAccount) -> None:
    RequestBudget.objects.update_or_create(
        account=store, family="host:logistics",
        defaults={"paused_until": timezone.now() + timedelta(minutes=4)},
    )  # fmt: skip


def test_a_change_is_drawn_and_said_by_itself_and_what_was_open_stays_open(
    open_page: OpenPage, scene: Scene, merchant: User
) -> None:
    fill(scene.store)
    page = open_page(URL, merchant)
    page.get_by_text("As a table").click()
    table = page.get_by_role("region", name="Requests by minute")
    expect(table).to_be_visible()
    with page.expect_response(lambda answer: answer.status == 204, timeout=LONG):
        pass
    pause(scene.store)
    expect(page.get_by_role("heading", name="VTEX pauses us")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("status").filter(has_text="VTEX pauses us")).to_have_count(1)
    expect(table).to_be_visible()


def test_without_a_script_it_says_the_same_and_can_be_asked_again(
    open_page: OpenPage, scene: Scene, merchant: User
) -> None:
    fill(scene.store)
    page = open_page(URL, merchant, script=False)
    pause(scene.store)
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("heading", name="VTEX pauses us")).to_be_visible()


def test_axe_finds_nothing_in_any_state(open_page: OpenPage, scene: Scene, merchant: User) -> None:
    page = open_page(URL, merchant)
    found = faults(page)
    fill(scene.store)
    pause(scene.store)
    page.goto(URL)
    page.get_by_text("As a table").click()
    found += faults(page)
    assert found == []
