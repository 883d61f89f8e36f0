"""The frame in a real browser: readable by everyone, in both themes, on a telephone, with the keyboard."""

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import expect

from tests.e2e.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "path",
    ["/accounts/login/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/", "/nowhere/"],
)
def test_axe_finds_nothing_and_nothing_sticks_out(path: str, open_page: OpenPage, support: User) -> None:
    page = open_page(path, None if "login" in path else support)
    for width, scheme in product((1440, 390), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{width} {scheme}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_chosen_theme_stays_and_is_there_before_the_first_paint(open_page: OpenPage, support: User) -> None:
    page = open_page("/accounts/2fa/", support)
    page.locator(".menu.user summary").click()
    page.get_by_role("button", name="Dark").click()
    page.reload(wait_until="commit")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_the_keyboard_reaches_the_content_and_closes_a_menu(open_page: OpenPage, support: User) -> None:
    page = open_page("/accounts/2fa/", support)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    menu = page.locator("details.menu.user")
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_without_javascript_one_signs_in_and_out(open_page: OpenPage) -> None:
    User.objects.create_user("support", password="a-long-password-7")
    page = open_page("/accounts/login/", script=False)
    page.get_by_label("Username").fill("support")
    page.get_by_label("Password").fill("a-long-password-7")
    page.get_by_role("button", name="Sign in").click()
    page.locator(".menu.user summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/login/$"))
