"""What every endpoint does: ask the limiter, send, judge the answer, type it."""

import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from reconciler.vtex import errors, payloads
from reconciler.vtex.answers import Answer, to_error
from reconciler.vtex.complaints import denies_success, is_complaint
from reconciler.vtex.limits import Family, Limiter, Priority
from reconciler.vtex.request import Request
from reconciler.vtex.retries import should_retry
from reconciler.vtex.settings import ClientSettings
from reconciler.vtex.transport import Transport

T = TypeVar("T")


class Endpoints:
    """The shared part of the client's methods; see `VtexClient`."""

    settings: ClientSettings
    priority: Priority
    _transport: Transport
    _limiter: Limiter
    _sleep: Callable[[float], None] = staticmethod(time.sleep)

    def _read(self, request: Request, kind: type[T]) -> tuple[T, Answer]:
        """The typed answer to a read, asked again within reason."""
        tries = 0
        while True:
            tries += 1
            try:
                return self._once(request, lambda answer: self._typed(request, answer, kind))
            except errors.VtexError as error:
                if not should_retry(error, is_write=False, tries=tries, retries=self.settings.retries):
                    raise
            self._sleep(self.settings.retries.wait(tries))

    def _write(
        self, method: str, path: str, family: Family, body: dict[str, object] | None = None
    ) -> payloads.WriteAnswer:
        """Sent once. Whatever happens, it is never repeated here."""
        request = Request(path, family, method=method, body=body)
        return self._once(request, self._accepted)[0]

    def _once(self, request: Request, judge: Callable[[Answer], T]) -> tuple[T, Answer]:
        self._limiter.acquire(self.priority, request.family)
        try:
            answer = self._transport.send(request)
            result = judge(answer)
        except errors.VtexError as error:
            self._limiter.report(request.family, error)
            raise
        self._limiter.report(request.family, None)
        return result, answer

    def _typed(self, request: Request, answer: Answer, kind: type[T]) -> T:
        self._refuse_errors(answer, is_write=False)
        if request.null_is_missing and answer.body.strip() == b"null":
            raise errors.NotFound(
                "nothing exists under this id", status=answer.status, operation_id=answer.operation_id
            )
        try:
            return payloads.decode(answer.body, kind)
        except msgspec.ValidationError as error:
            raise self._suspicious(answer, f"not the shape asked for: {error}") from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise self._suspicious(answer, "not valid JSON, perhaps cut off", retryable=True) from None

    def _accepted(self, answer: Answer) -> payloads.WriteAnswer:
        self._refuse_errors(answer, is_write=True)
        if answer.body.strip():
            self._refuse_doubtful_body(answer)
        return payloads.WriteAnswer(
            status=answer.status, operation_id=answer.operation_id, server_date=answer.server_date
        )

    def _refuse_errors(self, answer: Answer, *, is_write: bool) -> None:
        if not 200 <= answer.status < 300:
            raise to_error(answer, is_write=is_write, secrets=self._transport.secrets)
        if not answer.body.strip() and is_write:
            return
        if not answer.is_json:
            raise self._suspicious(answer, "a success that is not JSON", unknown=is_write)
        if is_complaint(answer.body):
            raise to_error(answer, is_write=is_write, secrets=self._transport.secrets)

    def _refuse_doubtful_body(self, answer: Answer) -> None:
        try:
            msgspec.json.decode(answer.body, type=msgspec.Raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise self._suspicious(answer, "not valid JSON, perhaps cut off", unknown=True) from None
        if denies_success(answer.body):
            raise self._suspicious(answer, "accepted, and yet VTEX says no", unknown=True)

    def _suspicious(
        self, answer: Answer, message: str, *, unknown: bool = False, retryable: bool = False
    ) -> errors.SuspiciousAnswer:
        return errors.SuspiciousAnswer(
            message[:200],
            status=answer.status,
            operation_id=answer.operation_id,
            outcome_unknown=unknown,
            retryable=retryable,
        )
