"""VTEX's error bodies, in all their shapes (F2)."""

from dataclasses import dataclass
from typing import Any

import msgspec


@dataclass(frozen=True)
class Complaint:
    """What an error body says, unscrubbed."""

    code: str = ""
    message: str = ""
    is_dotnet: bool = False


class _Body(msgspec.Struct):
    """Names only what errors carry, so that a payload looked at for errors is not decoded."""

    error: Any = None
    exception: Any = None
    code: Any = None
    message: Any = None
    legacy_message: Any = msgspec.field(default=None, name="Message")
    title: Any = None
    class_name: Any = msgspec.field(default=None, name="ClassName")
    exception_type: Any = msgspec.field(default=None, name="ExceptionType")
    is_success: Any = msgspec.field(default=None, name="IsSucess")


_decoder = msgspec.json.Decoder(_Body)
"""Made before there are threads, see `payloads.base`."""


def complaint(body: bytes) -> Complaint | None:
    """Everything that `body` may state about an error; None when it is no JSON object."""
    outer = _decoded(body)
    if outer is None:
        return None
    if isinstance(outer.error, str):
        return Complaint(message=outer.error)
    inner = msgspec.convert(outer.error, _Body) if isinstance(outer.error, dict) else outer
    return Complaint(_code(inner), _message(inner), _is_dotnet(inner))


def is_complaint(body: bytes) -> bool:
    """Whether `body` states an error, even though it came with a 2xx."""
    outer = _decoded(body)
    return outer is not None and (bool(outer.error) or _is_dotnet(outer))


def denies_success(body: bytes) -> bool:
    """Whether the body of an accepted write takes that back: false, or VTEX's flag "IsSucess"."""
    outer = _decoded(body)
    return body.strip() == b"false" or (outer is not None and outer.is_success is False)


def _decoded(body: bytes) -> _Body | None:
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _code(body: _Body) -> str:
    return str(body.code) if isinstance(body.code, str | int) else ""


def _message(body: _Body) -> str:
    texts = (body.message, body.legacy_message, body.title)
    return next((text for text in texts if isinstance(text, str) and text), "")


def _is_dotnet(body: _Body) -> bool:
    if isinstance(body.exception, dict):
        return isinstance(body.exception.get("ClassName"), str)
    return isinstance(body.class_name or body.exception_type, str)
