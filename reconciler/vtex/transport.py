"""The only door to the network: one request, one complete answer or an error."""

import time
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)

from reconciler.vtex import errors
from reconciler.vtex.answers import Answer
from reconciler.vtex.request import Request
from reconciler.vtex.settings import ClientSettings

USER_AGENT = "inventory-admin"
_CHUNK = 64 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Transport:
    """Sends requests with the account's keys. Nothing is retried, followed or taken from the environment."""

    def __init__(
        self,
        *,
        base_url: str,
        app_key: str,
        app_token: str,
        settings: ClientSettings,
    ) -> None:
        """Raises ValueError, without the value in it, for a URL or key that must not be used."""
        self.base_url = _checked_url(base_url)
        self.secrets = tuple(_checked_key(key) for key in (app_token, app_key) if key)
        self._settings = settings
        # No Session: it would read the environment, keep cookies, and read a redirect's body without a limit.
        self._adapter = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
        self._headers = _headers(app_key, app_token)

    def __repr__(self) -> str:
        return f"Transport({self.base_url!r})"

    def close(self) -> None:
        self._adapter.close()

    def send(self, request: Request) -> Answer:
        """The complete answer, whatever its status; else Timeout, ConnectionLost or SuspiciousAnswer."""
        timeouts = self._settings.timeouts
        if request.is_write:
            # An idle connection that VTEX is just closing would leave the outcome of the write open.
            self._adapter.close()
        deadline = time.monotonic() + timeouts.total
        read = min(timeouts.read, timeouts.total)
        try:
            response = self._adapter.send(
                self._prepare(request), stream=True, timeout=(timeouts.connect, read), verify=True
            )
            with response:
                body = self._body(response.raw, deadline, request)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise _lost(error, request) from error
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body)

    def _prepare(self, request: Request) -> requests.PreparedRequest:
        prepared = requests.Request(
            request.method, self.base_url, headers=self._headers, data=request.content
        ).prepare()
        # Set after preparing: requests would decode %2E and drop the segment.
        prepared.url = self.base_url + request.target
        return prepared

    def _body(self, raw: urllib3.BaseHTTPResponse, deadline: float, request: Request) -> bytes:
        """Read in pieces as they arrive, so that a slow body meets the deadline and a huge one the limit."""
        body = bytearray()
        while chunk := raw.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._settings.most_bytes:
                raise errors.SuspiciousAnswer(
                    "an answer far too big", status=raw.status, outcome_unknown=request.is_write
                )
            if time.monotonic() > deadline:
                raise errors.Timeout("the answer came too slowly", outcome_unknown=request.is_write)
        return bytes(body)


def _lost(error: Exception, request: Request) -> errors.VtexError:
    cause = _innermost(error)
    never_connected = isinstance(cause, ConnectTimeoutError | NewConnectionError)
    unknown = request.is_write and not never_connected
    if isinstance(error, DecodeError):
        return errors.SuspiciousAnswer("an answer that cannot be unpacked", outcome_unknown=unknown)
    if isinstance(cause, ConnectTimeoutError) and not isinstance(cause, NewConnectionError):
        return errors.Timeout("VTEX could not be reached in time", outcome_unknown=unknown)
    if isinstance(cause, ReadTimeoutError | TimeoutError) or isinstance(error, requests.Timeout):
        return errors.Timeout("VTEX did not answer in time", outcome_unknown=unknown)
    if never_connected:
        return errors.ConnectionLost("VTEX could not be reached", outcome_unknown=unknown)
    return errors.ConnectionLost("the connection broke before the answer ended", outcome_unknown=unknown)


def _innermost(error: BaseException) -> BaseException:
    """requests wraps urllib3's error, which wraps the reason."""
    while True:
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, BaseException):
            return error
        error = inner


def _headers(app_key: str, app_token: str) -> dict[str, str]:
    headers = {"Accept": "application/json", "Content-Type": "application/json", "User-Agent": USER_AGENT}
    if app_key:
        headers["X-VTEX-API-AppKey"] = app_key
    if app_token:
        headers["X-VTEX-API-AppToken"] = app_token
    return headers


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("the base URL must be https (http only on this machine)")
    if not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError("the base URL must be scheme, host and perhaps a path")
    return url.rstrip("/")


def _checked_key(key: str) -> str:
    if not key.isascii() or not key.isprintable() or key != key.strip():
        raise ValueError("an app key or token holds characters that no header can carry")
    return key
