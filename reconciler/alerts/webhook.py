"""A message by signed webhook, in the body that Slack understands: {"text": "..."}.

Headers: X-Inventory-Admin-Delivery (the same for each try of one message), X-Inventory-Admin-Timestamp (Unix
seconds), X-Inventory-Admin-Signature: "v1=" and the hex HMAC-SHA256, under the channel's secret, of the
timestamp, a dot and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Timer
from uuid import UUID

from reconciler.alerts.addresses import Target, parse, resolve
from reconciler.alerts.message import Message
from reconciler.alerts.results import NotSentError, Result

CONNECT_SECONDS = 3.0
TOTAL_SECONDS = 8.0
"""From the connection to the answer's status; whoever drips is cut off."""
LONGEST_TEXT = 3500


def send(url: str, secret: str, message: Message, message_id: UUID) -> int:
    """The receiver's status, 200 to 299. Raises NotSentError. Redirects are not followed, no body is read."""
    target = parse(url)
    address = resolve(target)
    body = json.dumps({"text": slack(message.text)}).encode()
    status = _post(target, address, body, headers(secret, body, message_id))
    if 300 <= status < 400:
        raise NotSentError(Result.REDIRECTED, status)
    if not 200 <= status < 300:
        raise NotSentError(Result.STATUS, status)
    return status


def slack(text: str) -> str:
    """Slack's three special characters escaped: no text of ours can call a whole channel."""
    short = text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def headers(secret: str, body: bytes, message_id: UUID) -> dict[str, str]:
    stamp = str(int(time.time()))
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "inventory-admin",
        "X-Inventory-Admin-Delivery": str(message_id),
        "X-Inventory-Admin-Timestamp": stamp,
        "X-Inventory-Admin-Signature": signature(secret, stamp, body),
    }


def signature(secret: str, timestamp: str, body: bytes) -> str:
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"v1={signed.hexdigest()}"


def _post(target: Target, address: str, body: bytes, given: Mapping[str, str]) -> int:
    try:
        with _connected(target, address) as connection:
            connection.request("POST", target.path, body=body, headers={"Host": target.name, **given})
            return connection.getresponse().status
    except (TimeoutError, ConnectionAbortedError) as error:
        raise NotSentError(Result.TIMED_OUT) from error
    except ssl.SSLError as error:
        raise NotSentError(Result.TLS) from error
    except (OSError, http.client.HTTPException) as error:
        raise NotSentError(Result.UNREACHABLE) from error


@contextmanager
def _connected(target: Target, address: str) -> Iterator[http.client.HTTPConnection]:
    """A connection to that address and no other, certified for the host's name, cut off when time is up."""
    plug = socket.create_connection((address, target.port), timeout=CONNECT_SECONDS)
    over: list[bool] = []

    def cut() -> None:
        over.append(True)
        _end(plug)

    watch = Timer(TOTAL_SECONDS, cut)
    watch.daemon = True
    watch.start()
    connection = http.client.HTTPConnection(target.host, target.port)
    try:
        plug.settimeout(TOTAL_SECONDS)
        if target.secure:
            context = ssl.create_default_context()
            plug = context.wrap_socket(plug, server_hostname=target.host, do_handshake_on_connect=False)
            plug.do_handshake()
        connection.sock = plug
        yield connection
        if over:
            raise TimeoutError
    except (OSError, http.client.HTTPException) as error:
        if over:
            raise TimeoutError from error
        raise
    finally:
        watch.cancel()
        connection.close()
        plug.close()


def _end(plug: socket.socket) -> None:
    """Ends whatever waits for it; one that is closed already needs nothing."""
    try:
        plug.shutdown(socket.SHUT_RDWR)
    except OSError:
        plug.close()
