from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from reconciler.vtex import errors
from reconciler.vtex.answers import Answer, to_error

OMS003 = {
    "error": {"code": "OMS003", "message": "Order status should be ready-for-handling", "exception": None}
}
TOO_MANY = {"error": {"code": "429", "message": "Too many active reservation!"}}
DOTNET = {
    "error": {
        "code": "1",
        "message": "x",
        "exception": {"ClassName": "System.ArgumentNullException", "Message": "y"},
    }
}
WEB_API = {
    "Message": "An error has occurred.",
    "ExceptionType": "System.ArgumentNullException",
    "StackTrace": "at",
}


def error_of(status: int, body: Any = b"", *, write: bool = False, **headers: str) -> errors.VtexError:
    content = body if isinstance(body, bytes) else msgspec.json.encode(body)
    fields = {"content-type": "application/json"} | {
        name.replace("_", "-"): each for name, each in headers.items()
    }
    return to_error(Answer(status, fields, content), is_write=write)


@pytest.mark.parametrize(
    ("status", "kind", "unknown"),
    [
        (302, errors.SuspiciousAnswer, True),
        (400, errors.BadRequest, False),
        (401, errors.Unauthorized, False),
        (403, errors.Forbidden, False),
        (404, errors.NotFound, False),
        (405, errors.MethodMissing, False),
        (408, errors.Timeout, True),
        (409, errors.Conflict, False),
        (418, errors.BadRequest, False),
        (423, errors.Locked, False),
        (429, errors.RateLimited, False),
        (500, errors.ServerError, True),
        (503, errors.ServerError, True),
        (599, errors.ServerError, True),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[errors.VtexError], unknown: bool) -> None:
    read, write = error_of(status), error_of(status, write=True)
    assert type(read) is type(write) is kind
    assert (read.status, read.outcome_unknown, write.outcome_unknown) == (status, False, unknown)


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_oms003_is_known_by_its_code_whatever_the_status(status: int) -> None:
    error = error_of(status, OMS003, write=True)
    assert type(error) is errors.NotReadyForHandling
    assert (error.code, error.outcome_unknown) == ("OMS003", False)


def test_oms003_in_a_server_error_leaves_the_outcome_open() -> None:
    assert error_of(500, OMS003, write=True).outcome_unknown


@pytest.mark.parametrize("status", [200, 400, 429, 500])
def test_too_many_reservations_is_not_a_rate_limit(status: int) -> None:
    assert type(error_of(status, TOO_MANY)) is errors.TooManyReservations


@pytest.mark.parametrize(
    "body", [b"Too many active reservations", {"message": "too many active reservations."}]
)
def test_too_many_reservations_is_known_in_any_body(body: Any) -> None:
    assert isinstance(error_of(400, body), errors.BadRequest)
    assert type(error_of(400, body)) is errors.TooManyReservations


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize("body", [DOTNET, WEB_API])
def test_a_dotnet_error_on_a_read_is_told_apart(status: int, body: Any) -> None:
    assert type(error_of(status, body)) is errors.DotNetError


@pytest.mark.parametrize(("status", "kind"), [(401, errors.Unauthorized), (404, errors.NotFound)])
def test_a_dotnet_body_does_not_hide_a_clear_status(status: int, kind: type[errors.VtexError]) -> None:
    assert type(error_of(status, DOTNET)) is kind


def test_a_dotnet_error_on_a_write_leaves_the_outcome_open() -> None:
    error = error_of(500, DOTNET, write=True)
    assert type(error) is errors.ServerError
    assert error.outcome_unknown


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (
            {"error": {"code": "1", "message": "Unauthorized access", "exception": None}},
            "1",
            "Unauthorized access",
        ),
        (
            {"type": "https://x", "title": "Unauthorized", "status": 401, "traceId": "00-1"},
            "",
            "Unauthorized",
        ),
        ({"message": "no"}, "", "no"),
        ({"error": "no"}, "", "no"),
        ({"code": 7, "Message": "no"}, "7", "no"),
        (b"plain no", "", "plain no"),
        (b"<html><body>someone</body></html>", "", "an HTML page"),
        (b"", "", "VTEX answered 401 without a reason"),
        (b"[]", "", "[]"),
        (b"\xff\xfe", "", "��"),
    ],
)
def test_every_shape_of_an_error_body_is_read(body: Any, code: str, message: str) -> None:
    error = error_of(401, body)
    assert (error.code, error.message) == (code, message)


def test_a_message_is_scrubbed_and_short() -> None:
    error = error_of(400, {"error": {"code": "X", "message": "client a.b@mail.example " + "x " * 300}})
    assert "a.b@mail" not in error.message
    assert len(error.message) <= 200
    assert str(error).startswith("BadRequest 400 X: client [hidden]")


def test_the_operation_id_is_kept() -> None:
    assert error_of(500, x_vtex_operation_id="4f2-9").operation_id == "4f2-9"


def test_retry_after_may_be_seconds_or_a_date() -> None:
    date = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    http = "%a, %d %b %Y %H:%M:%S GMT"
    later = (date + timedelta(seconds=90)).strftime(http)
    assert error_of(429, retry_after="17").retry_after == 17.0  # type: ignore[attr-defined]
    assert error_of(429, retry_after=later, date=date.strftime(http)).retry_after == 90.0  # type: ignore[attr-defined]
    assert error_of(429).retry_after is None  # type: ignore[attr-defined]
    assert error_of(429, retry_after="soon").retry_after is None  # type: ignore[attr-defined]
