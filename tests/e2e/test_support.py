"""A ticket on one screen, the product on the other: from a pasted id to the text in the ticket."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reconciler.models import AuditEntry
from tests.actions.scene import Scene
from tests.e2e.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SKIPPED = {"state": "confirmed", "order_status": "invoiced", "age_hours": 72}
MOST_CLICKS = 3


class Clicks:
    """Counts what a person does with the mouse."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, page: Page, name: str, role: str = "button") -> None:
        page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]
        self.count += 1


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize(
    "pasted",
    ["{}", ' "#{}/" ', "https://luxstore.myvtex.com/admin/checkout/#/orders/{}?orderBy=creationDate,desc"],
)
def test_from_a_pasted_order_to_the_copied_text_in_three_clicks(
    pasted: str, open_page: OpenPage, scene: Scene
) -> None:
    scene.build(5, SKIPPED)
    page, clicks = open_page("/s/luxstore/", scene.person), Clicks()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    clicks.on(page, "Search this store", "searchbox")
    page.keyboard.insert_text(pasted.format(scene.order_ids[0]))
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.partition('/s/')[0]}/s/luxstore/orders/{scene.order_ids[0]}/")
    clicks.on(page, "Ticket pack", "link")
    clicks.on(page, "Copy text")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert clicks.count <= MOST_CLICKS
    said = clipboard(page)
    assert said == page.get_by_label("Text for the ticket").input_value().strip()
    for part in (scene.order_ids[0], scene.lock, "Handling skipped", "TIMELINE", "UTC)"):
        assert part in said
    assert [entry.actor for entry in AuditEntry.objects.filter(action="ticket.export")] == ["support"]


def test_without_javascript_the_text_and_the_file_are_there_too(
    open_page: OpenPage, scene: Scene, tmp_path: Path
) -> None:
    scene.build(5, SKIPPED)
    page = open_page("/s/luxstore/", scene.person, script=False)
    page.get_by_role("searchbox").fill(scene.lock)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Ticket pack", exact=True).click()
    expect(page.get_by_label("Text for the ticket")).to_contain_text(scene.lock)
    expect(page.get_by_role("button", name="Copy text")).to_be_hidden()
    with page.expect_download() as saved:
        page.get_by_role("link", name="JSON file").click()
    saved.value.save_as(tmp_path / "pack.json")
    held = json.loads((tmp_path / "pack.json").read_text("utf-8"))
    assert held["subject"] == {"kind": "reservation", "id": scene.lock}
    assert saved.value.suggested_filename.startswith("ticket-luxstore-reservation-")


def test_what_is_not_mirrored_is_looked_up_from_the_search(open_page: OpenPage, scene: Scene) -> None:
    scene.build(5, SKIPPED, mirror=False)
    page = open_page("/s/luxstore/", scene.person)
    page.get_by_role("searchbox").fill(scene.order_ids[0])
    page.keyboard.press("Enter")
    expect(page.get_by_text("the id of a reservation (lock)")).to_be_visible()
    page.get_by_role("button", name="Look it up as an order", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(scene.order_ids[0])
