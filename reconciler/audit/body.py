"""The text that is hashed: canonical JSON, written once and never parsed back for hashing."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise


def canonical(fields: dict[str, Any]) -> str:
    """Sorted keys, no blanks, letters as they are; TypeError for what is no data, ValueError for NaN."""
    text = json.dumps(
        fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
    )
    return text.encode("utf-8", "replace").decode()


def digest(previous_hash: str, body: str) -> str:
    """SHA-256 over the hash of the entry before and the body, in lower-case hex."""
    return hashlib.sha256((previous_hash + body).encode()).hexdigest()


def moment(value: datetime) -> str:
    """ISO 8601 in UTC, always with six digits of microseconds, so that times sort as text."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def clean(value: str, longest: int) -> str:
    """Text that both engines store unchanged: no NUL, no unpaired surrogate; a cut shows as an ellipsis."""
    text = str(value).replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | Promise):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} is no data for the audit trail")
