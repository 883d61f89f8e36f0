"""A system check that the audit trail is protected; runs with `migrate` and `check --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import connections

from reconciler.audit import triggers


def audit_is_append_only(
    app_configs: Any = None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    gone = {alias: triggers.missing(connections[alias]) for alias in databases or ()}
    return [
        Error(
            f"The audit trail in database '{alias}' can be changed: missing {', '.join(names)}.",
            hint="Someone or a table rebuild dropped the triggers. Run audit_verify, then audit_protect.",
            id="reconciler.E001",
        )
        for alias, names in gone.items()
        if names
    ]
