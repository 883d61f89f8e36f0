"""Reason and ticket: what people write stays in the audit trail for good."""

from __future__ import annotations

from reconciler.actions import wording
from reconciler.actions.errors import InvalidEntries
from reconciler.audit.personal import looks_personal

SHORTEST, LONGEST, LONGEST_TICKET = 5, 500, 200


def plain(text: str) -> str:
    """As it is kept: without blanks around it, and without NUL, which PostgreSQL stores nowhere."""
    return text.replace("\0", "").strip()


def require(*, reason: str, ticket: str = "", personal_ok: bool = False) -> None:
    """Raises InvalidEntries: reason 5 to 500 characters, ticket up to 200, neither like personal data.

    `personal_ok`: the writer was warned and says that it is none.
    """
    errors: dict[str, str] = {}
    if not SHORTEST <= len(plain(reason)) <= LONGEST:
        errors["reason"] = wording.entry("reason_length")
    if len(plain(ticket)) > LONGEST_TICKET:
        errors["ticket"] = wording.entry("ticket_length")
    if not personal_ok:
        for name, text in (("reason", reason), ("ticket", ticket)):
            if looks_personal(text):
                errors.setdefault(name, wording.entry("personal"))
                errors["personal_ok"] = wording.entry("personal")
    if errors:
        raise InvalidEntries(errors)
