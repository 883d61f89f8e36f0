"""Against a real socket: what no patched adapter can show."""

import gzip
import os
import time

import pytest

from reconciler.vtex import Timeouts, VtexClient, errors
from tests.vtex import server
from tests.vtex.clients import READS, WRITES, make_client
from tests.vtex.server import Behaviour

HTML = b"<html><body>Sign in</body></html>"
BROKEN: dict[str, tuple[Behaviour, type[errors.VtexError]]] = {
    "silence": (server.silent(), errors.Timeout),
    "stall in the body": (server.stalls_in_the_body(), errors.Timeout),
    "dripping body": (server.drips(), errors.Timeout),
    "reset at once": (server.reset_after(), errors.ConnectionLost),
    "reset in the body": (server.reset_after(b'{"a":1'), errors.ConnectionLost),
    "cut off": (server.cut_off(b'{"a":1}', promised=50), errors.ConnectionLost),
    "truncated JSON": (server.answer(200, b'{"orderId":"v1'), errors.SuspiciousAnswer),
    "HTML": (server.answer(200, HTML, kind="text/html"), errors.SuspiciousAnswer),
    "redirect": (server.answer(302, Location="https://elsewhere.example.com"), errors.SuspiciousAnswer),
    "500": (server.answer(500), errors.ServerError),
    "503 with HTML": (server.answer(503, HTML, kind="text/html"), errors.ServerError),
    "huge": (server.answer(200, b" " * 300_000), errors.SuspiciousAnswer),
}
REFUSED: dict[str, tuple[Behaviour, type[errors.VtexError]]] = {
    "429": (server.answer(429, Retry_After="3"), errors.RateLimited),
    "423": (server.answer(423, b"Unable to acquire lock", kind="text/plain"), errors.Locked),
    "404": (server.answer(404), errors.NotFound),
    "403 with HTML": (server.answer(403, HTML, kind="text/html"), errors.Forbidden),
}


def call(client: VtexClient, name: str) -> object:
    return getattr(client, name)(*(READS | WRITES)[name])


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("verb", WRITES)
def test_a_write_is_sent_once_and_its_outcome_stays_open(verb: str, fault: str) -> None:
    behaviour, kind = BROKEN[fault]
    with server.running(behaviour) as vtex, pytest.raises(kind) as caught:
        call(make_client(vtex.url), verb)
    assert type(caught.value) is kind
    assert caught.value.outcome_unknown
    assert len(vtex.requests) == 1


@pytest.mark.parametrize("fault", REFUSED)
@pytest.mark.parametrize("verb", WRITES)
def test_a_refused_write_is_sent_once_and_is_known_to_have_failed(verb: str, fault: str) -> None:
    behaviour, kind = REFUSED[fault]
    with server.running(behaviour) as vtex, pytest.raises(kind) as caught:
        call(make_client(vtex.url), verb)
    assert not caught.value.outcome_unknown
    assert len(vtex.requests) == 1


@pytest.mark.parametrize(
    "fault", (BROKEN | REFUSED).keys() - {"silence", "stall in the body", "dripping body"}
)
@pytest.mark.parametrize("verb", READS)
def test_a_read_that_keeps_failing_ends_in_its_error(verb: str, fault: str) -> None:
    behaviour, kind = (BROKEN | REFUSED)[fault]
    with server.running(behaviour) as vtex, pytest.raises(kind) as caught:
        call(make_client(vtex.url), verb)
    assert type(caught.value) is kind
    assert not caught.value.outcome_unknown
    asked_again = caught.value.retryable and not isinstance(caught.value, errors.RateLimited)
    assert len(vtex.requests) == (3 if asked_again else 1)


@pytest.mark.parametrize(
    "fault", ["silence", "stall in the body", "reset in the body", "truncated JSON", "500"]
)
def test_a_read_recovers_from_one_fault(fault: str) -> None:
    with server.running(BROKEN[fault][0], server.answer(200, {"orderId": "v1-01"})) as vtex:
        assert make_client(vtex.url).get_order("v1-01").order_id == "v1-01"
    assert len(vtex.requests) == 2


def test_a_dripping_body_ends_at_the_total_deadline() -> None:
    started = time.monotonic()
    with server.running(server.drips()) as vtex:
        client = make_client(vtex.url, timeouts=Timeouts(connect=0.5, read=0.3, total=0.3))
        with pytest.raises(errors.Timeout, match="too slowly"):
            client.start_handling("v1-01")
    assert time.monotonic() - started < 2.0


def test_a_connection_that_was_never_made_leaves_nothing_open() -> None:
    with server.running(server.answer(200)) as vtex:
        url = vtex.url
    with pytest.raises(errors.ConnectionLost) as caught:
        make_client(url).cancel_reservation("00-v1-01")
    assert not caught.value.outcome_unknown


def test_proxies_and_netrc_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    with server.running(server.answer(200, [])) as vtex, make_client(vtex.url) as client:
        assert client.list_warehouses() == []
    assert os.environ["HTTP_PROXY"] == "http://127.0.0.1:1"
    assert b"authorization" not in vtex.requests[0].lower()


def test_the_request_line_carries_the_encoded_id() -> None:
    with server.running(server.answer(200)) as vtex, make_client(vtex.url) as client:
        client.cancel_reservation("../x y")
        client.cancel_reservation("..")
    lines = [request.split(b"\r\n")[0] for request in vtex.requests]
    prefix = b"POST /api/logistics/pvt/inventory/reservations/"
    assert lines == [prefix + b"..%2Fx%20y/cancel HTTP/1.1", prefix + b"%2E%2E/cancel HTTP/1.1"]


def test_reads_share_a_connection_and_a_write_takes_a_new_one() -> None:
    with server.keeping_connections(b"[]") as (url, ports), make_client(url) as client:
        client.list_warehouses()
        client.list_warehouses()
        client.cancel_reservation("00-v1-01")
    assert ports[0] == ports[1]
    assert ports[2] != ports[1]


def test_a_compressed_body_is_read_and_measured_unpacked() -> None:
    small, huge = (gzip.compress(text) for text in (b'{"orderId":"v1-01"}', b" " * 300_000))
    with server.running(server.answer(200, small, Content_Encoding="gzip")) as vtex:
        assert make_client(vtex.url).get_order("v1-01").order_id == "v1-01"
    for body, reason in [(huge, "too big"), (b"no gzip", "unpacked")]:
        behaviour = server.answer(200, body, Content_Encoding="gzip")
        with server.running(behaviour) as vtex, pytest.raises(errors.SuspiciousAnswer, match=reason):
            make_client(vtex.url).get_order("v1-01")
