from typing import Any

import pytest
import responses

from tests.vtex.clients import NOW, make_client
from tests.vtex.test_requests import ANYWHERE


def a_page(locks: list[str], total: int, pages: int) -> dict[str, Any]:
    empty = "0001-01-01T00:00:00"
    rows = [{"LockId": lock, "Quantity": 1, "DateUtcAcknowledgedOnBalanceSystem": empty} for lock in locks]
    return {"items": rows, "paging": {"page": 1, "perPage": 2, "total": total, "pages": pages}}


@pytest.mark.parametrize(
    ("pages", "complete"),
    [
        ([a_page([], 0, 0)], True),
        ([a_page(["a"], 1, 1)], True),
        ([a_page(["a", "b"], 3, 2), a_page(["c"], 3, 2)], True),
        ([a_page(["a", "a"], 2, 1)], True),
        ([a_page(["a"], 1, 0)], True),
        ([a_page([], 2, 0)], False),
        ([a_page(["a"], 2, 1)], False),
        ([a_page(["a", "b"], 1, 1)], False),
        ([a_page(["a", "b"], 3, 2), a_page(["c"], 4, 2)], False),
        ([a_page(["a", "b"], 4, 2), a_page(["b", "c"], 4, 2)], False),
        ([a_page(["a", "b"], 4, 2), a_page(["c", "d"], 5, 3), a_page(["e"], 5, 3)], False),
        ([a_page([str(page)], 6, 6) for page in range(5)], False),
        ([a_page([str(page)], 5, 6) for page in range(5)], False),
    ],
)
def test_a_list_is_complete_only_when_every_row_was_seen_once_under_one_total(
    pages: list[dict[str, Any]], complete: bool
) -> None:
    with responses.RequestsMock() as vtex:
        for page in pages:
            vtex.get(ANYWHERE, json=page, headers={"Date": "Wed, 04 Mar 2026 05:06:07 GMT"})
        result = make_client().list_all_reservations("1_1", "10")
        asked = [call.request.params["page"] for call in vtex.calls]
    assert result.complete is complete
    assert asked == [str(number + 1) for number in range(len(pages))]
    assert result.total == pages[-1]["paging"]["total"]
    assert len(result.items) == sum(len(page["items"]) for page in pages)
    assert result.server_date == NOW
