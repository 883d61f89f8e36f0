"""The count form on paper: no database, no VTEX."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.actions import count
from reconciler.actions.types import Hold

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("America/Sao_Paulo")


def hold(lock_id: str = "00-v1-01", quantity: int = 2, **more: bool) -> Hold:
    return Hold(lock_id, lock_id[3:], "handling", quantity, NOW - timedelta(hours=3), **more)


def parse(
    entries: dict[str, str], *holds: Hold, now: datetime = NOW
) -> tuple[count.Count | None, dict[str, str]]:
    given = {"counted": "10", "counted_at": "2026-03-02T11:00:00+00:00", **entries}
    return count.parse(given, holds, now=now, zone=ZONE)


def counted(entries: dict[str, str], *holds: Hold) -> count.Count:
    found, errors = parse(entries, *holds)
    assert found is not None, errors
    return found


def test_the_worked_example_sends_8_and_leaves_5_available() -> None:
    found = counted({"to_ship:00-v1-01": "2"}, hold())
    listed = {"00-v1-01": 2, "c1": 1, "c2": 1, "a1": 1}
    stays = count.stays_reserved(reserved=5, listed=listed, released=["00-v1-01"])
    assert (found.picked, found.to_send, stays, found.to_send - stays) == (2, 8, 3, 5)


@pytest.mark.parametrize("answer", ["", "unknown"])
def test_no_answer_counts_as_the_full_quantity(answer: str) -> None:
    assert counted({"to_ship:00-v1-01": answer}, hold(quantity=3)).picked == 3


def test_the_units_of_a_canceled_order_are_for_sale_again() -> None:
    assert counted({}, hold(fixed_zero=True)).picked == 0
    assert "to_ship:00-v1-01" in parse({"to_ship:00-v1-01": "1"}, hold(fixed_zero=True))[1]


@pytest.mark.parametrize("text", ["-1", "2.5", "2,5", "", "ten", "1e3", "٣", "99999999999"])
def test_anything_but_a_whole_number_is_refused(text: str) -> None:
    assert set(parse({"counted": text})[1]) == {"counted"}


@pytest.mark.parametrize("text", ["3", "-1", "1.5", "x"])
def test_an_answer_outside_the_quantity_is_refused(text: str) -> None:
    assert set(parse({"to_ship:00-v1-01": text}, hold(quantity=2))[1]) == {"to_ship:00-v1-01"}


def test_a_count_in_the_future_is_refused() -> None:
    assert set(parse({"counted_at": "2026-03-02T12:00:01+00:00"})[1]) == {"counted_at"}


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30T10:00", "0001-01-01T00:00+14:00"])
def test_a_count_without_a_time_is_refused(text: str) -> None:
    assert set(parse({"counted_at": text})[1]) == {"counted_at"}


def test_a_time_without_an_offset_is_in_the_zone_of_the_store() -> None:
    found = counted({"counted_at": "2026-03-02T08:30"})
    assert found.counted_at.astimezone(UTC) == datetime(2026, 3, 2, 11, 30, tzinfo=UTC)


def test_more_to_leave_than_was_counted_is_refused() -> None:
    assert set(parse({"counted": "1"}, hold(quantity=2))[1]) == {"counted"}


def test_a_count_older_than_a_change_the_mirror_saw_is_named() -> None:
    change = count.Seen(NOW, "00-v9-01")
    assert count.older_than(NOW - timedelta(seconds=1), [change]) == change
    assert count.older_than(NOW, [change]) is None


def test_a_number_vtex_would_ignore_is_one_that_equals_the_total_with_nothing_acknowledged() -> None:
    assert count.changes_nothing(total=8, to_send=8, acknowledged=0)
    assert not count.changes_nothing(total=8, to_send=8, acknowledged=1)
    assert not count.changes_nothing(total=8, to_send=7, acknowledged=0)


@pytest.mark.parametrize(
    ("total", "to_send", "asked"),
    [
        (10, 5, False),
        (10, 4, True),
        (10, 16, True),
        (10, 15, False),
        (0, 1, True),
        (0, 0, False),
        (-2, 0, True),
    ],
)
def test_a_move_by_more_than_half_asks_twice(total: int, to_send: int, asked: bool) -> None:
    codes = count.second_look(total=total, to_send=to_send, counted_at=NOW, watched_since=NOW)
    assert codes == (("moves_by_half",) if asked else ())


def test_a_pair_not_watched_when_it_was_counted_asks_twice() -> None:
    later = NOW + timedelta(seconds=1)
    assert count.second_look(total=9, to_send=9, counted_at=NOW, watched_since=later) == ("not_watched",)


def test_units_reserved_beyond_the_list_stay_reserved() -> None:
    assert count.stays_reserved(reserved=7, listed={"a": 2, "b": 3}, released=["a"]) == 5


def test_a_list_that_shows_more_than_is_reserved_releases_no_more_than_there_is() -> None:
    assert count.stays_reserved(reserved=3, listed={"a": 2, "b": 3}, released=["a"]) == 3


QUANTITY = st.integers(1, 5)


@given(
    acknowledged=st.lists(st.tuples(QUANTITY, st.integers(0, 5), st.booleans()), max_size=4),
    waiting=st.lists(QUANTITY, max_size=4),
    spare=st.integers(0, 20),
)
def test_a_truthful_count_offers_exactly_what_nobody_waits_for(
    acknowledged: list[tuple[int, int, bool]], waiting: list[int], spare: int
) -> None:
    """Shelf = units acknowledged and still to leave + units waiting under other reservations + spare ones."""
    holds = [hold(f"00-v{n}-01", quantity) for n, (quantity, _, _) in enumerate(acknowledged)]
    to_leave = [min(units, quantity) for quantity, units, _ in acknowledged]
    shelf = sum(to_leave) + sum(waiting) + spare
    entries = {each.field: str(units) for each, units in zip(holds, to_leave, strict=True)}
    sure = counted({"counted": str(shelf), **entries}, *holds)
    assert sure.to_send - sum(waiting) == spare
    doubtful = {each.field: "unknown" for each, row in zip(holds, acknowledged, strict=True) if row[2]}
    found, errors = parse({"counted": str(shelf), **entries, **doubtful}, *holds)
    assert errors or (found and found.to_send - sum(waiting) <= spare)


@given(text=st.text(max_size=12))
def test_no_text_breaks_the_form(text: str) -> None:
    found, errors = parse({"counted": text, "counted_at": text, "to_ship:00-v1-01": text}, hold())
    assert (found is None) == bool(errors)


@pytest.mark.parametrize(
    ("acknowledged", "expected"),
    [
        ([], 0.001),
        ([-3600.0], 0.0),
        ([0.25, -5.0], 0.251),
        ([3600.0], 1.0),
    ],
)
def test_the_stamp_is_the_second_of_the_read_just_after_what_it_showed(
    acknowledged: list[float], expected: float
) -> None:
    stamp = count.stamp(NOW, [NOW + timedelta(seconds=each) for each in acknowledged])
    assert stamp == NOW + timedelta(seconds=expected)
