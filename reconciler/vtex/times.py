"""VTEX's dates and times, to and from aware UTC datetimes."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MILLISECOND = timedelta(milliseconds=1)


def parse(text: str | None) -> datetime | None:
    """The moment a VTEX timestamp names, in UTC.

    Up to 7 fractional digits are cut to 6, a missing offset means UTC, and years 0001 and 9999 (.NET's empty
    and latest date) are None, as are null and "" (F5.4). Raises ValueError for anything else that is no
    ISO 8601 date.
    """
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    if moment.year in (1, 9999):
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)


def parse_http(text: str | None) -> datetime | None:
    """The moment of a `Date` or `Retry-After` header, in UTC; None when there is none or it is unreadable."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def stamp(moment: datetime) -> str:
    """`dateUtcOnBalanceSystem` as VTEX reads it: UTC, microseconds, explicit +00:00 (F6.2, F6.3)."""
    return _utc(moment).isoformat(timespec="microseconds")


def search_range(field: str, start: datetime, end: datetime) -> str:
    """A date filter of the order list, `field:[from TO to]`, both ends included (F3.4).

    VTEX reads milliseconds: the start is rounded down and the end up, so that no order falls between.
    """
    end = _utc(end)
    rest = timedelta(microseconds=end.microsecond % 1000)
    if rest:
        end += _MILLISECOND - rest
    return f"{field}:[{_milliseconds(_utc(start))} TO {_milliseconds(end)}]"


def _milliseconds(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a naive datetime does not say when")
    return moment.astimezone(UTC)
