"""The hook's door at a real server: what only a server does to a delivery."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.operations import hooks
from tests.operations.hooks import CHANGE, SECRET, Scene

pytestmark = pytest.mark.sqlite
HEADERS = {"X-Hook-Secret": SECRET}


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with hooks.scene(tmp_path, None) as made:
        yield made


def test_bodies_in_chunks_are_read_and_broken_ones_are_no_fault_of_ours(scene: Scene) -> None:
    url = scene.site.url + scene.path
    whole = json.dumps({**CHANGE, "OrderId": "in-chunks"}).encode()
    parts = iter([whole[:20], whole[20:]])
    assert requests.post(url, data=parts, headers=HEADERS, timeout=10).status_code == 200
    endless = (b"x" * 1000 for _ in range(1000))
    assert requests.post(url, data=endless, headers=HEADERS, timeout=10).status_code == 400
    assert raw(scene, b"zz\r\nnot a chunk\r\n0\r\n\r\n") == 400
    assert scene.mirror()["events"] == 1


def test_pages_that_hang_keep_no_delivery_and_no_health_check_waiting(scene: Scene) -> None:
    """Forms whose bodies never come: more of them than there are pages at once."""
    with ExitStack() as stack:
        for _ in range(24):
            line = stack.enter_context(connected(scene))
            line.sendall(
                b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99\r\n"
                b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
            )
        statuses = {scene.post(f"order-{number}")[0] for number in range(20)}
        assert 200 in statuses
        assert statuses <= {200, 503}, "a busy machine may say 503, but it answers"
        assert requests.get(f"{scene.site.url}/healthz", timeout=5).ok


def connected(scene: Scene) -> socket.socket:
    parts = urlsplit(scene.site.url)
    assert parts.hostname
    assert parts.port
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


def raw(scene: Scene, body: bytes) -> int:
    with connected(scene) as line:
        head = f"POST {scene.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Hook-Secret: {SECRET}\r\n"
        line.sendall(head.encode() + b"Transfer-Encoding: chunked\r\n\r\n" + body)
        return int(line.recv(100).split(b" ")[1])
