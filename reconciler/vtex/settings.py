"""Times and sizes of the client, so that tests need not wait."""

from dataclasses import dataclass, field

from reconciler.vtex.retries import Retries


@dataclass(frozen=True)
class Timeouts:
    """Seconds. connect: to reach VTEX; read: of silence; total: for the answer, however slow it comes.

    The total is looked at whenever a piece arrives, so a silence at the end may add one `read` to it.
    """

    connect: float = 3.05
    read: float = 8.0
    total: float = 12.0


@dataclass(frozen=True)
class ClientSettings:
    """most_bytes: of one answer, decompressed. most_pages: of one pair's reservations; more is incomplete."""

    timeouts: Timeouts = field(default_factory=Timeouts)
    retries: Retries = field(default_factory=Retries)
    most_bytes: int = 16 * 1024 * 1024
    most_pages: int = 50
