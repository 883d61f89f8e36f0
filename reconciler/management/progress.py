"""A progress bar on a terminal, for a listener of sync jobs."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from reconciler.sync.runs import Job

WIDTH = 24
EVERY_SECONDS = 0.1


class ProgressBar:
    """Call it with a job as it advances: one line that is redrawn, left standing when the job is over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._drawn_at = 0.0
        self._length = 0

    def __call__(self, job: Job) -> None:
        over = job.run.finished_at is not None
        if not over and time.monotonic() - self._drawn_at < EVERY_SECONDS:
            return
        self._drawn_at = time.monotonic()
        line = self._line(job)[: shutil.get_terminal_size().columns - 1]
        self._stream.write("\r" + line.ljust(self._length) + ("\n" if over else ""))
        self._stream.flush()
        self._length = 0 if over else len(line)

    def clear(self) -> None:
        """Ends a line that was cut off."""
        if self._length:
            self._stream.write("\n")
            self._length = 0

    def _line(self, job: Job) -> str:
        done, of = job.run.done, job.run.of
        share = min(1.0, done / of) if of else float(job.run.finished_at is not None)
        bar = ("█" * round(WIDTH * share)).ljust(WIDTH, "·")
        mark = f"  {job.run.error}" if job.run.error else ""
        counted = f"{done}/{of}" if of is not None else str(done)
        return f"{job.account.name}  {job.kind.label:<24} {bar} {counted:>11}{mark}"
