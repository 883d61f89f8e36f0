"""Makes VTEX's free texts safe to keep: personal data, keys and length."""

import re

MESSAGE_LENGTH = 200
HIDDEN = "[hidden]"
SHORTEST_SECRET = 6

_EMAIL = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_KEY_AND_VALUE = re.compile(
    r"(?i)((?:app[-_ ]?key|token|authcookie|authorization|password|secret)[\"']?\s*[:=]\s*[\"']?"
    r"(?:bearer\s+|basic\s+)?|bearer\s+)[^\s\"',;}]{6,}"
)
_VTEX_KEY = re.compile(r"(?i)vtexappkey-[\w-]+")
_LONG_TOKEN = re.compile(r"\b(?=\w*[A-Za-z])(?=\w*\d)\w{40,}\b|\beyJ[\w.-]{20,}")
_DOCUMENT = re.compile(
    r"(?<!\d)(?:\d{11}|\d{14})(?!\d)|\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|"
    r"(?<![\w-])\+?\(?\d[\d .()-]{7,}\d(?![\w-])"
)


def scrub(text: str, secrets: tuple[str, ...] = ()) -> str:
    """`text` on one line, without e-mails, document and phone numbers or keys, at most 200 characters.

    `secrets`, of 6 characters or more, do not appear whatever they look like.
    """
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    text = " ".join("".join(c if c.isprintable() else " " for c in text[:4000]).split())
    text = _EMAIL.sub(HIDDEN, text)
    text = _VTEX_KEY.sub(HIDDEN, text)
    text = _KEY_AND_VALUE.sub(rf"\1{HIDDEN}", text)
    text = _LONG_TOKEN.sub(HIDDEN, text)
    text = _DOCUMENT.sub(HIDDEN, text)
    return text if len(text) <= MESSAGE_LENGTH else text[: MESSAGE_LENGTH - 1] + "…"
