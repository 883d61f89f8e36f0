"""Times and sizes of the client, so that tests need not wait."""

from dataclasses import dataclass, field

from reconciler.vtex.retries import Retries


@dataclass(frozen=True)
class Timeouts:
    """Seconds. connect: to reach VTEX; read: of silence; total: for the whole answer, however slowly it drips in."""

    connect: float = 3.05
    read: float = 10.0
    total: float = 15.0


@dataclass(frozen=True)
class ClientSettings:
    """most_bytes: of one answer, decompressed. most_pages: of one pair's reservations; more is incomplete."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: Retries = field(default_factory=Retries)
    most_bytes: int = 16 * 1024 * 1024
    most_pages: int = 50
