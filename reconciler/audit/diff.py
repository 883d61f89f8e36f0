"""Before and after of an entry, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """`path` names the value as in `pairs.0.total`; None where the side does not have it."""

    path: str
    before: Any
    after: Any

    @property
    def changed(self) -> bool:
        return bool(self.before != self.after)


def differences(before: Any, after: Any) -> list[Difference]:
    """Every single value of either side, in order of first appearance."""
    old, new = dict(_flat(before)), dict(_flat(after))
    return [Difference(path, old.get(path), new.get(path)) for path in {**old, **new}]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    else:
        if value is not None or path:
            yield path, value
        return
    for key, inner in inside:
        yield from _flat(inner, f"{path}.{key}" if path else str(key))
