"""One endpoint: its name, where it answers, which permission it wants, what it does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from .answers import Answer, RefusedError, message_error

if TYPE_CHECKING:
    from .account import Account


@dataclass
class Request:
    """A request to VTEX, its path cut at the slashes and then unquoted, so that ids may hold slashes."""

    method: str
    target: str
    raw_body: bytes = b""
    app_key: str = ""
    args: list[str] = field(default_factory=list)

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def segments(self) -> list[str]:
        return [unquote(part) for part in self.path.strip("/").split("/")]

    @property
    def query(self) -> dict[str, str]:
        parsed = parse_qs(urlsplit(self.target).query, keep_blank_values=True)
        return {name: values[-1] for name, values in parsed.items()}

    def body(self) -> dict[str, Any]:
        """The JSON object sent; raises RefusedError (400) for anything else."""
        try:
            parsed = json.loads(self.raw_body or b"{}")
        except ValueError:
            raise RefusedError(message_error(400, "The request is invalid.")) from None
        if not isinstance(parsed, dict):
            raise RefusedError(message_error(400, "The request is invalid."))
        return parsed

    def number(self, name: str, default: int) -> int:
        text = self.query.get(name, "")
        if not text:
            return default
        try:
            return max(1, int(text))
        except ValueError:
            raise RefusedError(message_error(400, f"{name} is not a number")) from None


EndpointHandler = Callable[["Account", Request], Answer]


@dataclass(frozen=True)
class Endpoint:
    """`pattern` has `{}` for ids; `permission` is the License Manager resource (F1)."""

    name: str
    method: str
    pattern: str
    permission: str
    handler: EndpointHandler

    def match(self, request: Request) -> list[str] | None:
        """The ids in the path, or None."""
        wanted, given = self.pattern.split("/"), request.segments
        if request.method != self.method or len(wanted) != len(given):
            return None
        if any(want not in ("{}", have) for want, have in zip(wanted, given, strict=True)):
            return None
        return [have for want, have in zip(wanted, given, strict=True) if want == "{}"]
