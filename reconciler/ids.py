"""Path codec for VTEX ids.

VTEX ids are free strings: warehouse ids may hold spaces, slashes and any letter case (F6.9). In a path,
`A-Z a-z 0-9 _ -` stay as they are and every other UTF-8 byte becomes `~XX` (`CD/SP` is `CD~2FSP`).
"""

import re
import string

SEGMENT = r"(?:[A-Za-z0-9_-]|~[0-9A-F]{2})+"
_PLAIN = frozenset((string.ascii_letters + string.digits + "_-").encode())
_CANONICAL = re.compile(SEGMENT)
_UNCHANGED = re.compile("[A-Za-z0-9_-]+")
_ESCAPE = re.compile(rb"~([0-9A-F]{2})")


def encode(value: str) -> str:
    """The path segment of an id.

    Raises ValueError for an empty id, NUL or unpaired surrogates: such ids have no canonical path.
    """
    if _UNCHANGED.fullmatch(value):
        return value
    if not value or "\0" in value:
        raise ValueError("an id is not empty and holds no NUL")
    return "".join(chr(byte) if byte in _PLAIN else f"~{byte:02X}" for byte in value.encode())


def decode(segment: str) -> str:
    """The id of a path segment; raises ValueError unless `encode` gives exactly this segment."""
    if not _CANONICAL.fullmatch(segment):
        raise ValueError("not an encoded id")
    value = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), segment.encode()).decode()
    if encode(value) != segment:
        raise ValueError("not in canonical form")
    return value


def pair_subject(sku_id: str, warehouse_id: str) -> str:
    """`sku@warehouse`, both encoded as in paths, so that the pair can be told apart again."""
    return f"{encode(sku_id)}@{encode(warehouse_id)}"


def parse_pair(subject: str) -> tuple[str, str]:
    """The (sku, warehouse) ids of `pair_subject`; raises ValueError."""
    sku, _, warehouse = subject.partition("@")
    return decode(sku), decode(warehouse)
