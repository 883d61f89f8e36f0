"""Figures that many pages show and few changes move: counted once, and anew when their stamp is another."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True)
class _Kept(Generic[Value]):
    stamp: object
    until: float
    value: Value


class Remembered(Generic[Value]):
    """One process's memory of what it counted, `seconds` old at most and of `most` things at most.

    The stamp is read before the counting: what changes meanwhile changes the stamp that the next one reads.
    """

    def __init__(self, seconds: float, most: int = 500) -> None:
        self._seconds = seconds
        self._most = most
        self._kept: dict[Hashable, _Kept[Value]] = {}
        self._lock = Lock()
        _ALL.append(self)

    def get(self, key: Hashable, stamp: object, count: Callable[[], Value]) -> Value:
        """What was counted under this stamp, else what `count` gives."""
        kept = self._kept.get(key)
        if kept is not None and kept.stamp == stamp and monotonic() < kept.until:
            return kept.value
        value = count()
        with self._lock:
            if len(self._kept) >= self._most:
                self._kept.clear()
            self._kept[key] = _Kept(stamp, monotonic() + self._seconds, value)
        return value

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_ALL: list[Remembered] = []


def forget_all() -> None:
    """For tests, whose stores come and go."""
    for each in _ALL:
        each.clear()
