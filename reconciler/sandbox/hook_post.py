"""Posts by HTTP/1.1 with connections that are kept, many at once in one thread, and little work for each."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from urllib.parse import urlsplit

Answered = tuple[int, bytes]


class Conversation(asyncio.Protocol):
    """One connection, one post at a time."""

    def __init__(self) -> None:
        self.used = False
        self.usable = True
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._answer: asyncio.Future[Answered] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes) -> asyncio.Future[Answered]:
        """Status and body. Fails with ConnectionError when the other side hangs up."""
        assert self._transport
        self._answer = asyncio.get_running_loop().create_future()
        self._received.clear()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = bytes(self._received).partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), None)
        if not found or len(body) < (length or 0) or self._answer is None or self._answer.done():
            return
        self.used = True
        if length is None or b"connection: close" in lines:
            self.close()
        self._answer.set_result((int(lines[0].split(b" ", 2)[1]), body))

    def connection_lost(self, error: Exception | None) -> None:
        self.usable = False
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())

    def close(self) -> None:
        self.usable = False
        if self._transport:
            self._transport.close()


class Poster:
    """To any number of addresses; for one event loop."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._idle: dict[tuple[str, int], deque[Conversation]] = {}

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer; 0 without one in time."""
        parts = urlsplit(url)
        lines = [f"POST {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}", "", ""]
        request = "\r\n".join(lines).encode() + body
        secure = parts.scheme == "https"
        place = (parts.hostname or "", parts.port or (443 if secure else 80))
        try:
            async with asyncio.timeout(self._timeout):
                return await self._ask(place, secure, request)
        except (OSError, TimeoutError):
            return 0

    async def _ask(self, place: tuple[str, int], secure: bool, request: bytes) -> int:
        while True:
            line = await self._line(place, secure)
            reused = line.used
            try:
                status, _ = await line.ask(request)
            except ConnectionResetError:
                if not reused:
                    raise
                continue  # it was closed for idleness just then
            except asyncio.CancelledError:
                line.close()
                raise
            if line.usable:
                self._idle.setdefault(place, deque()).append(line)
            return status

    async def _line(self, place: tuple[str, int], secure: bool) -> Conversation:
        idle = self._idle.get(place)
        while idle:
            line = idle.pop()
            if line.usable:
                return line
        loop = asyncio.get_running_loop()
        context = ssl.create_default_context() if secure else None
        return (await loop.create_connection(Conversation, *place, ssl=context))[1]

    def close(self) -> None:
        for lines in self._idle.values():
            for line in lines:
                line.close()
