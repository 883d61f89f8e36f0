"""What a benchmark found, and how it is written down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One figure. `raw` says what was measured, with units; `ratio` is held against `limit`.

    `at_least`: the ratio has to reach the limit instead of staying under it. Without a ratio it only informs.
    """

    what: str
    raw: str
    ratio: float | None = None
    limit: float | None = None
    at_least: bool = False

    @property
    def kept(self) -> bool | None:
        if self.ratio is None or self.limit is None:
            return None
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    @property
    def cells(self) -> tuple[str, str, str, str]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        limit = "" if self.limit is None else f"{'≥' if self.at_least else '≤'} {self.limit:g}"
        verdict = {None: "", True: "yes", False: "**no**"}[self.kept]
        return self.what, self.raw, f"{ratio} ({limit})" if limit else ratio, verdict
