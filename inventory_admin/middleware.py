"""What wraps every request: an id, a log line, and what the browser may do."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

Respond = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("requests")

QUIET = {"/healthz", "/readyz", "/metrics"}
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
)


class RequestLog:
    """Gives each request an id, or keeps the proxy's, and logs one line without the query string.

    A probe is nobody: with its cookies the session would be looked up in a database that may be away.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.clear_contextvars()
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else uuid4().hex  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        if request.path in QUIET:
            request.COOKIES = {}
        began = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        if request.path not in QUIET and not request.path.startswith(settings.STATIC_URL):
            took = round((time.monotonic() - began) * 1000)
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                milliseconds=took,
            )
        return response


class LogContext:
    """Adds who and which store to every log line of the request."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            structlog.contextvars.bind_contextvars(user=request.user.get_username())
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: dict[str, str]) -> None:
        if account := kwargs.get("account"):
            structlog.contextvars.bind_contextvars(store=str(account))


class BrowserPolicy:
    """Switches off browser features that no page uses, and keeps pages out of shared caches."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
