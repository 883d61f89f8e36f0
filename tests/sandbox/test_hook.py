"""The hook: changes are posted to an address that answered a ping, again until it answers 200 (F4)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from .conftest import Caller

CONFIG = "/api/orders/hook/config"
FILTER = {"type": "FromWorkflow", "status": ["window-to-cancel", "ready-for-handling"]}


class Receiver:
    """An address that keeps what is posted to it, and answers as it is told to."""

    def __init__(self) -> None:
        self.posted: list[tuple[dict[str, Any], str]] = []
        self.statuses: list[int] = []
        receiver = self

        class Conversation(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.posted.append((body, self.headers.get("X-Hook-Secret") or ""))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *given: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Conversation)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [body for body, _ in self.posted if "OrderId" in body]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def configure(vtex: Caller, receiver: Receiver) -> int:
    hook = {"url": receiver.url, "headers": {"X-Hook-Secret": "s3cret"}}
    return vtex("POST", CONFIG, {"filter": FILTER, "hook": hook}).status


def settled(vtex: Caller) -> dict[str, Any]:
    """Once nothing is left to be posted."""
    until = time.monotonic() + 20
    told = vtex.control.hook()
    while told["waiting"] or told["under_way"]:
        assert time.monotonic() < until, told
        time.sleep(0.02)
        told = vtex.control.hook()
    return told


def test_an_address_is_accepted_once_it_answers_the_ping(vtex: Caller, receiver: Receiver) -> None:
    assert vtex("GET", CONFIG).status == 404
    receiver.statuses = [403]
    assert configure(vtex, receiver) == 400
    assert configure(vtex, receiver) == 200
    assert [body for body, _ in receiver.posted] == [{"hookConfig": "ping"}] * 2
    assert vtex("GET", CONFIG).body["hook"]["url"] == receiver.url
    assert vtex("DELETE", CONFIG).status == 200
    assert vtex("GET", CONFIG).status == 404


def test_u15_sends_the_ping_with_the_configured_headers_or_bare(vtex: Caller, receiver: Receiver) -> None:
    for position in ("with_headers", "bare"):
        vtex.control.switch(U15=position)
        configure(vtex, receiver)
    assert [secret for _, secret in receiver.posted] == ["s3cret", ""]


def test_only_https_leaves_this_machine(vtex: Caller) -> None:
    assert vtex("POST", CONFIG, {"hook": {"url": "http://shop.example/hook"}}).status == 400


def test_changes_are_posted_in_vtex_s_shape_with_the_configured_headers(
    vtex: Caller, receiver: Receiver
) -> None:
    configure(vtex, receiver)
    vtex.control.order("1001", "1_1")
    vtex.control.advance(hours=1)
    assert settled(vtex)["answers"] == {"200": 2}
    event, secret = next(each for each in receiver.posted if "OrderId" in each[0])
    assert set(event) == {
        "Domain", "OrderId", "State", "LastState", "LastChange", "CurrentChange", "Origin",
    }  # fmt: skip
    assert event["Origin"] == {"Account": "sandbox", "Key": vtex.sandbox.app_key}
    assert secret == "s3cret"
    assert {each["State"] for each in receiver.events} == {"window-to-cancel", "ready-for-handling"}


def test_what_is_not_answered_200_comes_again(vtex: Caller, receiver: Receiver) -> None:
    configure(vtex, receiver)
    vtex.control.settings(hook_retry_seconds=0.05)
    receiver.statuses = [503, 500, 503]
    vtex.control.order("1001", "1_1")
    vtex.control.advance(hours=1)
    told = settled(vtex)
    assert told["answers"] == {"200": 2, "500": 1, "503": 2}
    assert len(receiver.events) == 5


def test_changes_come_twice_and_in_no_order_when_it_is_told_to(vtex: Caller, receiver: Receiver) -> None:
    configure(vtex, receiver)
    vtex.control.settings(hook_paused=1, hook_doubles=1, hook_shuffles=1, hook_burst=1)
    for _ in range(8):
        vtex.control.order("1001", "1_1")
    vtex.control.advance(hours=1)
    assert vtex.control.hook()["sent"] == 0
    vtex.control.settings(hook_paused=0)
    assert settled(vtex)["sent"] == 32
    orders = [event["OrderId"] for event in receiver.events]
    assert len(set(orders)) == 8
    assert orders != sorted(orders)


def test_a_hook_to_which_nothing_came_for_three_days_is_deleted(vtex: Caller, receiver: Receiver) -> None:
    configure(vtex, receiver)
    vtex.control.advance(days=3, hours=1)
    assert vtex("GET", CONFIG).status == 404


def test_the_hook_is_kept_with_the_account(
    open_sandbox: Callable[..., Caller], receiver: Receiver, tmp_path: Any
) -> None:
    first = open_sandbox(data=tmp_path / "kept.json")
    configure(first, receiver)
    first.control.settings(hook_paused=1)
    first.control.order("1001", "1_1")
    first.control.advance(hours=1)
    first.control.save()
    second = open_sandbox(data=tmp_path / "kept.json")
    assert second.control.hook()["waiting"] == 2
