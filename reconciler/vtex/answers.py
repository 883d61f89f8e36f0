"""VTEX's answers before they are typed, and the errors in them (F2)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.vtex import errors, times
from reconciler.vtex.complaints import Complaint, complaint
from reconciler.vtex.scrub import scrub

_BY_STATUS: dict[int, type[errors.VtexError]] = {
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.MethodMissing,
    408: errors.Timeout,
    409: errors.Conflict,
    423: errors.Locked,
    429: errors.RateLimited,
}
_LEAVES_OPEN = (errors.ServerError, errors.Timeout, errors.SuspiciousAnswer)
_TOO_MANY = "too many active reservation"
_NOT_READY = "OMS003"


@dataclass(frozen=True)
class Answer:
    """A complete HTTP answer. `body` stays out of the repr: it may hold personal data."""

    status: int
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        return self.headers.get(name.lower(), "")

    @property
    def operation_id(self) -> str:
        return scrub(self.header("x-vtex-operation-id"))[:100]

    @property
    def server_date(self) -> datetime | None:
        return times.parse_http(self.header("date"))

    @property
    def is_json(self) -> bool:
        kind = self.header("content-type").partition(";")[0].strip().lower()
        return kind == "application/json" or kind.endswith("+json")

    @property
    def retry_after(self) -> float | None:
        """Seconds, whether VTEX sent seconds (assumed, U8) or a date."""
        value = self.header("retry-after").strip()
        if value.isdecimal():
            return float(value)
        moment = times.parse_http(value)
        if moment is None:
            return None
        return max(0.0, (moment - (self.server_date or datetime.now(UTC))).total_seconds())


def to_error(answer: Answer, *, is_write: bool, secrets: tuple[str, ...] = ()) -> errors.VtexError:
    """The error of an answer that is no success."""
    said = complaint(answer.body) or Complaint(message=_plain_text(answer))
    text = scrub(said.message, secrets) or f"VTEX answered {answer.status} without a reason"
    code = scrub(said.code, secrets)[:40]
    kind = _kind(answer.status, said, is_write)
    if kind is errors.RateLimited:
        return errors.RateLimited(
            text, code=code, operation_id=answer.operation_id, retry_after=answer.retry_after
        )
    return kind(
        text,
        status=answer.status,
        code=code,
        operation_id=answer.operation_id,
        outcome_unknown=is_write and issubclass(kind, _LEAVES_OPEN),
    )


def _kind(status: int, said: Complaint, is_write: bool) -> type[errors.VtexError]:
    refused = 400 <= status < 500
    if said.code == _NOT_READY and refused:
        return errors.NotReadyForHandling
    if _TOO_MANY in said.message.lower() and (refused or not is_write):
        return errors.TooManyReservations
    if said.is_dotnet and not is_write and (status < 300 or status == 400 or status >= 500):
        return errors.DotNetError
    if status < 400:
        return errors.SuspiciousAnswer
    if status >= 500:
        return errors.ServerError
    return _BY_STATUS.get(status, errors.BadRequest)


def _plain_text(answer: Answer) -> str:
    text = answer.body[:4000].decode("utf-8", "replace").strip()
    return "an HTML page" if "html" in answer.header("content-type").lower() or text.startswith("<") else text
