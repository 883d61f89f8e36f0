import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from reconciler.vtex import times


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-02-06T20:46:11.7010747+00:00", datetime(2024, 2, 6, 20, 46, 11, 701074, tzinfo=UTC)),
        ("2024-09-05T15:17:44.7335718Z", datetime(2024, 9, 5, 15, 17, 44, 733571, tzinfo=UTC)),
        ("2024-05-01T17:14:40", datetime(2024, 5, 1, 17, 14, 40, tzinfo=UTC)),
        ("2024-05-01T14:14:40-03:00", datetime(2024, 5, 1, 17, 14, 40, tzinfo=UTC)),
    ],
)
def test_every_spelling_of_a_moment_becomes_utc(text: str, moment: datetime) -> None:
    assert times.parse(text) == moment
    assert times.parse(text).tzinfo is UTC


def test_a_missing_offset_means_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/Sao_Paulo")
    time.tzset()
    try:
        assert times.parse("2024-05-01T17:14:40") == datetime(2024, 5, 1, 17, 14, 40, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00+00:00",
        "0001-01-01T00:00:00+03:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31T23:59:59-03:00",
        "",
        None,
    ],
)
def test_the_years_1_and_9999_and_nothing_are_no_moment(text: str | None) -> None:
    assert times.parse(text) is None


@pytest.mark.parametrize("text", ["yesterday", "2024-13-01T00:00:00Z", "12/03/2024"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        times.parse(text)


def test_a_stamp_is_utc_with_its_offset_and_microseconds() -> None:
    local = datetime(2026, 1, 1, 21, 0, tzinfo=timezone(timedelta(hours=-3)))
    assert times.stamp(local) == "2026-01-02T00:00:00.000000+00:00"


def test_a_naive_time_is_not_sent() -> None:
    with pytest.raises(ValueError, match="naive"):
        times.stamp(datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_range_is_rounded_outwards_to_milliseconds() -> None:
    start = datetime(2026, 1, 1, 2, 0, 0, 999, tzinfo=UTC)
    end = datetime(2026, 1, 2, 1, 59, 59, 999001, tzinfo=UTC)
    assert times.search_range("creationDate", start, end) == (
        "creationDate:[2026-01-01T02:00:00.000Z TO 2026-01-02T02:00:00.000Z]"
    )


def test_an_unreadable_http_date_is_none() -> None:
    assert times.parse_http("soon") is None
    assert times.parse_http("Wed, 04 Mar 2026 05:06:07 GMT") == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
