"""Who may act: the role is read from the database at every try."""

from __future__ import annotations

from reconciler.actions.errors import ActionForbidden
from reconciler.audit import Actor
from reconciler.models import Membership, Role, VtexAccount


def require(actor: Actor, account: VtexAccount, role: Role) -> None:
    """Raises ActionForbidden unless this person holds the role, or one that includes it, in this store."""
    if actor.user_id is None:
        raise ActionForbidden(role)
    held = Membership.objects.filter(account=account, role__in=role.holders, user__is_active=True)
    if not held.filter(user_id=actor.user_id).exists():
        raise ActionForbidden(role)
