"""A page says in one breath what happened, what it means and what to do; all the rest is one click deeper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.diagnosis import meaning, wording
from reconciler.models import Cause, Reservation, Role, VtexAccount
from tests import factories

AT = "2026-11-10T14:02:11.123456+00:00"
LISTED = {
    "kind": "item_listed", "at": AT, "source": "warehouse_list",
    "sku": "101", "warehouse": "cd_sp", "quantity": 2, "status": "Confirmed",
}  # fmt: skip
UNWATCHED = {"kind": "total_not_watched", "at": None, "source": "mirror", "sku": "101", "warehouse": "cd_sp"}
NEAR = {"cause": "count_not_updated", "kind": "needs_acknowledgement"}


@pytest.fixture
def store(db: None) -> VtexAccount:
    return factories.account()


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.OPERATOR))


def page(client: Client, **fields: object) -> str:
    given = {"evidence": [LISTED, UNWATCHED], "not_causes": [NEAR], **fields}
    factories.stuck(factories.account(), 1, **given)  # type: ignore[arg-type]
    lock = Reservation.objects.get()
    text = client.get(f"/s/luxstore/reservations/{lock.lock_id}/").content.decode()
    return " ".join(text.replace("\u00a0", " ").split())


def test_one_breath_says_what_happened_what_it_means_and_what_to_do(client: Client) -> None:
    breath = page(client, remedy="count_then_cancel").split('class="say')[1].split("</div>")[0]
    assert wording.explanation(Cause.HANDLING_SKIPPED) in breath
    assert meaning.means(Cause.HANDLING_SKIPPED) in breath
    assert wording.remedy("count_then_cancel") in breath


def test_the_rest_is_one_click_deeper_complete_with_times_and_sources(client: Client) -> None:
    text = page(client)
    deeper = text.split('id="evidence-')[1].split("</details>")[0]
    assert "2 × 101 in cd_sp, listed as Confirmed." in deeper
    assert 'datetime="2026-11-10T14:02:11.123456Z"' in deeper
    assert "warehouse list" in deeper
    assert "Not counted after shipping?" in deeper
    assert "“Reserved stock in invoiced orders”" in deeper


def test_how_sure_it_is_and_what_is_not_known_stand_in_words(client: Client) -> None:
    text = page(client)
    assert "How sure: <b>certain</b>" in text
    assert "it was not watched then" in text


def test_the_skipped_step_is_drawn_with_what_it_should_have_done(client: Client) -> None:
    text = page(client)
    flow = text.split('class="line flow"')[1].split("</ol>")[0]
    assert '<b class="fw-semibold">handling</b>: never happened' in flow
    assert "should happen here, and did not: the reservation is acknowledged" in flow


def test_before_it_is_confirmed_nothing_is_stated_as_certain(client: Client) -> None:
    text = page(client, confirmed_at=None)
    assert "How sure: <b>not certain yet</b>" in text
    assert meaning.means(Cause.HANDLING_SKIPPED) not in text


def test_what_could_not_be_told_says_why_and_what_to_do_about_it(client: Client) -> None:
    text = page(client, cause=Cause.COULD_NOT_TELL, reason="too_many_reservations", remedy="manual_review")
    assert wording.reason("too_many_reservations") in text
    assert meaning.advice("too_many_reservations") in text
    assert "KI-296066" in text
