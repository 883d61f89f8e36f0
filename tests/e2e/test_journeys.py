"""What people come for, from the first click to the proof, in a real browser against a sandbox."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page, expect

from reconciler.models import AuditEntry, State
from tests.actions.scene import Scene
from tests.e2e.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CANCELED = {"state": "confirmed", "order_status": "canceled"}
READY = {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1}


def figures(page: Page) -> list[str]:
    """Total, reserved and available as the preview shows them: `57`, or `4 → 1`."""
    cells = page.locator(".stock > span:not(.head):not(.item):not(.rule)").all_inner_texts()
    return [" ".join(cell.split()) for cell in cells]


def stuck_cancel(page: Page, order_id: str) -> None:
    """From the list to a verified cancel, as a merchant goes."""
    page.get_by_role("link", name="Stuck", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 reservations")
    page.get_by_role("link", name=order_id, exact=True).click()
    expect(page.get_by_text("Order canceled").first).to_be_visible()
    page.get_by_role("link", name=re.compile("^Cancel reservation")).click()
    assert figures(page) == ["5", "3 → 1", "2 → 4"]
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Reason").fill("The customer canceled, the goods lie here")
    page.get_by_label("Ticket").fill("T-4711")
    page.get_by_role("button", name="Cancel reservation").click()
    expect(page.get_by_role("status")).to_contain_text("Verified")
    assert figures(page) == ["5", "3 → 1", "2 → 4"]


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_merchant_finds_previews_cancels_and_sees_it_verified(
    script: bool, open_page: OpenPage, scene: Scene, merchant: User
) -> None:
    scene.build(5, {**CANCELED, "quantity": 2}, {**CANCELED, "quantity": 1})
    merchant.set_password("a-long-password-7")
    merchant.save()
    page = open_page("/", script=script)
    page.get_by_label("Username").fill("merchant")
    page.get_by_label("Password").fill("a-long-password-7")
    page.get_by_role("button", name="Sign in").click()
    stuck_cancel(page, scene.order_ids[0])
    page.get_by_role("link", name="Stuck", exact=True).click()
    expect(page.get_by_role("link", name=scene.order_ids[1], exact=True)).to_be_visible()
    expect(page.get_by_role("link", name=scene.order_ids[0], exact=True)).to_have_count(0)
    assert [write["endpoint"] for write in scene.writes()] == ["cancel_reservation"]
    assert (scene.shelf()["total"], scene.shelf()["reserved"], scene.shelf()["available"]) == (5, 1, 4)


def test_support_finds_an_order_by_its_id_and_starts_handling(open_page: OpenPage, scene: Scene) -> None:
    scene.build(5, READY)
    page = open_page("/", scene.person)
    page.keyboard.press("/")
    page.keyboard.type(scene.order_ids[0])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/orders/{scene.order_ids[0]}/$"))
    page.get_by_role("link", name=re.compile("^Start handling")).click()
    page.get_by_role("checkbox").check()
    page.get_by_label("Reason").fill("The ERP never took it up")
    page.get_by_role("button", name="Start handling").click()
    expect(page.get_by_role("status")).to_contain_text("Verified")
    page.get_by_role("link", name=scene.order_ids[0]).first.click()
    expect(page.locator("h1").locator("..").get_by_text("handling", exact=True)).to_be_visible()
    assert [write["endpoint"] for write in scene.writes()] == ["start_handling"]


def test_a_count_releases_exactly_what_the_preview_said(open_page: OpenPage, scene: Scene) -> None:
    acknowledged = {"state": "acknowledged", "order_status": "handling", "quantity": 2, "to_ship": 2}
    scene.build(10, acknowledged, READY, READY)
    page = open_page(f"/s/luxstore/stock/{scene.sku}/{scene.warehouse}/", scene.person)
    page.get_by_role("link", name=re.compile("^(Enter a count|Count…)")).first.click()
    now = timezone.localtime(timezone=ZoneInfo(scene.store.time_zone))
    page.get_by_label("Units on the shelf").fill("10")
    page.get_by_label("Counted at").fill(now.strftime("%Y-%m-%dT%H:%M:%S"))
    page.get_by_label(scene.ids[0]).fill("2")
    page.get_by_role("button", name="Show what happens").click()
    released = page.locator("tr", has=page.get_by_text("released", exact=True)).locator("td:first-child")
    assert released.all_inner_texts() == [scene.ids[0]]
    shown = figures(page)
    assert shown == ["10 → 8", "4 → 2", "6"]
    page.get_by_label("Reason").fill("Counted this morning")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Send the count").click()
    expect(page.get_by_role("status")).to_contain_text("Verified")
    shelf = scene.shelf()
    assert [after.split()[-1] for after in shown] == [
        str(shelf["total"]), str(shelf["reserved"]), str(shelf["available"]),
    ]  # fmt: skip
    assert shelf["available"] == shelf["sellable"]


def test_an_auditor_filters_exports_and_verifies(open_page: OpenPage, scene: Scene, auditor: User) -> None:
    scene.build(5, {**CANCELED, "quantity": 2}, {**CANCELED, "quantity": 1})
    done = scene.cancel(ticket="T-4711")
    scene.ids.reverse()
    scene.cancel(ticket="T-4712")
    page = open_page("/s/luxstore/audit/", auditor)
    page.get_by_role("textbox", name="Ticket").fill("T-4711")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("#entries tbody tr")).to_have_count(2)
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV of these").click()
    with Path(saved.value.path()).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with page.expect_download() as saved:
        page.get_by_role("link", name="JSON Lines of these").click()
    lines = [json.loads(line) for line in Path(saved.value.path()).read_text("utf-8").splitlines()]
    wanted = [("requested", done.pk, done.subject), ("verified", done.pk, done.subject)]
    assert [(line["outcome"], line["attempt_id"], line["subject"]) for line in lines] == wanted
    assert [(row["outcome"], int(row["attempt_id"]), row["subject"]) for row in rows] == wanted
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text(re.compile("The chain holds"))).to_be_visible()
    assert AuditEntry.objects.filter(chain="luxstore", action="audit.export").count() == 2


def test_an_attempt_is_followed_until_vtex_is_seen_to_have_done_it(
    open_page: OpenPage, scene: Scene, merchant: User
) -> None:
    scene.sandbox.control.settings(transition_seconds=60)
    scene.build(5, READY)
    attempt = scene.start_handling()
    assert attempt.state == State.VERIFYING, attempt.note
    page = open_page(f"/s/luxstore/attempts/{attempt.pk}/", merchant)
    expect(page.get_by_role("status")).not_to_contain_text("Verified")
    focused = page.get_by_role("link", name="Attempts").first
    focused.focus()
    scene.sandbox.control.advance(minutes=2)
    expect(page.get_by_role("status")).to_contain_text("Verified")
    expect(focused).to_be_focused()
    assert page.locator("[hx-trigger]").count() == 0


def test_a_filter_swaps_the_list_keeps_the_focus_and_back_restores_the_page(
    open_page: OpenPage, scene: Scene
) -> None:
    scene.build(5, {**CANCELED, "quantity": 2}, {"state": "confirmed", "order_status": "invoiced"})
    page = open_page("/s/luxstore/stuck/", scene.person)
    page.evaluate("window.untouched = true")
    page.get_by_role("link", name=re.compile("^Order canceled")).click()
    expect(page).to_have_url(re.compile("cause=order_canceled"))
    expect(page.get_by_role("link", name=scene.order_ids[1], exact=True)).to_have_count(0)
    search = page.locator(".filters input[name=q]")
    search.fill("nothing like it")
    search.press("Enter")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    assert page.evaluate("window.untouched")
    expect(page.locator(".filters input[name=q]")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("link", name=scene.order_ids[0], exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name=scene.order_ids[1], exact=True)).to_be_visible()
    expect(page.get_by_role("navigation", name="Sections")).to_be_visible()
    expect(page.locator("header.top")).to_have_count(1)
