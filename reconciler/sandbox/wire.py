"""HTTP/1.1 with keep-alive on loopback, and the ways in which a wire breaks."""

import socket
import struct
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from .answers import Answer, message_error
from .box import Box
from .endpoint import Request

if TYPE_CHECKING:
    from .control import Control

CONTROL = "/_sandbox/"
HARD_CLOSE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: the peer sees a reset."""


class Wire(ThreadingHTTPServer):
    """The listening socket; 127.0.0.1 only."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, port: int, box: Box, control: "Control") -> None:
        self.box = box
        self.control = control
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(("127.0.0.1", port), Conversation)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""

    def hang_up(self) -> None:
        """Ends the conversations that clients keep open."""
        with self._guard:
            still_open = list(self._open)
        for one in still_open:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class Conversation(BaseHTTPRequestHandler):
    """One client connection."""

    server: Wire
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server_version = "VTEX"
    sys_version = ""

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        if self._from_a_page():
            self._send(message_error(403, "not for browsers' pages"))
        elif self.path.startswith(CONTROL):
            self._send(self.server.control.handle(self.command, self.path, body))
        else:
            self._serve_vtex(Request(self.command, self.path, body))
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _from_a_page(self) -> bool:
        """Whether a page in some browser asks, or a name that only resolves to this machine."""
        host = (self.headers.get("Host") or "").rpartition(":")[0]
        return "Origin" in self.headers or host not in ("127.0.0.1", "localhost")

    def _serve_vtex(self, request: Request) -> None:
        headers = self.headers
        reply = self.server.box.handle(
            request, headers.get("X-VTEX-API-AppKey"), headers.get("X-VTEX-API-AppToken")
        )
        kind = reply.fault.kind if reply.fault else ""
        if kind in ("reset_before", "reset_mid_body"):
            self._reset(reply.answer, send_half=kind == "reset_mid_body")
        else:
            self._send(reply.answer, cut=kind == "truncated_json")

    def _send(self, answer: Answer, *, cut: bool = False) -> None:
        payload = answer.payload()
        if cut:
            payload = payload[: len(payload) // 2] or b'{"error'
            answer = Answer(200 if answer.empty else answer.status, headers=answer.headers)
        self._head(answer, len(payload))
        self.wfile.write(payload)

    def _head(self, answer: Answer, length: int) -> None:
        self.send_response(answer.status)
        if answer.status != 204:
            self.send_header("Content-Length", str(length))
            self.send_header("Content-Type", answer.content_type)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("x-vtex-operation-id", self._operation_id())
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _operation_id(self) -> str:
        return f"{len(self.server.box.log):08x}-{int(self.server.box.clock.now()):012x}"

    def _reset(self, answer: Answer, *, send_half: bool) -> None:
        if send_half:
            payload = answer.payload() or b"{}"
            self._head(
                Answer(200 if answer.empty else answer.status, content_type=answer.content_type),
                len(payload) + 64,
            )
            self.wfile.write(payload[: len(payload) // 2])
            self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD_CLOSE)
        self.connection.close()
        self.close_connection = True

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header tells the sandbox's own time."""
        return formatdate(self.server.box.clock.now(), usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """The sandbox keeps its own log."""
