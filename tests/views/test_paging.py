"""Keyset pages: nothing twice, nothing left out, and no cursor can break a page."""

from itertools import pairwise

import pytest

from reconciler.models import Finding, Order, VtexAccount
from reconciler.views import paging
from reconciler.views.filters import SORTS
from reconciler.views.orders import NEWEST
from tests import factories


@pytest.fixture
def store(db: None) -> VtexAccount:
    store = factories.account()
    for index in range(25):
        lock = factories.reservation(store)
        factories.finding(store, on=lock, value_cents=index // 3 * 100, units=index % 4,
                          since=None if index % 5 == 0 else factories.ago(days=index % 7))  # fmt: skip
    return store


@pytest.mark.parametrize("name", SORTS)
def test_pages_forward_hold_every_row_once_in_order(store: VtexAccount, name: str) -> None:
    whole = list(Finding.objects.for_list().order_by(*SORTS[name].fields))
    seen, cursor = [], ""
    while True:
        page = paging.page(Finding.objects.for_list(), SORTS[name], cursor, size=7)
        seen += page.rows
        cursor = page.next
        if not cursor:
            break
    assert seen == whole


@pytest.mark.parametrize("name", SORTS)
def test_the_way_back_leads_over_the_same_pages(store: VtexAccount, name: str) -> None:
    found = Finding.objects.for_list()
    pages = [paging.page(found, SORTS[name], "", size=7)]
    while pages[-1].next:
        pages.append(paging.page(found, SORTS[name], pages[-1].next, size=7))
    for before, after in pairwise(pages):
        assert paging.page(found, SORTS[name], after.previous, size=7).rows == before.rows
    assert pages[0].previous == ""
    assert paging.page(found, SORTS[name], pages[1].previous, size=7).previous == ""


def test_a_row_that_arrives_in_front_moves_nothing_on_the_next_page(store: VtexAccount) -> None:
    first = paging.page(Finding.objects.for_list(), SORTS["value"], "", size=7)
    expected = paging.page(Finding.objects.for_list(), SORTS["value"], first.next, size=7).rows
    factories.finding(store, on=factories.reservation(store), value_cents=10**9)
    assert paging.page(Finding.objects.for_list(), SORTS["value"], first.next, size=7).rows == expected


@pytest.mark.parametrize(
    "spoil", [lambda cursor: cursor[:-1], lambda cursor: "x" + cursor, lambda _: "ü\0:1"]
)
def test_a_cursor_that_was_altered_opens_the_first_page(store: VtexAccount, spoil) -> None:  # type: ignore[no-untyped-def]
    first = paging.page(Finding.objects.for_list(), SORTS["value"], "", size=7)
    assert (
        paging.page(Finding.objects.for_list(), SORTS["value"], spoil(first.next), size=7).rows == first.rows
    )


def test_a_cursor_of_another_sort_opens_the_first_page(store: VtexAccount) -> None:
    other = paging.page(Finding.objects.for_list(), SORTS["units"], "", size=7).next
    first = paging.page(Finding.objects.for_list(), SORTS["value"], "", size=7)
    assert paging.page(Finding.objects.for_list(), SORTS["value"], other, size=7).rows == first.rows


def test_orders_of_one_instant_are_told_apart_by_their_number(store: VtexAccount) -> None:
    at = factories.ago(days=1)
    for _ in range(9):
        factories.order(store, created_at=at)
    first = paging.page(Order.objects.all(), NEWEST, "", size=5)
    second = paging.page(Order.objects.all(), NEWEST, first.next, size=5)
    assert len({*first.rows, *second.rows}) == 9
