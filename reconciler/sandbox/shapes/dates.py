"""Times as VTEX writes them: seven digits, sometimes no offset, year 0001 for none (F5.4)."""

from datetime import UTC, datetime

NEVER = "0001-01-01T00:00:00+00:00"
NEVER_NAIVE = "0001-01-01T00:00:00"


def _seven(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "3"


def utc(moment: float) -> str:
    return _seven(moment) + "Z"


def offset(moment: float | None) -> str | None:
    return None if moment is None else _seven(moment) + "+00:00"


def or_never(moment: float | None) -> str:
    return NEVER if moment is None else _seven(moment) + "+00:00"


def naive(moment: float | None) -> str:
    return NEVER_NAIVE if moment is None else _seven(moment)


def seconds(moment: float | None) -> str | None:
    """The order list's form, whole seconds."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")
