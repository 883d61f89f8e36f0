"""What a preview promises: the token that binds it, and the record of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.actions import material, tokens
from reconciler.actions.family import Family
from reconciler.actions.types import Preview
from reconciler.audit import Actor
from reconciler.models import VtexAccount


def with_token(
    family: Family[Any], account: VtexAccount, facts: Any, shown: Preview, actor: Actor
) -> Preview:
    """The preview with a token of its own, if the action is open."""
    if not shown.guard.allowed:
        return shown
    token = tokens.issue(
        actor=actor,
        account=account,
        verb=shown.verb,
        subject=shown.subject,
        material=material.digest(family.material(facts)),
        entries=family.bound_entries(shown),
    )
    return replace(shown, token=token)


def expected(shown: Preview) -> dict[str, Any]:
    """The promise as JSON: what each pair will be, which locks it releases, and what a count sends."""
    return {
        "pairs": {
            pair.subject: {
                "total": pair.total_after,
                "reserved": pair.reserved_after,
                "available": pair.available_after,
            }
            for pair in shown.pairs
        },
        "releases": sorted({hold.lock_id for pair in shown.pairs for hold in pair.releases}),
        "to_send": shown.to_send,
        "picked": shown.picked,
    }
