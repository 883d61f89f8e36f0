"""What is asked of VTEX, before it is sent."""

from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import msgspec

from reconciler.vtex.limits import Family

_DOT_SEGMENTS = {".": "%2E", "..": "%2E%2E"}


@dataclass(frozen=True)
class Request:
    """One request.

    path: absolute and encoded, see `path`.
    family: which limits and breaker it falls under.
    method: GET is a read; everything else is a write and never repeated.
    body: sent as JSON; None sends no body.
    null_is_missing: the endpoint answers 200 null for what does not exist.
    """

    path: str
    family: Family
    method: str = "GET"
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, object] | None = None
    null_is_missing: bool = False

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def target(self) -> str:
        """Path and query string."""
        return f"{self.path}?{urlencode(self.query, quote_via=quote)}" if self.query else self.path

    @property
    def content(self) -> bytes | None:
        return None if self.body is None else msgspec.json.encode(self.body)


def path(template: str, *ids: str) -> str:
    """`template` with each `{}` filled by an id as one path segment.

    Slashes, spaces and dots stay inside their segment. Raises ValueError for an empty id or one with NUL,
    which would name another resource.
    """
    return template.format(*(_segment(each) for each in ids))


def _segment(value: str) -> str:
    if not value or "\0" in value:
        raise ValueError("an id is not empty and holds no NUL")
    return _DOT_SEGMENTS.get(value) or quote(value, safe="")
