"""The recurrence report in a real browser: readable by everyone, and as a PDF on paper."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User

from reconciler.models import Cause, VtexAccount
from tests import factories
from tests.e2e.conftest import OpenPage
from tests.views.test_recurrence import case, invoiced

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/s/luxstore/recurrence/"


@pytest.fixture
def told(support: User) -> VtexAccount:
    """Twelve weeks of an ERP that skips handling for one affiliate, and now and then elsewhere."""
    store = factories.account()
    for weeks in range(12):
        invoiced(store, 4, weeks, affiliate_id="MGZ")
        for _ in range(weeks % 3):
            case(store, weeks=weeks, affiliate_id="MGZ")
    case(store, weeks=3)
    for index in range(5):
        case(
            store,
            Cause.COUNT_NOT_UPDATED,
            weeks=index,
            affiliate_id="a-very-long-affiliate-id-of-a-marketplace",
        )
        case(store, Cause.ORDER_CANCELED, weeks=index)
    return store


def test_axe_finds_nothing_and_nothing_sticks_out(
    open_page: OpenPage, support: User, told: VtexAccount
) -> None:
    page = open_page(URL, support)
    for width, scheme in product((1440, 390), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{width} {scheme}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_it_is_light_and_has_no_menus(open_page: OpenPage, support: User, told: VtexAccount) -> None:
    page = open_page(URL, support, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert (
        page.locator("nav, .filters, .btn, details").evaluate_all(
            "found => found.filter(each => each.checkVisibility()).length"
        )
        == 0
    )
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("h1").evaluate("found => getComputedStyle(found).color") == "rgb(22, 32, 44)"
    assert page.pdf(format="A4").startswith(b"%PDF")
