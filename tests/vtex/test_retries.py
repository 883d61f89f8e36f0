import pytest
import responses

from reconciler.vtex import Retries, errors
from reconciler.vtex.retries import should_retry
from tests.vtex.clients import make_client
from tests.vtex.test_errors import DOTNET
from tests.vtex.test_requests import ANYWHERE

LIST = {"items": [], "paging": {"page": 1, "perPage": 100, "total": 0, "pages": 0}}


@pytest.mark.parametrize(
    ("error", "tries", "again"),
    [
        (errors.Timeout("x"), 1, True),
        (errors.Timeout("x"), 2, True),
        (errors.Timeout("x"), 3, False),
        (errors.ConnectionLost("x"), 1, True),
        (errors.ServerError("x", status=500), 1, True),
        (errors.SuspiciousAnswer("cut", retryable=True), 1, True),
        (errors.SuspiciousAnswer("html"), 1, False),
        (errors.DotNetError("x"), 1, True),
        (errors.DotNetError("x"), 2, False),
        (errors.RateLimited("x"), 1, False),
        (errors.NotSent("x"), 1, False),
        (errors.NotFound("x"), 1, False),
        (errors.TooManyReservations("x"), 1, False),
    ],
)
def test_reads_are_asked_again_within_reason_and_writes_never(
    error: errors.VtexError, tries: int, again: bool
) -> None:
    assert should_retry(error, is_write=False, tries=tries, retries=Retries(reads=2)) is again
    assert not should_retry(error, is_write=True, tries=tries, retries=Retries(reads=2))


def test_waits_double_with_jitter_up_to_a_limit() -> None:
    retries = Retries(first_wait=1.0, longest_wait=3.0)
    for tries, step in [(1, 1.0), (2, 2.0), (3, 3.0), (9, 3.0)]:
        assert all(step / 2 <= retries.wait(tries) <= step for _ in range(50))
    assert len({retries.wait(1) for _ in range(50)}) > 1


def test_a_read_succeeds_on_its_second_try_after_one_wait() -> None:
    waits: list[float] = []
    with responses.RequestsMock() as vtex:
        vtex.get(ANYWHERE, status=503)
        vtex.get(ANYWHERE, json=[])
        client = make_client(sleep=waits.append, retries=Retries(reads=1, first_wait=1.0))
        assert client.list_warehouses() == []
    assert len(waits) == 1
    assert 0.5 <= waits[0] <= 1.0


def test_a_dotnet_error_of_the_reservation_list_is_asked_once_more() -> None:
    with responses.RequestsMock() as vtex:
        vtex.get(ANYWHERE, status=500, json=DOTNET)
        vtex.get(ANYWHERE, json=LIST)
        assert make_client().list_all_reservations("1_1", "10").complete


def test_a_dotnet_error_that_stays_is_unknown_and_not_an_empty_list() -> None:
    with responses.RequestsMock() as vtex:
        rule = vtex.get(ANYWHERE, status=200, json=DOTNET)
        with pytest.raises(errors.DotNetError):
            make_client().list_all_reservations("1_1", "10")
        assert rule.call_count == 2


def test_a_429_is_not_asked_again() -> None:
    with responses.RequestsMock() as vtex:
        rule = vtex.get(ANYWHERE, status=429, headers={"Retry-After": "7"})
        with pytest.raises(errors.RateLimited) as caught:
            make_client().get_order("v1-01")
        assert rule.call_count == 1
    assert caught.value.retry_after == 7.0
