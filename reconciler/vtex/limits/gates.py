"""What stays closed until when: paused hosts and open breakers."""

from dataclasses import dataclass
from threading import Lock
from typing import Protocol


class Gates(Protocol):
    """State of the pauses and breakers of one account, by name ("host:orders", "family:sku").

    All times are epoch seconds. Share it among all processes by keeping it in a database.
    """

    def closed_until(self, name: str) -> float:
        """When the gate opens again; 0.0 if it was never closed."""
        ...

    def close(self, name: str, until: float) -> None:
        """Close the gate; an earlier `until` than the present one changes nothing."""
        ...

    def count_failure(self, name: str) -> int:
        """One more failure in a row; how many there are now."""
        ...

    def forget_failures(self, name: str) -> None:
        """The row of failures ended."""
        ...


@dataclass
class _Gate:
    until: float = 0.0
    failures: int = 0


class LocalGates:
    """Gates for one process."""

    def __init__(self) -> None:
        self._gates: dict[str, _Gate] = {}
        self._lock = Lock()

    def closed_until(self, name: str) -> float:
        with self._lock:
            return self._gate(name).until

    def close(self, name: str, until: float) -> None:
        with self._lock:
            gate = self._gate(name)
            gate.until = max(gate.until, until)

    def count_failure(self, name: str) -> int:
        with self._lock:
            gate = self._gate(name)
            gate.failures += 1
            return gate.failures

    def forget_failures(self, name: str) -> None:
        with self._lock:
            self._gate(name).failures = 0

    def _gate(self, name: str) -> _Gate:
        return self._gates.setdefault(name, _Gate())
