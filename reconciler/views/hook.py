"""Where VTEX posts changes of status: `/hooks/vtex/<account>/` (F4)."""

from __future__ import annotations

import hashlib
import json
import secrets
from hmac import compare_digest
from typing import Any

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from reconciler.sync import hook as deliveries
from reconciler.sync.hook_writer import writer

log = structlog.get_logger(__name__)
MOST_BYTES = 16_384
"""A delivery has some 300."""
RETRY_SECONDS = "1"
WRONG = "X-Hook-Secret is missing or wrong."
NOBODYS = secrets.token_bytes(32)


@login_not_required
@csrf_exempt
def hook(request: HttpRequest, account: str) -> HttpResponse:
    """200 once the change is stored, or to VTEX's ping; 503 when it can not be stored in time.

    A store that does not exist, has no hook, or has another secret is 403 alike. A ping may come without the
    secret: whether VTEX sends it along is not documented, and the answer tells nothing.
    """
    if request.method != "POST":
        return _answer(405, "VTEX posts here.", Allow="POST")
    given = request.headers.get("X-Hook-Secret")
    if given is not None and not _is_secret_of(account, given):
        return _refused(account, 403, WRONG)
    try:
        told = deliveries.read(_body(request))
        if told is not None and given is not None and not deliveries.is_of(told, account):
            raise deliveries.UnreadableError("Origin.Account is another account.")
    except deliveries.UnreadableError as error:
        return _refused(account, 400, str(error)) if given is not None else _refused(account, 403, WRONG)
    if told is None:
        return _pinged(account)
    return _kept(account, told) if given is not None else _refused(account, 403, WRONG)


def _is_secret_of(account: str, given: str) -> bool:
    """In the same time whatever is given, and whether or not there is such a store."""
    secret = _secret(account)
    known = hashlib.sha256(secret.encode()).digest() if secret else NOBODYS
    return compare_digest(hashlib.sha256(given.encode("latin-1", "replace")).digest(), known)


def _secret(account: str) -> str:
    store = settings.STORES.get(account)
    return store.hook_secret if store else ""


def _body(request: HttpRequest) -> bytes:
    """What was posted. Raises UnreadableError when it is too long or breaks off."""
    stream: Any = request
    if "chunked" in request.headers.get("Transfer-Encoding", "") and request.META.get(
        "wsgi.input_terminated"
    ):
        stream = request.META["wsgi.input"]  # Django reads only what Content-Length announces
    try:
        body: bytes = stream.read(MOST_BYTES + 1)
    except Exception as error:  # each server has its own
        raise deliveries.UnreadableError("The body breaks off.") from error
    if len(body) > MOST_BYTES:
        raise deliveries.UnreadableError(f"The body is longer than {MOST_BYTES} bytes.")
    return body


def _kept(account: str, told: Any) -> HttpResponse:
    if writer.store(account, told):
        writer.count(account, "stored")
        return _answer(200)
    writer.count(account, "unavailable")
    return _answer(503, "It can not be stored right now. Please send it again.", Retry_After=RETRY_SECONDS)


def _pinged(account: str) -> HttpResponse:
    if _secret(account):
        writer.count(account, "pinged")
        log.info("VTEX tried the hook.", store=account)
    return _answer(200)


def _refused(account: str, status: int, reason: str) -> HttpResponse:
    if _secret(account):
        writer.count(account, "refused")
    log.warning("A delivery to the hook was refused.", store=account, status=status, reason=reason)
    return _answer(status, reason)


def _answer(status: int, error: str = "", **headers: str) -> HttpResponse:
    """JSON for a program: `{}` or `{"error": sentence}`."""
    body = json.dumps({"error": error} if error else {}).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = HttpResponse(body, status=status, content_type="application/json", headers=given)
    answer["Content-Length"] = str(len(body))
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
