"""What all payloads share: they name only the fields we need, and drop the rest undecoded."""

from collections.abc import Hashable
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from reconciler.vtex.payloads.scalars import decode_scalar

T = TypeVar("T")

if TYPE_CHECKING:
    Rows = list[T]
else:
    # A list that VTEX may also send as null, which is held as an empty one.
    Rows = list[T] | None


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer. Personal data is never named here, so it is never decoded."""

    def __post_init__(self) -> None:
        for name in _list_fields(type(self)):
            if getattr(self, name) is None:
                msgspec.structs.force_setattr(self, name, [])


def decode(body: bytes, kind: type[T]) -> T:
    """The answer `body` as `kind`; raises msgspec.DecodeError (malformed, or not that shape)."""
    with _making:
        decoder = _decoder(cast(Hashable, kind))
    result: T = decoder.decode(body)
    return result


_making = Lock()
"""msgspec notes on a type what it found out about it before all of it is found: a second thread that makes a
decoder meanwhile would read what is not there, and the process would end.
"""


@cache
def _decoder(kind: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind, dec_hook=decode_scalar)


@cache
def _list_fields(kind: type[Payload]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.default_factory is list)
