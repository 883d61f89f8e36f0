"""Which failed requests are asked again, and when."""

import random
from dataclasses import dataclass

from reconciler.vtex import errors


@dataclass(frozen=True)
class Retries:
    """reads: how often a failed read is asked again. Waits in seconds; each is twice the one before."""

    reads: int = 2
    first_wait: float = 0.5
    longest_wait: float = 5.0

    def wait(self, tries: int) -> float:
        """Seconds to wait after so many tries, between half and the whole of the step."""
        step = min(self.longest_wait, self.first_wait * 2.0 ** (tries - 1))
        return step * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing


def should_retry(error: errors.VtexError, *, is_write: bool, tries: int, retries: Retries) -> bool:
    """Writes never; after a 429 or a refusal of ours the pause decides; a .NET error once (F5.4)."""
    if is_write or isinstance(error, errors.NotSent | errors.RateLimited):
        return False
    if isinstance(error, errors.DotNetError):
        return tries < 2
    return error.retryable and tries <= retries.reads
