"""One button stops all actions of a store, another lets them go on (design section 7)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from reconciler.actions import people, texts
from reconciler.audit import Actor
from reconciler.audit.record import record
from reconciler.models import Role, VtexAccount


def pause(account: VtexAccount, *, actor: Actor, reason: str) -> VtexAccount:
    """Nothing is sent to VTEX for this store any more, not even what was claimed already.

    Raises ActionForbidden unless the actor is an admin, InvalidEntries for the reason. Pausing twice
    changes nothing.
    """
    return _switch(account, actor=actor, reason=reason, on=False)


def resume(account: VtexAccount, *, actor: Actor, reason: str) -> VtexAccount:
    """Lets actions go on; raises as `pause`."""
    return _switch(account, actor=actor, reason=reason, on=True)


def _switch(account: VtexAccount, *, actor: Actor, reason: str, on: bool) -> VtexAccount:
    people.require(actor, account, Role.ADMIN)
    texts.require(reason=reason)
    values: dict[str, Any] = {"actions_paused_at": None, "actions_paused_by": ""}
    if not on:
        values = {"actions_paused_at": timezone.now(), "actions_paused_by": actor.name}
    rows = VtexAccount.objects.filter(pk=account.pk, actions_paused_at__isnull=not on)
    with transaction.atomic():
        if rows.update(**values):
            record(
                account=account.name,
                actor=actor,
                action="store.resume" if on else "store.pause",
                subject=account.name,
                reason=texts.plain(reason),
            )
    account.refresh_from_db()
    return account
