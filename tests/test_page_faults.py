"""VTEX in trouble, as pages show it: each fault at each page that reads live and at each action's POST.

What an attempt makes of a fault is proven in tests/actions; here a person gets a page to understand, with a
way on, and the command line a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reconciler.sandbox.server import SandboxServer
from tests import factories
from tests.actions.scene import Scene
from tests.conftest import store_at

pytestmark = [pytest.mark.django_db, pytest.mark.sampled(20)]

NUMBERS = count(1)
FAULTS: dict[str, dict[str, Any]] = {
    "429 with Retry-After": {"kind": "rate_limited", "retry_after": 0},
    "500": {"kind": "error_500"},
    "500 applied": {"kind": "error_500_applied"},
    "503": {"kind": "error_503"},
    "HTML login page": {"kind": "login_html"},
    "reset mid-body": {"kind": "reset_mid_body"},
    "closed at once": {"kind": "reset_before"},
    "slow": {"kind": "slow", "seconds": 1.2},
    "truncated JSON": {"kind": "truncated_json"},
    ".NET error": {"kind": "dotnet_error"},
    "2xx without effect": {"kind": "no_effect"},
    "403": {"kind": "forbidden"},
    "423": {"kind": "locked_423"},
}
READS = "^GET "
WRITES = "^(POST|PUT|PATCH) "
SKIPPED = {"state": "confirmed", "order_status": "invoiced", "left": 1}
LOCKS = {
    "reservation_cancel": SKIPPED,
    "reservation_acknowledge": SKIPPED,
    "order_start_handling": {"state": "confirmed", "order_status": "ready-for-handling", "to_ship": 1},
    "stock_count": {"state": "acknowledged", "order_status": "invoiced", "left": 1},
}
REFRESHES = ["reservation_refresh", "order_refresh", "stock_refresh"]


@pytest.fixture(scope="module")
def shared() -> Iterator[SandboxServer]:
    with SandboxServer(scenario="empty", transition_seconds=0, inventory_lock_seconds=0) as server:
        yield server


@pytest.fixture
def scene(quick: Any, shared: SandboxServer, db: None) -> Iterator[Scene]:
    quick.STORES = {"luxstore": store_at(shared)}
    quick.VTEX_READ_TIMEOUT_SECONDS = quick.VTEX_CONNECT_TIMEOUT_SECONDS = 1
    quick.VERIFY_DELAYS = (0.0,)
    yield Scene(factories.account("luxstore"), shared, sku=f"p{next(NUMBERS)}")
    shared.control.clear_faults()


@pytest.fixture
def client(scene: Scene, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(scene.person)


def address(scene: Scene, name: str) -> str:
    ids = {
        "reservation": {"lock_id": scene.lock},
        "order": {"order_id": scene.order_ids[0]},
        "stock": {"sku_id": scene.sku, "warehouse_id": scene.warehouse},
    }
    return reverse(name, kwargs={"account": "luxstore", **ids[name.split("_")[0]]})


def understood(answer: Any) -> str:
    """A page with a heading and a way on, no traceback, nothing of VTEX's own error page."""
    said = str(answer.content.decode())
    assert "<h1" in said
    assert "Back" in said or answer.status_code == 200
    assert not [
        word
        for word in ("Traceback", "Exception", "urllib3", "HTTPConnection", "vtex.com/login")
        if word in said
    ]
    return said


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("page", LOCKS)
def test_a_preview_over_a_fault_is_a_preview_or_says_that_vtex_is_away(
    client: Client, scene: Scene, page: str, fault: str
) -> None:
    scene.build(5, LOCKS[page])
    scene.sandbox.control.fault(READS, always=True, **FAULTS[fault])
    answer = client.get(address(scene, page))
    said = understood(answer)
    assert answer.status_code == 503
    assert "Nothing was attempted" in said
    assert scene.writes() == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("page", REFRESHES)
def test_reading_now_over_a_fault_says_so_and_keeps_the_mirror(
    client: Client, scene: Scene, page: str, fault: str
) -> None:
    scene.build(5, SKIPPED)
    scene.sandbox.control.fault(READS, always=True, **FAULTS[fault])
    answer = client.post(address(scene, page), follow=True)
    understood(answer)
    assert answer.status_code == 503 or "VTEX shows nothing" in answer.content.decode()
    assert (
        client.get(
            address(scene, page.replace("refresh", "").strip("_").replace("stock", "stock_item"))
        ).status_code
        == 200
    )


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("page", LOCKS)
@pytest.mark.parametrize("spoiled", [READS, WRITES], ids=["reads", "writes"])
def test_a_post_over_a_fault_leads_to_a_page_a_person_understands(
    client: Client, scene: Scene, page: str, fault: str, spoiled: str
) -> None:
    scene.build(5, LOCKS[page])
    url, given = address(scene, page), {"reason": "goods left long ago", "confirm": "yes"}
    if page == "stock_count":
        given |= {"counted": "4", "counted_at": timezone.now().isoformat(), f"to_ship:{scene.lock}": "0"}
    preview = client.get(url, given).context["preview"]
    given |= {"token": preview.token} | {
        pair.question_field: "no" for pair in preview.pairs if preview.question_needed
    }
    scene.sandbox.control.fault(spoiled, always=True, **FAULTS[fault])
    answer = client.post(url, given, follow=True)
    understood(answer)
    assert answer.status_code in (200, 409, 503)
    if spoiled == WRITES:
        scene.write_arrived()
    assert len(scene.writes()) == (spoiled == WRITES)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", ["sync", "settle", "stuck", "check_vtex", "diagnose"])
def test_a_command_over_a_fault_says_what_happened_in_words(scene: Scene, command: str, fault: str) -> None:
    scene.build(5, SKIPPED)
    scene.sandbox.control.fault(".", always=True, **FAULTS[fault])
    out = StringIO()
    try:
        call_command(command, stdout=out, stderr=out)
    except CommandError as error:
        out.write(str(error))
    except SystemExit:
        pass
    assert not [
        word for word in ("Traceback", "urllib3", "HTTPConnection", "<html") if word in out.getvalue()
    ]
