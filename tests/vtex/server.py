"""A scripted server on a real socket: no patched adapter shows timeouts, resets and slow bodies."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[[socket.socket], None]


@dataclass
class ScriptedServer:
    """Plays one behaviour a request, the last one again and again. `requests` holds each request's bytes."""

    behaviours: list[Behaviour]
    requests: list[bytes] = field(default_factory=list)
    _listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        request = _read_request(connection)
        if not request:
            return
        self.requests.append(request)
        behaviour = self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]
        try:
            behaviour(connection)
        except OSError:
            return

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def running(*behaviours: Behaviour) -> Iterator[ScriptedServer]:
    server = ScriptedServer(list(behaviours))
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join(timeout=5)


def answer(
    status: int, body: bytes | object = b"", kind: str = "application/json", **headers: str
) -> Behaviour:
    """A complete answer; keyword `retry_after` becomes the header Retry-After."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda connection: connection.sendall(_head(status, len(content), kind, headers) + content)


def cut_off(body: bytes, promised: int) -> Behaviour:
    """Promises more bytes than it sends, then closes."""
    return lambda connection: connection.sendall(_head(200, promised, "application/json", {}) + body)


def reset_after(body: bytes = b"") -> Behaviour:
    """Sends the start of an answer, or nothing, and resets the connection."""

    def behave(connection: socket.socket) -> None:
        if body:
            connection.sendall(_head(200, len(body) + 100, "application/json", {}) + body)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behave


def silent() -> Behaviour:
    """Says nothing until the client has gone."""
    return _wait_until_left


def stalls_in_the_body() -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(_head(200, 1000, "application/json", {}) + b'{"orderId"')
        _wait_until_left(connection)

    return behave


def drips() -> Behaviour:
    """A body that never pauses long enough for a read timeout, and never ends."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(_head(200, 10_000_000, "application/json", {}))
        connection.settimeout(0.01)
        while True:
            connection.sendall(b" ")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    return behave


def _wait_until_left(connection: socket.socket) -> None:
    while connection.recv(1000):
        pass


def _head(status: int, length: int, kind: str, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {length}", "Connection: close"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _read_request(connection: socket.socket) -> bytes:
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            return b""
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


@contextmanager
def keeping_connections(body: bytes) -> Iterator[tuple[str, list[int]]]:
    """A server that answers `body` on connections it keeps open; yields its URL and each request's port."""
    ports: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            ports.append(self.client_address[1])
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the name http.server looks for

        def log_message(self, *details: object) -> None:
            """Quiet."""

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_address[1]}", ports
    finally:
        httpd.shutdown()
        httpd.server_close()
        thread.join(timeout=5)
