"""Reads a paged reservation list to its end, and says whether the whole of it was seen."""

from collections.abc import Callable

from reconciler.vtex.answers import Answer
from reconciler.vtex.payloads import ReservationItem, ReservationList, ReservationPage

PageReader = Callable[[int], tuple[ReservationPage, Answer]]


def read_all(read_page: PageReader, *, most_pages: int) -> ReservationList:
    """All pages of a pair. Pages shift while orders come and go, so rows and total are compared (F5.4)."""
    first, answer = read_page(1)
    pages = [first]
    while len(pages) < min(_last_page(pages), most_pages):
        pages.append(read_page(len(pages) + 1)[0])
    items = [item for page in pages for item in page.items]
    return ReservationList(
        items=items,
        total=pages[-1].total,
        complete=_is_whole(pages, items),
        server_date=answer.server_date,
    )


def _last_page(pages: list[ReservationPage]) -> int:
    return pages[-1].pages


def _is_whole(pages: list[ReservationPage], items: list[ReservationItem]) -> bool:
    total = pages[0].total
    return (
        all(page.total == total for page in pages)
        and len(items) == total
        and len(pages) >= _last_page(pages)
        and not _overlap(pages)
    )


def _overlap(pages: list[ReservationPage]) -> bool:
    """A row that moved to the next page while we read is seen twice, and hides one never seen."""
    seen: set[ReservationItem] = set()
    for page in pages:
        rows = set(page.items)
        if seen & rows:
            return True
        seen |= rows
    return False
