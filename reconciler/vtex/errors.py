# ruff: noqa: N818 - domain words, not "Error" on each
"""Everything that can go wrong between us and VTEX, as one tree.

VtexError
├── NotSent                  nothing left this machine: budget used up, host paused, breaker open
├── Timeout                  no complete answer in time
├── ConnectionLost           no connection, or it broke before the answer was complete
├── SuspiciousAnswer         a 2xx or 3xx that cannot be what was asked for: HTML, cut JSON, a redirect
├── BadRequest               400, and any 4xx without a class of its own
│   └── TooManyReservations  more active reservations than VTEX counts: the pair is unknown
├── Unauthorized             401
├── Forbidden                403
├── NotFound                 404, and a 200 with the body null for a missing reservation (U3)
├── MethodMissing            405
├── NotReadyForHandling      OMS003, with whatever 4xx status (F3.6)
├── Conflict                 409
├── Locked                   423
├── RateLimited              429
├── ServerError              5xx
└── DotNetError              a .NET exception as the answer to a read (F5.4): unknown, not zero
"""


class VtexError(Exception):
    """A call that did not succeed.

    status: HTTP status, None when there was no answer.
    code: VTEX's own error code ("OMS003"), "" when there is none.
    operation_id: x-vtex-operation-id of the answer, for VTEX's support; "" when there is none.
    message: scrubbed of personal data and keys, at most 200 characters.
    retryable: the same request may succeed later; reads only are ever repeated by the client.
    outcome_unknown: a write that VTEX may have applied all the same. Settle it by reading.
    """

    retryable = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        operation_id: str = "",
        outcome_unknown: bool = False,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.operation_id = operation_id
        self.outcome_unknown = outcome_unknown
        if retryable is not None:
            self.retryable = retryable

    def __str__(self) -> str:
        details = [str(self.status) if self.status else "", self.code]
        return " ".join(part for part in [type(self).__name__, *details] if part) + f": {self.message}"


class NotSent(VtexError):
    """Nothing left this machine. `retry_after` in seconds says when asking again makes sense."""

    retryable = True

    def __init__(self, message: str, *, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Timeout(VtexError):
    retryable = True


class ConnectionLost(VtexError):
    """No complete answer. `outcome_unknown` is False where no connection was ever made."""

    retryable = True


class SuspiciousAnswer(VtexError):
    """A success that cannot be one: its content type or shape is not what the endpoint answers (F1)."""


class BadRequest(VtexError):
    pass


class TooManyReservations(BadRequest):
    """VTEX cannot count this pair's reservations (F6.1, KI-296066); the pair is unknown, not empty."""


class Unauthorized(VtexError):
    pass


class Forbidden(VtexError):
    pass


class NotFound(VtexError):
    pass


class MethodMissing(VtexError):
    pass


class NotReadyForHandling(VtexError):
    """The order is not at ready-for-handling. It may be in handling already: read it (F3.6)."""


class Conflict(VtexError):
    pass


class Locked(VtexError):
    """Another update of the same pair came milliseconds earlier; this one was discarded (F2)."""

    retryable = True


class RateLimited(VtexError):
    """429. `retry_after` in seconds, None when VTEX did not say."""

    retryable = True

    def __init__(
        self, message: str, *, code: str = "", operation_id: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, status=429, code=code, operation_id=operation_id)
        self.retry_after = retry_after


class ServerError(VtexError):
    retryable = True


class DotNetError(VtexError):
    """VTEX's own code failed on this subject. Asked once more, then unknown (F5.4)."""

    retryable = True
