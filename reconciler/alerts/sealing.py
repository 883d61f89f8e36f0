"""What a channel needs and no database may show: addresses, secrets, and URLs (Slack's are secrets)."""

from __future__ import annotations

import base64
import json

from cryptography.fernet import Fernet, InvalidToken
from django.utils.crypto import salted_hmac


class SealBrokenError(Exception):
    """It was sealed with another SECRET_KEY: the channel has to be entered anew."""


def seal(values: dict[str, str]) -> str:
    return _box().encrypt(json.dumps(values).encode()).decode()


def unseal(sealed: str) -> dict[str, str]:
    """Raises SealBrokenError."""
    try:
        found: dict[str, str] = json.loads(_box().decrypt(sealed.encode()))
    except (InvalidToken, ValueError) as error:
        raise SealBrokenError from error
    return found


def _box() -> Fernet:
    key = salted_hmac("reconciler.alerts", "channel", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
