"""What was read at the same time is saved in groups; what is wrong with one of a group is its own alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.models import SyncKind, VtexAccount
from reconciler.sync import runs
from reconciler.sync.connection import client_for
from reconciler.sync.runs import Job
from reconciler.vtex import VtexClient, errors

Saved = list[list[int]]


@pytest.fixture
def job(store: VtexAccount) -> Iterator[Job]:
    with Job(store, SyncKind.DUE, client_for(store)) as job:
        yield job


def fetch(client: VtexClient, item: int) -> int:
    if item < 0:
        raise errors.Forbidden("no", status=403)
    return item


def outcome(job: Job, items: list[int], saved: Saved, most: int = 50) -> dict[int, Any]:
    """What came of each item; 13 is a value that no mirror keeps, 7 one of which a part is missing."""

    def save(arrived: list[tuple[int, int]]) -> list[errors.VtexError | None]:
        found = [value for _, value in arrived]
        if 13 in found:
            raise ValueError("unlucky")
        saved.append(found)
        return [errors.NotFound("half", status=404) if value == 7 else None for value in found]

    groups = job.together(fetch, items, save, most)
    return {item: error and type(error) for group in groups for item, error in group}


def test_what_arrives_together_is_saved_together_and_never_more_than_is_allowed(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "GROUP_SECONDS", 60.0)
    saved: Saved = []
    assert outcome(job, [*range(100, 300)], saved, most=20) == dict.fromkeys(range(100, 300))
    assert sorted(value for group in saved for value in group) == [*range(100, 300)]
    assert max(len(group) for group in saved) == 20
    assert len(saved) < 100


def test_what_one_of_a_group_lacks_is_said_of_it_alone(job: Job) -> None:
    saved: Saved = []
    found = outcome(job, [1, 7, -1, 2], saved)
    assert found == {1: None, 7: errors.NotFound, -1: errors.Forbidden, 2: None}
    assert sorted(value for group in saved for value in group) == [1, 2, 7]
    assert job.run.counts["errors"] == {"404": 1, "403": 1}


def test_a_value_that_no_mirror_can_keep_spoils_no_other_of_its_group(job: Job) -> None:
    saved: Saved = []
    others = [*range(100, 140)]
    found = outcome(job, [*others[:5], 13, *others[5:]], saved)
    assert found == {**dict.fromkeys(others), 13: errors.SuspiciousAnswer}
    assert sorted(value for group in saved for value in group) == others


def test_what_was_read_before_vtex_asked_for_a_pause_is_saved(job: Job) -> None:
    saved: Saved = []

    def fetch_until_told(client: VtexClient, item: int) -> int:
        if item > 8:
            raise errors.RateLimited("slow down")
        return item

    def save(arrived: list[tuple[int, int]]) -> list[None]:
        saved.append([value for _, value in arrived])
        return [None for _ in arrived]

    with pytest.raises(errors.RateLimited):
        for _ in job.together(fetch_until_told, range(30), save, 30):
            pass
    assert sorted(value for group in saved for value in group) == [*range(9)]
