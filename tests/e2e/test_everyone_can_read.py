"""Every page in both themes and two widths: axe finds nothing, nothing sticks out, nothing complains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from reconciler.models import Cause, Outcome, Role, State, SyncKind, SyncRun
from tests import factories
from tests.actions.scene import Scene
from tests.e2e.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS: list[tuple[Literal["light", "dark"], int]] = [
    ("light", 1440), ("dark", 1440), ("light", 390), ("dark", 390),
]  # fmt: skip
OF_A_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]
SKIPPED = {"state": "confirmed", "order_status": "invoiced", "left": 1}


def fill(scene: Scene) -> None:
    """Something of every kind that a page can show."""
    scene.build(
        10,
        {"state": "confirmed", "order_status": "canceled", "quantity": 2},
        SKIPPED,
        {"state": "acknowledged", "order_status": "invoiced", "quantity": 2, "left": 2},
        {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1},
        {"state": "confirmed", "no_order": True, "age_hours": 400},
    )
    store = scene.store
    untold = factories.reservation(store)
    factories.finding(store, Cause.COULD_NOT_TELL, on=untold, remedy="manual_review", reason="not_synced")
    old = factories.ago(days=2)
    for number, outcome in enumerate((Outcome.FAILED, Outcome.UNKNOWN, Outcome.VERIFIED)):
        factories.attempt(store, subject=f"00-{number}", outcome=outcome, ticket="T-1", created_at=old)
    factories.attempt(store, subject="00-none", state=State.VERIFYING, outcome="", finished_at=None)
    SyncRun.objects.create(
        account=store, kind=SyncKind.SWEEP, started_at=timezone.now(), heartbeat_at=timezone.now(),
        of=9, done=4, counts={"errors": {"timeout": 2}},
    )  # fmt: skip
    scene.cancel(ticket="T-9")


def pages(scene: Scene) -> Iterator[str]:
    def at(name: str, **ids: object) -> str:
        return reverse(name, kwargs={"account": "luxstore", **ids})

    pair = {"sku_id": scene.sku, "warehouse_id": scene.warehouse}
    lists = ["overview", "stuck", "orders", "stock", "attempts", "audit", "sync", "pause_actions"]
    yield from [
        reverse("stores"),
        reverse("installation_audit"),
        reverse("account_set_password"),
        *map(at, lists),
    ]
    for name in ("search", "stuck", "orders", "stock", "attempts"):
        yield at(name) + "?q=nothing-like-it"
    for text in ("", "9000", "v", "https://luxstore.myvtex.com/admin/", "https://another.myvtex.com/admin/"):
        yield at("search") + "?" + urlencode({"q": text})
    yield at("stuck") + "?cause=could_not_tell"
    yield at("audit") + "?since=yesterday"
    for lock_id in scene.ids:
        yield at("reservation", lock_id=lock_id)
    yield at("reservation_ticket", lock_id=scene.lock)
    for order_id in scene.order_ids[:4]:
        yield at("order", order_id=order_id)
    yield at("stock_item", **pair)
    yield at("stock_count", **pair)
    yield at("stock_count", **pair) + "?" + urlencode({"counted": "-1", "counted_at": "2099-01-01T00:00"})
    yield (
        at("stock_count", **pair)
        + "?"
        + urlencode({"counted": "4", "counted_at": timezone.now().isoformat()})
    )
    yield at("reservation_cancel", lock_id=scene.ids[1])
    yield at("reservation_cancel", lock_id=scene.ids[2])
    yield at("reservation_acknowledge", lock_id=scene.ids[1])
    yield at("order_start_handling", order_id=scene.order_ids[3])
    yield from (at("attempt", pk=attempt.pk) for attempt in scene.store.attempts.order_by("outcome"))
    yield at("audit_entry", sequence=2)
    yield from (at("order", order_id="unknown"), at("overview") + "nowhere/", "/s/unknown/")


@pytest.fixture
def person(scene: Scene) -> User:
    return factories.user("merchant", *Role.values, store=scene.store)


def faults(page: Page) -> list[str]:
    """What axe, and a ruler, find on the page in every look. What a look cannot change is asked once."""
    found = []
    for number, (scheme, width) in enumerate(LOOKS):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 900})
        options = {"runOnly": {"type": "rule", "values": OF_A_LOOK}} if number else None
        violations = Axe().run(page, options=options).response["violations"]
        found += [
            f"{page.url} {scheme} {width}: {each['id']}: {each['nodes'][0]['html']}" for each in violations
        ]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"{page.url}: {wide} wide at {width}"] if wide > width else []
    return found


def test_axe_finds_nothing_on_any_page_and_nothing_sticks_out(
    open_page: OpenPage, scene: Scene, person: User
) -> None:
    fill(scene)
    page = open_page("/", person)
    found = []
    for path in pages(scene):
        page.goto(path)
        found += faults(page)
    assert found == []


def test_axe_finds_nothing_on_what_goes_wrong(open_page: OpenPage, scene: Scene, person: User) -> None:
    """Login refused, no role, a form sent empty, a refusal, VTEX out of reach, no store at all."""
    scene.build(3, SKIPPED)
    found = []
    page = open_page("/accounts/login/")
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    found += faults(page)
    cancel = reverse("reservation_cancel", kwargs={"account": "luxstore", "lock_id": scene.lock})
    page = open_page(cancel, person)
    page.evaluate("document.querySelector('#confirm-card form').noValidate = true")
    page.locator("#confirm-card button[type=submit]").click()
    assert page.locator(".fault").count() >= 1
    found += faults(page)
    scene.sandbox.control.fault(".", "error_503", always=True)
    page.goto(cancel)
    found += faults(page)
    page.goto(reverse("reservation", kwargs={"account": "luxstore", "lock_id": scene.lock}))
    page.get_by_role("button", name="Read now").first.click()
    found += faults(page)
    page = open_page("/s/luxstore/audit/", factories.user("viewer", Role.VIEWER))
    found += faults(page)
    page = open_page("/", factories.user("stranger"))
    found += faults(page)
    assert found == []
