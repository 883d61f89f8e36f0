"""What is answered while the database is away, busy or too slow: 503, and when to come back."""

import sys

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.defaults import server_error

RETRY_SECONDS = 5
log = structlog.get_logger("requests")


def handler500(request: HttpRequest) -> HttpResponse:
    """Django calls it for what nobody caught, in a view or a middleware, while the error is at hand."""
    error = sys.exc_info()[1]
    if not isinstance(error, OperationalError | InterfaceError):
        return server_error(request)
    log.error("database unreachable", path=request.path, reason=_reason(error))
    answer = _answer(request)
    answer["Retry-After"] = str(RETRY_SECONDS)
    answer["Cache-Control"] = "no-store"
    # Said above in one line: Django would add the traceback.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".partition("\n")[0][:200]


def _answer(request: HttpRequest) -> HttpResponse:
    """The language is the browser's or the cookie's: nothing here may ask the database."""
    with translation.override(translation.get_language_from_request(request)):
        if _for_a_program(request):
            return JsonResponse({"error": _("The database cannot be reached right now.")}, status=503)
        part = request.headers.get("HX-Request") and not (
            request.headers.get("HX-Boosted") or request.headers.get("HX-History-Restore-Request")
        )
        shown = {
            "again": request.get_full_path() if request.method in ("GET", "HEAD") else "",
            "seconds": RETRY_SECONDS,
        }
        page = render_to_string("503_part.html" if part else "503.html", shown)
        return HttpResponse(page, status=503)


def _for_a_program(request: HttpRequest) -> bool:
    accepted = request.headers.get("Accept", "")
    return request.path.startswith("/hooks/") or accepted.startswith("application/json")
