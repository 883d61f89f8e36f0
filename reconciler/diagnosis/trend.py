"""The day's row of each cause: what stands stuck now, and what came and went since midnight.

Written at the end of a sync, hourly at most: a day on which nothing was read stays a gap.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, OuterRef

from reconciler.models import STUCK_CAUSES, Finding, SyncCursor, SyncKind, TrendDay, VtexAccount
from reconciler.work.ticks import take

EVERY = timedelta(hours=1)
TICK = "trend"
_LEVELS = ("reservations", "units", "cents", "opened", "healed", "counted_at")


def keep(account: VtexAccount, now: datetime) -> bool:
    """Counts the day, hourly at most and not before the first sweep is through; whether it did."""
    swept = SyncCursor.objects.filter(account=account, kind=SyncKind.SWEEP, completed_at__isnull=False)
    if not swept.exists():
        return False
    with transaction.atomic():
        due = take(TICK, account, EVERY, now)
        if due:
            count(account, now)
    return due


def count(account: VtexAccount, now: datetime) -> None:
    """Today's rows anew, and for the day before what came and went after its own last count."""
    today = now.astimezone(ZoneInfo(account.time_zone)).date()
    _finish(account, today - timedelta(days=1), now)
    opened, healed = _moved(account, today)
    rows = [
        TrendDay(
            account=account, day=today, cause=cause, counted_at=now,
            opened=opened.get(cause, 0), healed=healed.get(cause, 0), **level,
        )
        for cause, level in standing(account).items()
    ]  # fmt: skip
    TrendDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["account", "day", "cause"], update_fields=_LEVELS
    )


def _moved(account: VtexAccount, day: date) -> tuple[dict[str, int], dict[str, int]]:
    return ({}, {}) if _is_first(account, day) else moved(account, day)


def _is_first(account: VtexAccount, day: date) -> bool:
    """What is found when counting begins did not get stuck on that day."""
    return not TrendDay.objects.filter(account=account, day__lt=day).exists()


def standing(account: VtexAccount) -> dict[str, dict[str, Any]]:
    """What is stuck now: reservations, units, and cents by currency, of every stuck cause."""
    found: dict[str, dict[str, Any]] = {
        cause.value: {"reservations": 0, "units": 0, "cents": {}} for cause in STUCK_CAUSES
    }
    for group in Finding.objects.stuck().filter(account=account).tally():
        level = found[str(group["cause"])]
        level["reservations"] += group["rows"]
        level["units"] += group["held"]
        if group["cents"]:
            currency = str(group["currency"])
            level["cents"][currency] = level["cents"].get(currency, 0) + group["cents"]
    return found


def moved(account: VtexAccount, day: date) -> tuple[dict[str, int], dict[str, int]]:
    """By cause what was confirmed, and what was closed after it had been confirmed, on that day.

    `updated_at` is never earlier than either: its index finds them without a look at older findings.
    """
    start, end = span(account, day)
    touched = Finding.objects.filter(account=account, cause__in=STUCK_CAUSES, updated_at__gte=start)
    confirmed = touched.filter(confirmed_at__gte=start, confirmed_at__lt=end)
    closed = touched.filter(confirmed_at__isnull=False, closed_at__gte=start, closed_at__lt=end)
    standing = Finding.objects.open().filter(account=account, subject=OuterRef("subject"))
    closed = closed.filter(~Exists(standing))  # another cause took over: nothing was released
    opened, healed = (
        dict(rows.order_by().values_list("cause").annotate(Count("pk"))) for rows in (confirmed, closed)
    )
    return opened, healed


def span(account: VtexAccount, day: date) -> tuple[datetime, datetime]:
    """From midnight to midnight in the store's own zone; not always 24 hours."""
    zone = ZoneInfo(account.time_zone)
    start, end = (datetime.combine(each, time.min, zone) for each in (day, day + timedelta(days=1)))
    return start, end


def _finish(account: VtexAccount, day: date, now: datetime) -> None:
    """What came and went between the last count of a day and its midnight."""
    _, end = span(account, day)
    rows = TrendDay.objects.filter(account=account, day=day, counted_at__lt=end)
    unfinished = list(rows.filter(finished_at__isnull=True))
    if not unfinished or _is_first(account, day):
        return
    opened, healed = moved(account, day)
    for row in unfinished:
        row.opened, row.healed = opened.get(row.cause, 0), healed.get(row.cause, 0)
        row.finished_at = now
    TrendDay.objects.bulk_update(unfinished, ["opened", "healed", "finished_at"])
