"""The first line of the sync page: is the picture fresh and complete, and what to do if it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reconciler.models import SyncRun, Worker
from reconciler.sync.budget import Closed
from reconciler.sync.coverage import Coverage
from reconciler.sync.runs import INTERRUPTED
from reconciler.templatetags.formats import number
from reconciler.views import sync_words
from reconciler.views.sync_progress import Progress

QUIET = timedelta(minutes=30)
"""With a worker that reads nothing for so long, something is wrong."""
FRESH_RUN = timedelta(minutes=1)


@dataclass(frozen=True)
class Verdict:
    """code: for tests and for what was said before. tone: good, info, warn or bad. at: the moment that `say`
    is about, shown after it. command: what whoever runs this installation types.
    """

    code: str
    tone: str
    icon: str
    title: str
    say: str
    do: str = ""
    at: datetime | None = None
    command: str = ""


@dataclass(frozen=True)
class Facts:
    """What the verdict is drawn from. workers: those heard of; last_worker: the latest that is gone."""

    now: datetime
    workers: Sequence[Worker]
    last_worker: Worker | None
    runs: Sequence[SyncRun]
    closed: Sequence[Closed]
    coverage: Coverage
    sweep: Progress
    backfill: Progress

    @property
    def last_read(self) -> datetime | None:
        beats = [run.heartbeat_at for run in self.runs[:5]]
        return max(filter(None, [*beats, self.coverage.newest]), default=None)

    @property
    def is_reading(self) -> bool:
        """A run under way, whoever began it: `manage.py sync` needs no worker."""
        return any(not run.finished_at and self.now - run.heartbeat_at < FRESH_RUN for run in self.runs)


def verdicts(facts: Facts) -> list[Verdict]:
    """All that holds, the most telling first; there is always one."""
    return [*_hindrances(facts), *_incomplete(facts)] or [_fine(facts)]


def _hindrances(facts: Facts) -> Iterator[Verdict]:
    if not facts.workers and not facts.is_reading:
        yield _no_worker(facts)
    if trouble := _trouble(facts.runs):
        yield trouble
    for each in facts.closed:
        yield _closed(each)
    if facts.workers and not facts.is_reading and _is_quiet(facts):
        yield Verdict(
            "quiet", "bad", "exclamation-triangle",
            _("A worker is there, but nothing was read for a while"),
            _("What waits and what fails stands below. Last read:"),
            _("Ask whoever runs this installation to look at the log of the worker."),
            at=facts.last_read,
        )  # fmt: skip


def _is_quiet(facts: Facts) -> bool:
    began = min((worker.started_at for worker in facts.workers), default=facts.now)
    return facts.now - max(filter(None, [facts.last_read, began])) > QUIET


def _no_worker(facts: Facts) -> Verdict:
    last, command = facts.last_worker, "manage.py worker"
    do = _("Ask whoever runs this installation to start one:")
    if last is None:
        say = _("Nothing is read from VTEX until one is started, and every page shows what was known.")
        return Verdict(
            "no-worker", "bad", "pause-circle", _("No worker is running"), say, do, command=command
        )
    if last.left_at:
        say = _("It was stopped, and since then every page shows what was known. Stopped:")
    else:
        say = _("The last one fell silent, and since then every page shows what was known. Last heard of:")
    return Verdict(
        "no-worker", "bad", "pause-circle", _("No worker is running"), say, do, last.heartbeat_at, command
    )


def _trouble(runs: Sequence[SyncRun]) -> Verdict | None:
    """What ended the latest run, unless one that ended later went well."""
    ended = [run for run in runs if run.finished_at and run.error != INTERRUPTED]
    last = max(ended, key=lambda run: (run.finished_at, run.pk), default=None)
    if last is None or not last.error:
        return None
    name = re.split(r"\W", last.error, maxsplit=1)[0]
    at = last.finished_at
    if name == "Unauthorized":
        return Verdict(
            "key-refused", "bad", "key", _("VTEX refuses the key of this store"),
            _("Nothing can be read until that is settled (401). Last tried:"),
            _("Check the app key and token in VTEX and in the settings; this tells what the key may do:"),
            at, "manage.py check_vtex",
        )  # fmt: skip
    if name == "Forbidden":
        return Verdict(
            "key-lacks", "bad", "key", _("The key of this store lacks a permission"),
            _("Part of the store cannot be read (403). Last tried:"),
            _("Give the app key the missing permission in VTEX; this tells which:"),
            at, "manage.py check_vtex",
        )  # fmt: skip
    if name in ("ConnectionLost", "Timeout"):
        return Verdict(
            "unreachable", "bad", "wifi-off", _("VTEX cannot be reached"),
            _("It is tried again by itself. Last tried:"),
            _("If it lasts, check the network of the worker."), at,
        )  # fmt: skip
    if name in ("RateLimited", "NotSent"):
        return None
    say = _("The rest was read; it is tried again by itself. What VTEX said stands under “Latest runs”. At:")
    return Verdict("stopped", "warn", "exclamation-triangle", _("The last read was cut short"), say, at=at)


def _closed(closed: Closed) -> Verdict:
    if closed.is_pause:
        host = sync_words.HOSTS.get(closed.name, closed.name)
        return Verdict(
            "paused", "warn", "clock", _("VTEX pauses us"),
            _("It asked us to slow down (429), so its %(host)s service is left alone. Until:")
            % {"host": host},
            _("Reading goes on by itself. If it happens often, allow fewer requests a minute."),
            closed.until,
        )  # fmt: skip
    say = _("%(endpoint)s failed several times in a row and are asked again at:")
    return Verdict(
        "breaker", "warn", "exclamation-triangle", _("VTEX keeps failing"),
        say % {"endpoint": sync_words.family(closed.name)}, _("Nothing to do: it is tried again by itself."),
        closed.until,
    )  # fmt: skip


def _incomplete(facts: Facts) -> Iterator[Verdict]:
    seen = facts.coverage
    if not facts.sweep.is_complete:
        yield _first_sweep(facts)
    elif not facts.coverage.is_good:
        yield Verdict(
            "incomplete", "warn", "eye", _("Part of the store was not read in the last 24 hours"),
            _("%(missing)s of %(all)s pairs; why stands below. What was not read is unknown, never fine.")
            % {"missing": number(seen.pairs - seen.read), "all": number(seen.pairs)},
        )  # fmt: skip
    if facts.sweep.is_complete and not facts.backfill.is_complete:
        yield Verdict(
            "backfill", "info", "hourglass-split", _("The stock is known; older orders are still being read"),
            _("Where the order was not read yet, we say unknown. %(left)s of %(days)s days are missing.")
            % {"left": number(facts.backfill.days_left), "days": number(facts.backfill.days)},
        )  # fmt: skip


def _first_sweep(facts: Facts) -> Verdict:
    if not facts.sweep.is_under_way and not facts.runs:
        return Verdict(
            "never", "info", "arrow-repeat", _("Nothing was read yet"),
            _("The first sweep finds all that holds stock; what is stuck then shows within minutes."),
        )  # fmt: skip
    return Verdict(
        "first-sweep", "info", "hourglass-split", _("The first sweep is under way"),
        _("Until it is through, an empty page does not mean that all is well."),
    )  # fmt: skip


def _fine(facts: Facts) -> Verdict:
    untold = facts.coverage.could_not_tell
    title = (
        _("Fresh and complete") if not untold else _("Fresh, and complete but for what VTEX does not tell")
    )
    if not untold and facts.coverage.read == facts.coverage.pairs:
        say = _("Every pair was read in the last 24 hours.")
    elif not untold:
        say = _("%(percent)s%% of the pairs were read in the last 24 hours.") % {
            "percent": facts.coverage.width
        }
    else:
        say = ngettext(
            "%(count)s pair could not be told; which and why stands below.",
            "%(count)s pairs could not be told; which and why stands below.",
            untold,
        ) % {"count": number(untold)}
    if facts.last_read:
        say = f"{say} {_('Latest read:')}"
    return Verdict("fine", "good", "check-circle", title, say, at=facts.last_read)
