"""Tokens of the shared budget that one process drew in advance, so that not every request writes a row."""

from math import inf


class Wallet:
    """For one priority and one thread. Draws more at a time while it is asked without a pause; what it does
    not spend in time lapses, and then it draws no more than it spent.
    """

    def __init__(self, most: int, keeps: float) -> None:
        self._most = most
        self._keeps = keeps
        self._drawn = self._left = 0
        self._size = 1
        self._filled_at = self._spent_at = -inf

    def spend(self, now: float) -> bool:
        """Whether a token was there."""
        if not self._left or not 0 <= now - self._filled_at < self._keeps:
            return False
        self._left -= 1
        self._spent_at = now
        return True

    def wants(self, now: float) -> int:
        """How many tokens to draw; the same until they are granted."""
        if self._left:
            self._size = self._drawn - self._left
        elif self._drawn and now - self._spent_at <= self._keeps:
            self._size = min(2 * self._size, self._most)
        self._drawn = self._left = 0
        return self._size

    def fill(self, count: int, now: float) -> None:
        """So many were granted; one of them is spent at once."""
        self._drawn, self._left = count, count - 1
        self._filled_at = self._spent_at = now
