"""Who may do what in a store: given and taken with an entry in the store's audit trail."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from reconciler.audit import Actor
from reconciler.audit.record import record
from reconciler.models import Membership, Role, VtexAccount


@transaction.atomic
def grant(*, account: VtexAccount, user: User, role: Role, actor: Actor) -> bool:
    """Gives a role; False when the person held it already (nothing is recorded then)."""
    before = _roles(account, user)
    _, given = Membership.objects.get_or_create(account=account, user=user, role=role)
    if given:
        _record("member.grant", account, user, actor, before)
    return given


@transaction.atomic
def revoke(*, account: VtexAccount, user: User, role: Role, actor: Actor) -> bool:
    """Takes a role away; False when the person did not hold it."""
    before = _roles(account, user)
    taken, _ = Membership.objects.filter(account=account, user=user, role=role).delete()
    if taken:
        _record("member.revoke", account, user, actor, before)
    return bool(taken)


def _roles(account: VtexAccount, user: User) -> list[str]:
    return list(Membership.objects.filter(account=account, user=user).values_list("role", flat=True))


def _record(action: str, account: VtexAccount, user: User, actor: Actor, before: list[str]) -> None:
    record(
        account=account.name,
        actor=actor,
        action=action,
        subject=user.get_username(),
        outcome="verified",
        before={"roles": before},
        after={"roles": _roles(account, user)},
    )
