"""Makes VTEX's free texts safe to keep: personal data, keys and length."""

import re

MESSAGE_LENGTH = 200
HIDDEN = "[hidden]"

_EMAIL = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_KEY_AND_VALUE = re.compile(
    r"(?i)((?:vtex[\w-]*)?(?:app[-_ ]?(?:key|token)|authcookie|authorization|bearer|password|secret|token)"
    r"[\"']?\s*[:=]?\s*[\"']?)[^\s\"',;}]{8,}"
)
_VTEX_KEY = re.compile(r"(?i)vtexappkey-[\w-]+")
_LONG_TOKEN = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*\d)\w{40,}\b|\beyJ[\w.-]{20,}")
_DOCUMENT = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|(?<![\w-])\+?\d[\d .()-]{7,}\d(?![\w-])")


def scrub(text: str, secrets: tuple[str, ...] = ()) -> str:
    """`text` on one line, without e-mail addresses, document and phone numbers or keys, at most 200 characters.

    `secrets` are strings that must not appear whatever they look like.
    """
    for secret in secrets:
        if secret:
            text = text.replace(secret, HIDDEN)
    text = " ".join("".join(c if c.isprintable() else " " for c in text[:4000]).split())
    text = _EMAIL.sub(HIDDEN, text)
    text = _VTEX_KEY.sub(HIDDEN, text)
    text = _KEY_AND_VALUE.sub(rf"\1{HIDDEN}", text)
    text = _LONG_TOKEN.sub(HIDDEN, text)
    text = _DOCUMENT.sub(HIDDEN, text)
    return text if len(text) <= MESSAGE_LENGTH else text[: MESSAGE_LENGTH - 1] + "…"
