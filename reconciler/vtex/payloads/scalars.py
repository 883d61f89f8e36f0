"""Single values as VTEX sends them, and as we hold them.

msgspec hands a field of these types to `decode_scalar` and keeps what it returns. To a type checker they are
the plain types that come out.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from reconciler.vtex import times

if TYPE_CHECKING:
    Id = str
    Text = str
    Count = int
    Cents = int | None
    Moment = datetime | None
    Flag = bool
else:

    class _HeldPlain(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return True

    class Id(metaclass=_HeldPlain):
        """A string or an integer, held as a string; null and "" are refused."""

    class Text(metaclass=_HeldPlain):
        """As Id, but null is ""."""

    class Count(metaclass=_HeldPlain):
        """A signed whole number; 10.0 is 10."""

    class Cents(metaclass=_HeldPlain):
        """As Count, but null is None."""

    class Moment(metaclass=_HeldPlain):
        """A timestamp, see `times.parse`."""

    class Flag(metaclass=_HeldPlain):
        """true or false; null is false."""


def decode_scalar(kind: type, value: Any) -> Any:
    """msgspec's dec_hook. Raises ValueError, which msgspec reports with the path of the field."""
    return _DECODERS[kind](value)


def _id(value: Any) -> str:
    text = _text(value)
    if not text:
        raise ValueError("Expected an id, got nothing")
    return text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return str(_count(value))


def _count(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError(f"Expected a whole number, got `{type(value).__name__}`")


def _cents(value: Any) -> int | None:
    return None if value is None else _count(value)


def _moment(value: Any) -> datetime | None:
    if value is not None and not isinstance(value, str):
        raise ValueError(f"Expected a date, got `{type(value).__name__}`")
    try:
        return times.parse(value)
    except ValueError:
        raise ValueError("Expected an ISO 8601 date") from None


def _flag(value: Any) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise ValueError(f"Expected true or false, got `{type(value).__name__}`")


_DECODERS = {Id: _id, Text: _text, Count: _count, Cents: _cents, Moment: _moment, Flag: _flag}
